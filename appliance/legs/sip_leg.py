"""A SIP leg: one INVITE session with its audio, whichever side called."""

from __future__ import annotations

from asyncio import Event as Happening
from asyncio import Future, Queue, shield
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from appliance.legs.audio import MediaPort, MediaSource
from appliance.legs.info import digit_of, refusal_of
from appliance.legs.leg import Change
from appliance.legs.referral import Referral
from appliance.legs.sessions import Sound, agreement, is_g711, shared, widened
from appliance.legs.signalling import Signalling
from appliance.media.reporting import MediaStatistics
from appliance.sip import events
from appliance.sip.bodies import session_description_of
from appliance.sip.errors import SipSyntaxError
from appliance.sip.message import Request, make_response
from appliance.sip.offer_answer import (
    DEFAULT_CODECS,
    AgreedMedia,
    LocalAudio,
    apply_answer,
    audio_of,
    build_offer,
    negotiate,
    offered_codecs,
    remote_direction,
)
from appliance.sip.refer import read_refer
from appliance.sip.sdes import Encryption
from appliance.sip.sdp import Direction, SdpError, SessionDescription, parse_sdp
from appliance.sip.webrtc import OwnTerms

GLARE, NOT_ACCEPTABLE_HERE = 491, 488
IN_DIALOG_ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a SIP leg is given: the stack, the audio, our address towards its peer, its SDP session number.

    `signalling_host` is where the peer's SIP comes from, when the peer may be behind a NAT; `is_phone`: the
    peer is a phone of ours, which may do more than a line. `encryption` is what we want of its audio,
    `secret` 32 random octets that keys of this leg alone are made of. `browser`: the peer is one, and this is
    what we say to it. `outside_host`: the address of ours that the peer is told, where that is another.
    """

    signalling: Signalling
    media: MediaSource
    local_ip: str
    sdp_session: int
    signalling_host: str | None = None
    is_phone: bool = False
    encryption: Encryption = Encryption.ACCEPTED
    secret: bytes = field(default=b"", repr=False)
    browser: OwnTerms | None = None
    outside_host: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An offer of ours within the call, still to be answered, and what will come of it."""

    ours: SessionDescription
    local: LocalAudio
    outcome: Future[Sound | int] = field(default_factory=Future)


