"""The SIP leg of somebody we call: an INVITE that we send, to a phone or through a trunk."""

from __future__ import annotations

from asyncio import CancelledError, Future, timeout
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from appliance.legs.forks import Forks
from appliance.legs.leg import Attempted, DialResult, Leg
from appliance.legs.refusals import line_has_failed, outcome_of, status_meant
from appliance.legs.sessions import Sound, preferring, widened
from appliance.legs.signalling import InviteRequest
from appliance.legs.sip_leg import SipLeg, Surroundings
from appliance.routing.steps import Introduction, Outcome
from appliance.sip import events
from appliance.sip.bodies import session_description_of
from appliance.sip.sdes import Encryption
from appliance.sip.sdp import SdpError
from appliance.sip.uri import Uri

# What a server that is gone leaves us with: nothing, or that it has no service.
SILENCE = frozenset({408, 503})
# What who knows no SRTP says of an offer of it: not acceptable here or anywhere, no media that it knows.
REFUSES_ENCRYPTION = frozenset({415, 488, 606})
# The INVITE has been sent three times by then. Two such servers cost the caller four seconds.
SERVER_SECONDS = 2.0
# The same of the last server of a line, where nothing is left to try: five times, and the caller is told.
LAST_SERVER_SECONDS = 8.0
MOST_REDIRECTIONS = 3
RINGING = 180

# An INVITE to be sent, still without its description.
Attempt = Callable[[], InviteRequest]
# The line that was asked and where it says to try instead; None when that is not to be followed.
Redirect = Callable[[str | None, tuple[Uri, ...]], Attempt | None]

ELSEWHERE = ("Reason", 'SIP;cause=200;text="Call completed elsewhere"')


class LineFull(Exception):
    """A line has as many calls as it may have."""


