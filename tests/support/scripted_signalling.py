"""A SIP stack and audio that write down what a leg asks of them, and give the leg the events of a script."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from appliance.legs.signalling import InviteRequest, SessionHandler
from appliance.legs.sip_leg import Surroundings
from appliance.media.agreement import MediaAgreement
from appliance.sip import events
from appliance.sip.flow import Flow
from appliance.sip.headers import NameAddr
from appliance.sip.message import Request, Response, make_response
from appliance.sip.parser import parse_message
from appliance.sip.uri import Uri

FLOW = Flow("UDP", ("127.0.0.1", 5060), ("127.0.0.2", 5060))


@dataclass
class ScriptedPort:
    """One audio port: what was agreed, which digits came, whether it is closed."""

    local_address: tuple[str, int]
    story: list[str]
    agreements: list[MediaAgreement] = field(default_factory=list)
    digits: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def rtcp_port(self) -> int:
        return self.local_address[1] + 1

    @property
    def agreement(self) -> MediaAgreement | None:
        return self.agreements[-1] if self.agreements else None

    def agree(self, agreement: MediaAgreement) -> None:
        self.agreements.append(agreement)

    def inject_digit(self, digit: str) -> None:
        self.digits.append(digit)

    def close(self) -> None:
        if not self.closed:
            self.story.append("audio closed")
        self.closed = True


class ScriptedStack:
    """The SIP stack and the audio together; `story` is what was asked of them, in order.

    `bodies` are the descriptions sent, in order.
    """

    def __init__(self) -> None:
        self.story: list[str] = []
        self.bodies: list[bytes] = []
        self.invitations: list[InviteRequest] = []
        self.handlers: dict[str, SessionHandler] = {}
        self.answers: list[Response] = []
        self.ports: list[ScriptedPort] = []
        self.ports_left = True
        self._numbers = itertools.count(1)

    # Signalling.

    def _note(self, what: str, body: bytes = b"") -> None:
        self.story.append(what)
        if body:
            self.bodies.append(body)

    def attach(self, session: str, handler: SessionHandler) -> None:
        self.handlers[session] = handler

    def detach(self, session: str) -> None:
        self.handlers.pop(session, None)

    def invite(self, invitation: InviteRequest, handler: SessionHandler) -> str:
        session = f"s{next(self._numbers)}"
        self.invitations.append(invitation)
        self._note(f"INVITE {invitation.target.host} as {session}", invitation.body)
        self.handlers[session] = handler
        return session

    def ring(self, session, status=180, body=b"", headers=()) -> None:
        self._note(f"{status}", body)

    def accept(self, session, body, headers=()) -> None:
        self._note("200", body)

    def refuse(self, session, status, reason=None, headers=()) -> None:
        self._note(f"refused {status}")
        self._ends(session, "local")

    def hang_up(self, session, headers=()) -> None:
        self._note(f"{session} hung up")
        self._ends(session, "local")

    def reinvite(self, session, body) -> None:
        self._note("re-INVITE", body)

    def answer_reinvite(self, session, body) -> None:
        self._note("re-INVITE answered", body)

    def refuse_reinvite(self, session, status) -> None:
        self._note(f"re-INVITE refused {status}")

    def respond(self, key, response: Response) -> None:
        self.answers.append(response)

    # Audio.

    def open(self, local_ip: str) -> ScriptedPort:
        if not self.ports_left:
            raise OSError("no ports left")
        self.ports.append(ScriptedPort((local_ip, 10000 + 2 * len(self.ports)), self.story))
        return self.ports[-1]

    # What the far side does.

    def tells(self, event: events.Event) -> None:
        """Hand an event to whoever listens to its session."""
        handler = self.handlers.get(event.session)  # type: ignore[union-attr]
        if handler is not None:
            handler.handle(event)

    def _ends(self, session: str, cause: events.Cause) -> None:
        self.tells(events.Ended(session, cause, ""))

    def hangs_up(self, session: str) -> None:
        self._ends(session, "bye")

    def progress(self, session: str, status: int, body: bytes = b"") -> None:
        self.tells(events.Progress(session, status, response(status, body), "tag"))

    def accepted(self, session: str, body: bytes) -> None:
        self.tells(events.Accepted(session, response(200, body)))

    def refused(self, session: str, status: int) -> None:
        self.tells(events.Refused(session, status, "So it is", response(status)))

    def redirected(self, session: str, host: str) -> None:
        contacts = (Uri("sip", "0612345678", host=host),)
        self.tells(events.Refused(session, 302, "Moved Temporarily", response(302), contacts))

    def reinvited(self, session: str, body: bytes) -> None:
        self.tells(events.Reinvited(session, invite(body)))

    def info(
        self, session: str, body: bytes, kind: str | None, fields: tuple[tuple[str, str], ...] = ()
    ) -> None:
        request = Request.build(
            "INFO",
            Uri("sip", "box", host="127.0.0.1"),
            from_=NameAddr("", Uri("sip", "a", host="b")),
            to=NameAddr("", Uri("sip", "c", host="d")),
            call_id="c",
            cseq=2,
            body=body,
            content_type=kind,
            headers=fields,
        )
        self.tells(events.DialogRequest(session, ("key",), request))

    def around(self) -> Surroundings:
        """What a leg upon this stack is given."""
        return Surroundings(self, self, "127.0.0.1", 7)  # type: ignore[arg-type]


def invite(body: bytes = b"") -> Request:
    """An INVITE with that description."""
    kind = b"Content-Type: application/sdp\r\n" if body else b""
    message = parse_message(
        b"INVITE sip:102@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK1\r\n"
        b"From: <sip:101@127.0.0.1>;tag=f\r\nTo: <sip:102@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
        b"Contact: <sip:101@127.0.0.2>\r\n" + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body
    )
    assert isinstance(message, Request)
    return message


def response(status: int, body: bytes = b"") -> Response:
    """A response to an INVITE."""
    return make_response(invite(), status, to_tag="t", body=body)


def attempt(stack: ScriptedStack, host: str = "phone"):
    """A way to ring a phone at that host."""

    def to_phone() -> InviteRequest:
        box, phone = Uri("sip", "101", host="127.0.0.1"), Uri("sip", "102", host=host)
        return InviteRequest(phone, FLOW, NameAddr("", box), NameAddr("", phone), box)

    return to_phone
