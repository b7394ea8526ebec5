"""The SIP leg of a caller: an INVITE that we received."""

from __future__ import annotations

from appliance.legs.leg import Leg
from appliance.legs.sessions import Sound, shared
from appliance.legs.sip_leg import SipLeg, Surroundings
from appliance.sip.bodies import session_description_of
from appliance.sip.message import Request
from appliance.sip.offer_answer import DEFAULT_CODECS, audio_of, offered_codecs, offers_encryption
from appliance.sip.sdes import Encryption
from appliance.sip.sdp import SdpError, parse_sdp
from appliance.sip.uri import Uri
from appliance.sip.webrtc import is_browser_audio


class NotEncrypted(SdpError):
    """The caller offers audio without encryption, which the settings of their phone or line want."""

    def __init__(self) -> None:
        super().__init__("audio without encryption", 488)


class IncomingLeg(SipLeg):
    """A caller's leg.

    `answers_to_speak`: words of ours are heard only once the call is answered (lines outside).

    Raises SdpError when the INVITE's offer cannot be read or has no audio that we can take.
    """

    def __init__(
        self,
        around: Surroundings,
        session: str,
        request: Request,
        label: str,
        *,
        answers_to_speak: bool,
        contact: Uri,
    ) -> None:
        super().__init__(around, label)
        self.session = session
        self._answers_to_speak = answers_to_speak
        self._headers = (("Contact", f"<{contact}>"),)
        self._answered = False
        self._ringing = False
        self._answer_body = b""
        offer = session_description_of(request)
        if offer:
            self._theirs = parse_sdp(offer)
            if not offered_codecs(self._theirs):
                raise SdpError("no audio that we can take", 488)
            audio = audio_of(self._theirs)
            if around.browser is None and audio is not None and is_browser_audio(audio):
                raise SdpError("audio of a browser that is none", 488)
            if around.encryption is Encryption.REQUIRED and not offers_encryption(self._theirs):
                raise NotEncrypted
        elif around.encryption is Encryption.OFFERED:
            # Our offer comes with the answer: there is no asking again without keys when it is refused.
            self._encryption = Encryption.ACCEPTED

    @property
    def answered(self) -> bool:
        """Whether we have answered the caller."""
        return self._answered

    def ring(self) -> None:
        """Send 180 once, unless the caller hears early media or was answered."""
        if self.session is not None and not (self._ringing or self._answered or self._answer_body):
            self._ringing = True
            self._around.signalling.ring(self.session, headers=self._headers)

    def _describe(self, callee: Leg | None) -> bytes:
        """Our description for the caller, made once: later ones come by re-INVITE."""
        if not self._answer_body:
            if self._theirs is None:
                self._answer_body = self._make_offer(Sound(callee.sound.codecs if callee else DEFAULT_CODECS))
            else:
                codecs = (
                    shared(offered_codecs(self._theirs), callee.sound.codecs) if callee else DEFAULT_CODECS
                )
                sound = Sound(codecs)
                local = self._local_audio(sound, prefer_ours=callee is not None)
                self._answer_body = self._make_answer(self._theirs, local)
        return self._answer_body

    def open_audio(self) -> None:
        """Make the caller able to hear us, answering where that is the way to be heard.

        Raises SdpError when no codec of ours was offered.
        """
        if self._answers_to_speak or self._theirs is None:
            self.answer()
        else:
            self._send_early(None)

    def open_early(self, callee: Leg) -> None:
        """Let the caller hear `callee` before anybody has answered."""
        if self._theirs is not None:
            self._send_early(callee)

    def _send_early(self, callee: Leg | None) -> None:
        if self.session is not None and not self._answered and not self._answer_body:
            self._around.signalling.ring(self.session, 183, self._describe(callee), self._headers)

    def answer(self, callee: Leg | None = None) -> None:
        """Answer the caller, with the codec agreed with `callee` where both can."""
        if self.session is not None and not self._answered:
            body = self._describe(callee)
            self._answered = True
            self._around.signalling.accept(self.session, body, self._headers)

    def refuse(self, status: int) -> None:
        """End the call with that SIP status, or hang up when it was answered."""
        if self.session is None:
            return
        if self._answered:
            self._around.signalling.hang_up(self.session)
        else:
            self._around.signalling.refuse(self.session, status)

    def hang_up(self) -> None:
        """End the call from our side; the story ends as if the caller had hung up."""
        self.refuse(480)