class OutgoingLeg(SipLeg):
    """A leg that we dial, and that may be the caller of what follows.

    `attempts` are tried in turn until a server takes the INVITE. `wanted` is the sound of the caller's leg;
    every G.711 is added when it has one. `redirect` says whether a 3xx is followed, `suspect` is told
    of each line that has been silent.
    """

    def __init__(
        self,
        around: Surroundings,
        label: str,
        attempts: Sequence[Attempt],
        wanted: Sound,
        person_id: str | None = None,
        redirect: Redirect = lambda line_id, contacts: None,
        moves_on: Callable[[int], bool] = line_has_failed,
        suspect: Callable[[str], None] = lambda line_id: None,
    ) -> None:
        super().__init__(around, label)
        self.person_id = person_id
        self.introduction: Introduction | None = None
        self._redirect = redirect
        self._contacts: tuple[Uri, ...] = ()
        self._attempts = attempts
        self._moves_on = moves_on
        self._suspect = suspect
        self.tried: list[Attempted] = []
        self._wanted = Sound(widened(wanted.codecs))
        self._result: Future[DialResult] = Future()
        self._heard: Future[None] = Future()
        self._forks = Forks()
        self._in_force = b""
        self._when_early: Callable[[], object] | None = None
        self._when_rings: Callable[[], object] | None = None
        # A phone may answer and send the call on before the two are joined.
        self._early_referrals = []

    @property
    def sends_to(self) -> str:
        """Whom a phone of ours wants to be called instead; where a line's 3xx leads is followed here."""
        return next((contact.user or "" for contact in self._contacts), "") if self._around.is_phone else ""

    # As the caller of what follows, once it has answered.

    @property
    def answered(self) -> bool:
        """It has, when it is a caller."""
        return True

    def ring(self) -> None:
        """Nothing to send: ringing is heard as a tone."""

    def open_audio(self) -> None:
        """The audio is open already."""

    def open_early(self, callee: Leg) -> None:
        """The audio is open already."""

    def answer(self, callee: Leg | None = None) -> None:
        """It has answered already."""

    def refuse(self, status: int) -> None:
        """Hang up."""
        if self.session is not None:
            self._around.signalling.hang_up(self.session)

    def hang_up(self) -> None:
        """Hang up; the story ends."""
        self.refuse(480)

    # As the one who is called.

    def when_early(self, action: Callable[[], object]) -> None:
        """Call `action` when the far end sends sound before it answers."""
        self._when_early = action

    def when_rings(self, action: Callable[[], object]) -> None:
        """Call `action` each time the far end says that it rings."""
        self._when_rings = action

    def close(self) -> None:
        """As of every leg; nobody hears of early sound any more."""
        self._when_early = self._when_rings = None
        super().close()

    def taken_elsewhere(self) -> None:
        """Stop ringing, and tell the phone that somebody else has the call (RFC 3326)."""
        if self.session is not None and not self._result.done():
            self._around.signalling.hang_up(self.session, (ELSEWHERE,))

    async def dial(self) -> DialResult:
        """Ring until it answers or fails; cancelled, it stops ringing."""
        result = DialResult(Outcome.UNREACHABLE, 503, "nowhere to send it")
        try:
            waiting, redirections = deque(self._attempts), 0
            while waiting:
                result = await self._try(waiting.popleft(), last=not waiting)
                if further := self._elsewhere(result, redirections):
                    redirections += 1
                    waiting.appendleft(further)
                elif not self._moves_on(result.status):
                    break
        except OSError as error:
            return DialResult(Outcome.UNREACHABLE, 503, str(error))
        except CancelledError:
            self.close()
            raise
        return result

    def _elsewhere(self, result: DialResult, redirections: int) -> Attempt | None:
        """Where a 3xx leads, as long as it may and that is not the fourth time."""
        if not 300 <= result.status < 400 or redirections >= MOST_REDIRECTIONS:
            return None
        return self._redirect(self.line_id, self._contacts)

    async def _try(self, attempt: Attempt, last: bool) -> DialResult:
        try:
            invitation = attempt()
        except LineFull as full:
            self.tried.append(Attempted(str(full), 503))
            return DialResult(Outcome.UNREACHABLE, 503, "every channel of the line is in use")
        self.line_id = invitation.line_id
        result = await self._ask(invitation, last)
        if invitation.encryption is Encryption.OFFERED and result.status in REFUSES_ENCRYPTION:
            result = await self._ask(replace(invitation, encryption=Encryption.NEVER), last)
        if invitation.line_id is not None:
            self.tried.append(Attempted(invitation.line_name, result.status))
            if result.status in SILENCE:
                self._suspect(invitation.line_id)
        return result

    async def _ask(self, invitation: InviteRequest, last: bool) -> DialResult:
        self._result, self._heard, self._forks = Future(), Future(), Forks()
        self._in_force = b""
        self._ended.clear()
        self._ours = self._theirs = self._agreed = None
        self._encryption = invitation.encryption
        self._outside_host = invitation.outside_host
        invitation = replace(invitation, body=self._make_offer(preferring(self._wanted, invitation.codecs)))
        self.session = self._around.signalling.invite(invitation, self)
        patience = SERVER_SECONDS if not last else LAST_SERVER_SECONDS if invitation.line_id else None
        if patience is not None:
            try:
                async with timeout(patience):
                    await self._heard
            except TimeoutError:
                self._abandon()
                return DialResult(Outcome.UNREACHABLE, 408, "the server did not answer")
        return await self._result

    def _abandon(self) -> None:
        """Leave an attempt that met silence; what may still come of it is ended by the stack."""
        if self.session is not None:
            self._around.signalling.detach(self.session)
            self._around.signalling.hang_up(self.session)
            self.session = None

    def handle(self, event: events.Event) -> None:
        """Take one event of the session."""
        if not self._heard.done():
            self._heard.set_result(None)
        match event:
            case events.Progress():
                self._progress(event)
            case events.Accepted(response=response):
                self._accepted(response.to.tag or "", session_description_of(response))
            case events.Refused(status=status, reason=reason):
                super().handle(event)
                self._contacts = event.contacts
                by_line = self.line_id is not None
                status = status_meant(status, event.response) if by_line else status
                outcome = outcome_of(status, by_line)
                self._resolve(DialResult(outcome, status, reason, for_all=status in (600, 603)))
            case events.Ended():
                super().handle(event)
                self._resolve(DialResult(Outcome.UNREACHABLE, 503, event.reason))
            case _:
                super().handle(event)

    def _progress(self, event: events.Progress) -> None:
        tag = event.early_dialog
        if event.status == RINGING and self._when_rings is not None:
            self._when_rings()
        if event.status == 199:
            body = self._forks.gone(tag)
        else:
            body = self._forks.progress(tag, session_description_of(event.response), event.reliable)
        if not body or self._when_early is None:
            return
        is_first = self._agreed is None
        try:
            self._take_answer(body)
        except SdpError:
            return
        self._in_force = body
        if is_first:
            self._when_early()

    def _accepted(self, tag: str, body: bytes) -> None:
        answer = self._forks.answered(tag, body)
        try:
            # What an UPDATE has changed since the description in force was taken stays changed.
            if self._agreed is None or answer not in (b"", self._in_force):
                self._take_answer(answer)
        except SdpError as error:
            self._resolve(DialResult(Outcome.UNREACHABLE, 488, error.reason))
            self.close()
            return
        self._resolve(DialResult(Outcome.ANSWERED, 200))

    def _resolve(self, result: DialResult) -> None:
        if not self._result.done():
            self._result.set_result(result)