class SipLeg:
    """What calling and called SIP legs share: the audio, session changes, the end.

    `line_id`: the line it goes or comes by, None for a phone.
    """

    def __init__(self, around: Surroundings, label: str) -> None:
        self.label = label
        self.session: str | None = None
        self.line_id: str | None = None
        self._around = around
        self._encryption = around.encryption
        self._outside_host = around.outside_host
        self._media: MediaPort | None = None
        self._ended = Happening()
        self._at_end: list[Callable[[], object]] = []
        self._agreed: AgreedMedia | None = None
        self._ours: SessionDescription | None = None
        self._theirs: SessionDescription | None = None
        self._local: LocalAudio | None = None
        self._version = 0
        self._offers = False
        self._queue: Queue[Change] | None = None
        self._open_change: SipChange | None = None
        self._referred: Callable[[Referral], object] | None = None
        self._has_referred = False
        # What was asked for before anybody listened, where that is kept.
        self._early_referrals: list[Referral] | None = None
        self._proposal: Proposal | None = None

    # The audio.

    @property
    def media(self) -> MediaPort:
        """Our end of the audio, opened at first use. Raises OSError when no port is left."""
        if self._media is None:
            self._media = self._around.media.open(self._around.local_ip)
        return self._media

    @property
    def statistics(self) -> MediaStatistics | None:
        """How the audio fares; None when it was never opened."""
        return self._media.statistics if self._media is not None else None

    @property
    def sound(self) -> Sound:
        """What the far side has agreed to; before that, what it offered or, failing that, G.711."""
        if self._agreed is not None:
            return Sound(self._agreed.codecs, self._agreed.direction.reversed)
        if self._theirs is not None:
            return Sound(offered_codecs(self._theirs) or DEFAULT_CODECS)
        return Sound(DEFAULT_CODECS)

    @property
    def can_be_spoken_to(self) -> bool:
        """Whether words and tones of ours can be made in a codec that the far side takes."""
        return any(is_g711(codec) for codec in self.sound.codecs)

    @property
    def can_be_heard(self) -> bool:
        """Whether all that the far side may send is in a codec that we can make out."""
        return all(is_g711(codec) for codec in self.sound.codecs)

    def _local_audio(self, sound: Sound, prefer_ours: bool = False) -> LocalAudio:
        host, port = self.media.local_address
        return LocalAudio(
            self._outside_host or host,
            port,
            codecs=sound.codecs,
            rtcp_port=self.media.rtcp_port,
            direction=sound.direction,
            prefer_ours=prefer_ours,
            encryption=self._encryption,
            secret=self._around.secret,
            rtcp_mux=self._around.browser is not None,
            browser=self._around.browser,
        )

    def _offered_audio(self, sound: Sound) -> LocalAudio:
        """What we offer: in a session that runs, encrypted by what it is encrypted by, or plain as it is."""
        local = self._local_audio(sound)
        if self._agreed is None:
            return local
        if self._agreed.crypto is None:
            return replace(local, encryption=Encryption.NEVER)
        return replace(local, encryption=Encryption.REQUIRED, suites=(self._agreed.crypto.suite,))

    def _offer(self, sound: Sound) -> tuple[SessionDescription, LocalAudio]:
        local = self._offered_audio(sound)
        self._version += 1
        return build_offer(local, self._around.sdp_session, self._version, self._ours), local

    def _make_offer(self, sound: Sound) -> bytes:
        self._ours, self._local = self._offer(sound)
        self._offers = True
        return bytes(self._ours)

    def _take_answer(self, body: bytes) -> None:
        """Settle what their answer to our offer comes to; raises SdpError."""
        assert self._ours is not None and self._local is not None
        theirs = parse_sdp(body)
        self._settle(apply_answer(self._ours, theirs, self._local), theirs)

    def _make_answer(self, theirs: SessionDescription, local: LocalAudio) -> bytes:
        """Our answer to their offer, settled; raises SdpError (status 488 when nothing is shared)."""
        version = self._version + 1
        answer, agreed = negotiate(theirs, local, self._around.sdp_session, version)
        self._version = version
        self._ours, self._local = answer, local
        self._settle(agreed, theirs)
        return bytes(answer)

    def _settle(self, agreed: AgreedMedia, theirs: SessionDescription) -> None:
        try:
            settled = agreement(agreed, self._around.signalling_host)
        except ValueError as error:
            raise SdpError(str(error), 488) from error
        self._agreed, self._theirs, self._offers = agreed, theirs, False
        self.media.agree(settled)

    # Session changes.

    @contextmanager
    def changes(self) -> Iterator[Queue[Change]]:
        """Session changes go into the queue as long as the context lasts."""
        self._queue = Queue()
        try:
            yield self._queue
        finally:
            self._queue = None
            # Also one that somebody was about to answer.
            if self._open_change is not None:
                self._open_change.accept(self._as_agreed)

    @property
    def _as_agreed(self) -> Sound:
        """What a change is answered with by ourselves: the codecs in force, and every G.711."""
        return Sound(widened(self.sound.codecs))

    def _reinvited(self, request: Request) -> None:
        offer = session_description_of(request)
        if not offer:
            self._offer_again()
            return
        try:
            theirs = parse_sdp(offer)
        except SdpError as error:
            self._refuse_change(error.status)
            return
        if not offered_codecs(theirs):
            # No hold: a fax machine that wants T.38, which goes on by G.711 when it is refused.
            self._refuse_change(NOT_ACCEPTABLE_HERE)
            return
        change = self._open_change = SipChange(self, theirs)
        if self._is_refresh(theirs) or self._queue is None:
            change.accept(self._as_agreed)
        else:
            self._queue.put_nowait(change)

    def _is_refresh(self, theirs: SessionDescription) -> bool:
        known = self._theirs
        return known is not None and theirs.origin == known.origin and theirs.media == known.media

    def _offer_again(self) -> None:
        """Answer a re-INVITE without an offer: ours is the one in force, with all our streams."""
        assert self.session is not None
        self._around.signalling.answer_reinvite(self.session, self._make_offer(self._as_agreed))

    def _accept_change(self, theirs: SessionDescription, other: Sound) -> bool:
        self._open_change = None
        if self.session is None or self.has_ended:
            return False
        try:
            codecs = shared(offered_codecs(theirs), other.codecs)
            body = self._make_answer(
                theirs, self._local_audio(Sound(codecs, other.direction), prefer_ours=True)
            )
        except SdpError as error:
            self._refuse_change(error.status)
            return False
        self._around.signalling.answer_reinvite(self.session, body)
        return True

    def _refuse_change(self, status: int) -> None:
        self._open_change = None
        if self.session is not None and not self.has_ended:
            self._around.signalling.refuse_reinvite(self.session, status)

    async def propose(self, wanted: Sound) -> Sound | int:
        """Offer the far side a changed session; returns what it agreed to, or the status it refused with.

        Its answer counts also when whoever proposes does not wait for it any more.
        """
        await self.settled()
        if self.session is None or self.has_ended:
            return 481
        if self._open_change is not None:
            # Two who both want something of each other would wait for ever.
            return GLARE
        ours, local = self._offer(replace(wanted, codecs=widened(wanted.codecs)))
        proposal = self._proposal = Proposal(ours, local)
        self._around.signalling.reinvite(self.session, bytes(ours))
        return await shield(proposal.outcome)

    async def settled(self) -> None:
        """Return once no proposal is under way."""
        while self._proposal is not None:
            await shield(self._proposal.outcome)

    def _proposal_ended(self, reply: events.ReinviteAccepted | events.ReinviteRefused | None) -> None:
        proposal, self._proposal = self._proposal, None
        if proposal is None:
            return
        outcome: Sound | int = reply.status if isinstance(reply, events.ReinviteRefused) else 481
        if isinstance(reply, events.ReinviteAccepted):
            self._ours, self._local = proposal.ours, proposal.local
            try:
                self._take_answer(session_description_of(reply.response))
                outcome = self.sound
            except SdpError as error:
                outcome = error.status
        proposal.outcome.set_result(outcome)

    def when_referred(self, action: Callable[[Referral], object] | None) -> None:
        """Call `action` when the far side, a phone of ours, wants its other party to go elsewhere."""
        self._referred = action
        early, self._early_referrals = self._early_referrals or (), None
        for referral in early:
            action(referral) if action is not None else referral.done(603)

    def _refer(self, key: events.TransactionKey, request: Request) -> None:
        signalling = self._around.signalling
        told = self._referred
        if told is None and self._early_referrals is not None:
            told = self._early_referrals.append
        if told is None or not self._around.is_phone:
            signalling.respond(key, make_response(request, 603))
            return
        try:
            refer = read_refer(request)
        except SipSyntaxError as error:
            signalling.respond(key, make_response(request, 400, error.reason))
            return
        quiet = [("Refer-Sub", "false")] if refer.quiet else []
        signalling.respond(key, make_response(request, 202, headers=quiet))
        told(Referral(refer, self._notify, request.cseq.number if self._has_referred else None))
        self._has_referred = True

    def _notify(self, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        if self.session is not None and not self.has_ended:
            self._around.signalling.notify(self.session, body, headers)

    # Events.

    def handle(self, event: events.Event) -> None:
        """Take one event of the session; never waits."""
        match event:
            case events.Reinvited(request=request):
                self._reinvited(request)
            case events.ReinviteCancelled():
                self._open_change = None
            case events.ReinviteAccepted() | events.ReinviteRefused():
                self._proposal_ended(event)
            case events.Confirmed(body=body) if body:
                self._late_answer(body)
            case events.DialogRequest(key=key, request=request):
                self._in_dialog(key, request)
            case events.Ended() | events.Refused():
                self._mark_ended()

    def _late_answer(self, body: bytes) -> None:
        if not self._offers:
            return  # Nothing was asked: some phones repeat their description in the ACK.
        before = self.sound if self._agreed is not None else None
        try:
            self._take_answer(body)
            if self._queue is not None and before not in (None, self.sound):
                self._queue.put_nowait(SettledChange(self.sound))
        except SdpError:
            # Not `close`: the story of the call must learn of this end as of any other.
            if self.session is not None:
                self._around.signalling.hang_up(self.session)

    def _in_dialog(self, key: events.TransactionKey, request: Request) -> None:
        if request.method == "INFO":
            digit = digit_of(request)
            if digit is not None:
                self.media.inject_digit(digit)
            status, fields = refusal_of(request) or (200, ())
            self._around.signalling.respond(key, make_response(request, status, headers=fields))
        elif request.method == "REFER":
            self._refer(key, request)
        elif request.method == "OPTIONS":
            self._around.signalling.respond(
                key, make_response(request, 200, headers=[("Allow", IN_DIALOG_ALLOWED)])
            )
        else:
            headers = [("Allow", IN_DIALOG_ALLOWED)]
            self._around.signalling.respond(key, make_response(request, 405, headers=headers))

    # The end.

    @property
    def has_ended(self) -> bool:
        """Whether the far side has hung up, or the leg was lost or closed."""
        return self._ended.is_set()

    def when_ended(self, action: Callable[[], object]) -> None:
        """Call `action` once when the far side ends (at once if it has)."""
        if self.has_ended:
            action()
        else:
            self._at_end.append(action)

    async def wait_ended(self) -> None:
        """Return when the far side has ended."""
        await self._ended.wait()

    def _mark_ended(self) -> None:
        if self.session is not None:
            self._around.signalling.detach(self.session)
            self.session = None
        self._proposal_ended(None)
        actions, self._at_end = self._at_end, []
        self._ended.set()
        for action in actions:
            action()

    def close(self) -> None:
        """Hang up if that is still to be done, and release the audio; may be called again."""
        self._at_end.clear()
        self._referred = self._open_change = None
        if self.session is not None:
            self._around.signalling.hang_up(self.session)
        if self._media is not None:
            self._media.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class SettledChange:
    """A session change that is in force, in answer to our offer: a hold, its end, or another codec."""

    wanted: Sound

    def accept(self, other: Sound) -> bool:
        """Nothing is left to be answered."""
        return True

    def refuse(self, status: int) -> None:
        """Nothing is left to be answered."""


class SipChange:
    """A session change asked for by re-INVITE or UPDATE, still to be answered unless it is taken back."""

    def __init__(self, leg: SipLeg, theirs: SessionDescription) -> None:
        self._leg = leg
        self._theirs = theirs

    @property
    def wanted(self) -> Sound:
        """The codecs and the direction that the far side asks for."""
        audio = audio_of(self._theirs)
        direction = remote_direction(self._theirs, audio) if audio is not None else Direction.INACTIVE
        return Sound(offered_codecs(self._theirs) or self._leg.sound.codecs, direction)

    def accept(self, other: Sound) -> bool:
        """Agree, as far as the other party has agreed; False when it was taken back, or had to be refused."""
        return self._leg._open_change is self and self._leg._accept_change(self._theirs, other)

    def refuse(self, status: int) -> None:
        """Refuse; the session goes on as it was."""
        if self._leg._open_change is self:
            self._leg._refuse_change(status)
