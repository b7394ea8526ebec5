"""What a SIP leg asks of the SIP stack, and what it hears from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from appliance.sip.client_authentication import Login
from appliance.sip.events import Event, TransactionKey
from appliance.sip.flow import Flow
from appliance.sip.headers import NameAddr
from appliance.sip.message import Response
from appliance.sip.sdes import Encryption
from appliance.sip.uri import Uri

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InviteRequest:
    """Everything an outgoing INVITE needs.

    `credentials` answer a challenge; `line_id` is the line it leaves by. `encryption` is what the far end is
    offered; the leg writes `body` by it. `codecs`: the names of what is offered, best first; empty for what
    the caller can. `outside_host`: the address of ours that the far end is told, where that is another.
    """

    target: Uri
    flow: Flow
    from_: NameAddr
    to: NameAddr
    contact: Uri
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    encryption: Encryption = Encryption.ACCEPTED
    credentials: Login | None = None
    route: tuple[str, ...] = ()
    line_id: str | None = None
    line_name: str = ""
    codecs: tuple[str, ...] = ()
    outside_host: str | None = None


class SessionHandler(Protocol):
    """Whoever listens to one session."""

    def handle(self, event: Event) -> None:
        """Take one event; never waits."""


class Signalling(Protocol):
    """The SIP stack as legs see it: commands take effect at once, news comes to the handler."""

    def attach(self, session: str, handler: SessionHandler) -> None: ...
    def detach(self, session: str) -> None: ...
    def invite(self, invitation: InviteRequest, handler: SessionHandler) -> str: ...
    def ring(
        self, session: str, status: int = 180, body: bytes = b"", headers: Sequence[Header] = ()
    ) -> None: ...
    def accept(self, session: str, body: bytes, headers: Sequence[Header] = ()) -> None: ...
    def refuse(
        self, session: str, status: int, reason: str | None = None, headers: Sequence[Header] = ()
    ) -> None: ...
    def hang_up(self, session: str, headers: Sequence[Header] = ()) -> None: ...
    def reinvite(self, session: str, body: bytes) -> None: ...
    def answer_reinvite(self, session: str, body: bytes) -> None: ...
    def refuse_reinvite(self, session: str, status: int) -> None: ...
    def notify(self, session: str, body: bytes, headers: Sequence[Header]) -> None: ...
    def respond(self, key: TransactionKey, response: Response) -> None: ...
