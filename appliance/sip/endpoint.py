"""The endpoint: messages and time in; messages, events and the next timer out (RFC 3261 8, 17, 18).

Give it each datagram or framed message by `receive`, call `advance` when `next_timer` is due, and
after each call take what `take_outgoing` and `take_events` hold. Times are seconds on one clock
that does not go back. Commands for a session that is over are ignored: its end and a command may
always cross. Nothing here raises for what a peer sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from appliance.sip.client_authentication import Login
from appliance.sip.events import SessionId, TransactionKey
from appliance.sip.flow import Flow, Outgoing
from appliance.sip.headers import NameAddr
from appliance.sip.invite import InviteSession
from appliance.sip.invite_client import ClientSession
from appliance.sip.invite_server import ServerSession
from appliance.sip.matching import DialogKey
from appliance.sip.message import Request, Response, make_response
from appliance.sip.uri import Uri
from appliance.sip.user_agent import UserAgentCore

__all__ = ["Endpoint", "Flow", "Login", "Outgoing"]

Headers = Sequence[tuple[str, str]]


class Endpoint(UserAgentCore):
    """One SIP user agent, both client and server.

    `tokens()` gives fresh unguessable tokens. `choose_flow` may send a request another way than the
    flow it was meant for: RFC 3261 18.1.1 wants TCP for more than 1,300 octets over UDP.
    `session_seconds` is the interval of session timers, 0 for none.
    `most_pending` bounds the requests the user has not answered; beyond, 503 is sent from no state.
    """

    @property
    def waits_for_answers(self) -> bool:
        """Whether a request of ours is still without its final response."""
        return any(each.is_pending for each in self.transactions.clients.values())

    # Requests outside sessions.

    def request(self, request: Request, flow: Flow, now: float) -> TransactionKey:
        """Send a request without Via; `ResponseReceived` or `RequestFailed` follows. Not for INVITE."""
        if request.method in ("INVITE", "ACK", "CANCEL"):
            raise ValueError(f"{request.method} is sent by its session")
        return self.send(request, flow, self._outside, now).key

    def give_up(self, key: TransactionKey) -> None:
        """Wait no longer for the response to a request sent by `request`; no event follows."""
        transaction = self.transactions.clients.get(key)
        if transaction is not None and transaction.is_pending:
            self.transactions.abandon(transaction)

    def respond(self, key: TransactionKey, response: Response, now: float) -> None:
        """Answer an `IncomingRequest` or `DialogRequest`; ignored when it has been answered or forgotten."""
        transaction = self.transactions.servers.get(key)
        if transaction is None:
            return
        if response.status > 100 and response.to.tag is None:
            response.headers.set("To", f"{response.headers.get('To')};tag={self.tokens()}")
        self.transactions.respond(transaction, response, now)

    def reply(
        self,
        key: TransactionKey,
        status: int,
        now: float,
        *,
        reason: str | None = None,
        headers: Headers = (),
        body: bytes = b"",
    ) -> None:
        """`respond` with a response made from the request; `headers` carries the Content-Type of a body."""
        transaction = self.transactions.servers.get(key)
        if transaction is not None and transaction.request is not None:
            request = transaction.request
            response = make_response(request, status, reason, headers=headers, body=body, content_type=None)
            self.respond(key, response, now)

    # Sessions.

    def invite(
        self,
        *,
        target: Uri,
        flow: Flow,
        from_: NameAddr,
        to: NameAddr,
        contact: Uri,
        body: bytes,
        now: float,
        headers: Headers = (),
        credentials: Login | None = None,
        call_id: str | None = None,
        route: Sequence[str] = (),
    ) -> SessionId:
        """Ask for a session. `from_` gets a tag of ours; an empty `body` asks the peer for the offer."""
        request = Request.build(
            "INVITE",
            target,
            from_=from_.with_tag(self.tokens()),
            to=to.without_params(),
            call_id=call_id or self.tokens(),
            cseq=1,
            contact=contact,
            headers=(("Allow", self.allow), ("User-Agent", self.product)),
            body=body,
            content_type="application/sdp",
        )
        for value in route:
            request.headers.add("Route", value)
        for name, value in headers:
            request.headers.set(name, value)
        session = ClientSession(self._new_id(), self, credentials)
        self._sessions[session.id] = session
        session.start(request, contact, flow, now)
        return session.id

    def ring(
        self, session: SessionId, now: float, status: int = 180, body: bytes = b"", headers: Headers = ()
    ) -> None:
        """Send a provisional response, by `body` with early media."""
        found = self._sessions.get(session)
        if isinstance(found, ServerSession):
            found.ring(status, body, headers, now)

    def accept(self, session: SessionId, body: bytes, now: float, headers: Headers = ()) -> None:
        """Answer 200; sent again until the ACK comes (`Confirmed`). A Contact in `headers` becomes ours."""
        found = self._sessions.get(session)
        if isinstance(found, ServerSession):
            found.accept(body, (("Allow", self.allow), *headers), now)

    def refuse(
        self, session: SessionId, status: int, now: float, reason: str | None = None, headers: Headers = ()
    ) -> None:
        """Answer with a final refusal; `Ended` with cause local follows at once."""
        found = self._sessions.get(session)
        if isinstance(found, ServerSession):
            found.refuse(status, reason, headers, now)

    def cancel(self, session: SessionId, now: float, headers: Headers = ()) -> None:
        """Take back an INVITE not yet answered. A 2xx that crosses is acknowledged and ended here."""
        found = self._sessions.get(session)
        if isinstance(found, ClientSession) and found.dialog is None:
            found.hang_up(now, headers)

    def hang_up(self, session: SessionId, now: float, headers: Headers = ()) -> None:
        """End a session at any moment by what is right then: CANCEL, BYE or 480. `Ended` follows at once."""
        found = self._sessions.get(session)
        if found is not None:
            found.hang_up(now, headers)

    def acknowledge(self, session: SessionId, body: bytes, now: float) -> None:
        """The answer for a 2xx that carried the offer (to an INVITE or re-INVITE sent with an empty body)."""
        found = self._sessions.get(session)
        if found is not None:
            found.acknowledge(body, now)

    def reinvite(self, session: SessionId, body: bytes, now: float) -> None:
        """Offer a change; waits its turn while another offer is open, and goes again after glare."""
        found = self._sessions.get(session)
        if found is not None:
            found.change.propose(body, now)

    def answer_reinvite(self, session: SessionId, body: bytes, now: float) -> None:
        """Accept the change of `Reinvited`."""
        found = self._sessions.get(session)
        if found is not None:
            found.change.accept(body, now)

    def refuse_reinvite(self, session: SessionId, status: int, now: float) -> None:
        """Refuse the change of `Reinvited`, usually with 488."""
        found = self._sessions.get(session)
        if found is not None:
            found.change.refuse(status, now)

    def send_in_dialog(
        self, session: SessionId, method: str, body: bytes, headers: Headers, now: float
    ) -> TransactionKey | None:
        """Send INFO, NOTIFY, REFER, MESSAGE...; None before the answer. Content-Type comes in `headers`."""
        found = self._sessions.get(session)
        return found.send(method, body, headers, now) if found is not None else None

    def session_of_dialog(self, key: DialogKey) -> SessionId | None:
        """The session of a dialog, by Call-ID, our tag and the peer's; None when there is none."""
        found = self._dialogs.get(key)
        return found.id if isinstance(found, InviteSession) and not found.ended else None

    def change_flow(self, session: SessionId, flow: Flow) -> None:
        """Send the session's requests by another flow from now on: the phone has registered anew."""
        found = self._sessions.get(session)
        if found is not None and found.dialog is not None:
            found.dialog.flow = flow
