"""Drives the SIP endpoint: feeds it messages and time, sends what it wants sent, hands its events on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

from appliance.legs.signalling import InviteRequest, SessionHandler
from appliance.runtime.addresses import LocalAddresses
from appliance.runtime.clock import Clock
from appliance.runtime.large_requests import LargeRequests
from appliance.runtime.sip_sockets import SecurePeer, SipSockets
from appliance.sip.endpoint import Endpoint
from appliance.sip.events import (
    DialogRequest,
    Event,
    IncomingInvite,
    IncomingRequest,
    RequestFailed,
    ResponseReceived,
    TransactionKey,
)
from appliance.sip.flow import Flow
from appliance.sip.message import Request, Response

log = logging.getLogger(__name__)

Header = tuple[str, str]


class SipDriver:
    """The running SIP stack; implements `legs.signalling.Signalling`.

    Events of a session go to the handler attached to it; all others to `on_event`. `on_flow_failed` hears
    of flows that carry nothing any more, `on_message` sees every message (sent or not), and `on_dialog` is
    told the Call-ID of each INVITE sent for a handler. What `admits` refuses is not read at all.
    """

    def __init__(self, clock: Clock, tokens: Callable[[], str], addresses: LocalAddresses) -> None:
        self.large = LargeRequests(clock.monotonic, lambda host, port: self.flow_towards("TCP", host, port))
        self.endpoint = Endpoint(tokens=tokens, extensions=("replaces",), choose_flow=self.large.choose)
        self.sockets = SipSockets(addresses, self._received, self._flow_failed)
        self.on_event: Callable[[Event], None] = lambda event: None
        self.on_flow_failed: Callable[[Flow], None] = lambda flow: None
        self.on_message: Callable[[bool, Flow, bytes], None] = lambda sent, flow, data: None
        self.admits: Callable[[bytes, Flow], bool] = lambda data, flow: True
        self.on_dialog: Callable[[SessionHandler, str], None] = lambda handler, call_id: None
        self._tokens = tokens
        self._clock = clock
        self._handlers: dict[str, SessionHandler] = {}
        self._asked: dict[TransactionKey, asyncio.Future[ResponseReceived | RequestFailed]] = {}
        self._pumping = False
        self._all_heard: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: float | None = None

    async def listen(self, hosts: list[str], port: int) -> None:
        """Open the sockets. Raises OSError when the port is taken."""
        await self.sockets.listen(hosts, port)

    async def heard_out(self, seconds: float) -> None:
        """Return once every request of ours has its answer, or after so many seconds: a BYE may get lost."""
        self._all_heard = heard = asyncio.Event()
        self.pump()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await heard.wait()

    async def close(self) -> None:
        """Stop timers and close the sockets."""
        if self._timer is not None:
            self._timer.cancel()
        await self.sockets.close()

    def _received(self, data: bytes, flow: Flow) -> bool:
        if not self.admits(data, flow):
            return False
        self.on_message(False, flow, data)
        try:
            self.endpoint.receive(data, flow, self._clock.monotonic())
        finally:
            self.pump()
        return True

    def _flow_failed(self, flow: Flow) -> None:
        self.large.failed(flow)
        try:
            self.endpoint.flow_failed(flow, self._clock.monotonic())
            self.on_flow_failed(flow)
        finally:
            self.pump()

    def _timer_due(self) -> None:
        self._timer = None
        self._timer_at = None
        try:
            self.endpoint.advance(self._clock.monotonic())
        finally:
            # The timers left must run whatever became of this one.
            self.pump()

    def pump(self) -> None:
        """Send and hand on all there is, then wait for the next timer. Commands given meanwhile join in."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._drain():
                pass
        finally:
            self._pumping = False
        if self._all_heard is not None and not self.endpoint.waits_for_answers:
            self._all_heard.set()
        self._schedule()

    def _drain(self) -> bool:
        outgoing = self.endpoint.take_outgoing()
        for message in outgoing:
            self.on_message(True, message.flow, message.data)
            self.sockets.send(message)
        events = self.endpoint.take_events()
        for event in events:
            self._dispatch(event)
        return bool(outgoing or events)

    def _dispatch(self, event: Event) -> None:
        if isinstance(event, ResponseReceived | RequestFailed):
            self._answered(event)
            return
        session: str | None = getattr(event, "session", None)
        handler = self._handlers.get(session) if session is not None else None
        try:
            (handler.handle if handler is not None else self.on_event)(event)
        except Exception:
            # One call's mistake must not stop the others: it is told, and the rest goes on.
            log.exception("SIP event %s was not handled", type(event).__name__)
            self._apologise(event)

    def _apologise(self, event: Event) -> None:
        """Answer 500 where somebody would wait for an answer for ever."""
        now = self._clock.monotonic()
        if isinstance(event, IncomingInvite):
            self.endpoint.refuse(event.session, 500, now)
        elif isinstance(event, IncomingRequest | DialogRequest):
            self.endpoint.reply(event.key, 500, now)

    def _schedule(self) -> None:
        """See that the next timer runs; one that is set for earlier already will look again then."""
        at = self.endpoint.next_timer()
        if at is None or (self._timer_at is not None and self._timer_at <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        delay = max(0.0, at - self._clock.monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._timer_due)

    # What legs ask for.

    def attach(self, session: str, handler: SessionHandler) -> None:
        """Events of this session go to `handler` from now on."""
        self._handlers[session] = handler

    def detach(self, session: str) -> None:
        """Nobody listens to this session any more."""
        self._handlers.pop(session, None)

    @property
    def attached(self) -> int:
        """How many sessions have a handler."""
        return len(self._handlers)

    @property
    def transactions(self) -> int:
        """How many transactions are remembered, ended ones among them."""
        return len(self.endpoint.transactions.clients) + len(self.endpoint.transactions.servers)

    def invite(self, invitation: InviteRequest, handler: SessionHandler) -> str:
        """Start a session; its events go to `handler`. Returns the session's id."""
        call_id = self._tokens()
        self.on_dialog(handler, call_id)
        session = self.endpoint.invite(
            target=invitation.target,
            flow=invitation.flow,
            from_=invitation.from_,
            to=invitation.to,
            contact=invitation.contact,
            body=invitation.body,
            headers=invitation.headers,
            credentials=invitation.credentials,
            route=invitation.route,
            call_id=call_id,
            now=self._clock.monotonic(),
        )
        self._handlers[session] = handler
        self.pump()
        return session

    def ring(
        self, session: str, status: int = 180, body: bytes = b"", headers: Sequence[Header] = ()
    ) -> None:
        """Send a provisional response."""
        self.endpoint.ring(session, self._clock.monotonic(), status=status, body=body, headers=headers)
        self.pump()

    def accept(self, session: str, body: bytes, headers: Sequence[Header] = ()) -> None:
        """Answer the call."""
        self.endpoint.accept(session, body, self._clock.monotonic(), headers=headers)
        self.pump()

    def refuse(
        self, session: str, status: int, reason: str | None = None, headers: Sequence[Header] = ()
    ) -> None:
        """Refuse the call."""
        self.endpoint.refuse(session, status, self._clock.monotonic(), reason=reason, headers=headers)
        self.pump()

    def hang_up(self, session: str, headers: Sequence[Header] = ()) -> None:
        """End the session whatever its state."""
        self.endpoint.hang_up(session, self._clock.monotonic(), headers=headers)
        self.pump()

    def reinvite(self, session: str, body: bytes) -> None:
        """Offer the peer another session description."""
        self.endpoint.reinvite(session, body, self._clock.monotonic())
        self.pump()

    def answer_reinvite(self, session: str, body: bytes) -> None:
        """Accept what the peer offered within the call."""
        self.endpoint.answer_reinvite(session, body, self._clock.monotonic())
        self.pump()

    def refuse_reinvite(self, session: str, status: int) -> None:
        """Refuse what the peer offered within the call; the call goes on as it was."""
        self.endpoint.refuse_reinvite(session, status, self._clock.monotonic())
        self.pump()

    def notify(self, session: str, body: bytes, headers: Sequence[Header]) -> None:
        """Send a NOTIFY within the call."""
        self.endpoint.send_in_dialog(session, "NOTIFY", body, headers, self._clock.monotonic())
        self.pump()

    def handler_of(self, call_id: str, local_tag: str, remote_tag: str) -> SessionHandler | None:
        """Who listens to the session of a dialog; None when there is no such dialog."""
        session = self.endpoint.session_of_dialog((call_id, local_tag, remote_tag))
        return self._handlers.get(session) if session is not None else None

    def respond(self, key: TransactionKey, response: Response) -> None:
        """Answer a request that is not an INVITE."""
        self.endpoint.respond(key, response, self._clock.monotonic())
        self.pump()

    async def ask(
        self, request: Request, flow: Flow, seconds: float | None = None
    ) -> ResponseReceived | RequestFailed:
        """Send a request outside any dialog; returns its final response, or how it failed.

        After `seconds` silence counts as failure (408), earlier than RFC 3261's 32 seconds.
        """
        waiting: asyncio.Future[ResponseReceived | RequestFailed] = asyncio.get_running_loop().create_future()
        key = self.endpoint.request(request, flow, self._clock.monotonic())
        self._asked[key] = waiting
        self.pump()
        try:
            async with asyncio.timeout(seconds):
                return await waiting
        except TimeoutError:
            return RequestFailed(key, 408)
        finally:
            del self._asked[key]
            self.endpoint.give_up(key)

    def _answered(self, event: ResponseReceived | RequestFailed) -> None:
        waiting = self._asked.get(event.key)
        provisional = isinstance(event, ResponseReceived) and event.response.is_provisional
        if waiting is not None and not waiting.done() and not provisional:
            waiting.set_result(event)

    def expect(self, host: str, port: int, name: str, *, checked: bool) -> None:
        """Secure connections may be opened to that address; its certificate must hold `name` when checked."""
        self.sockets.secure_peers[host, port] = SecurePeer(name, checked)

    def flow_towards(self, transport: str, host: str, port: int) -> Flow:
        """The flow by which a request reaches that address (an IP address)."""
        if transport == "UDP":
            return self.sockets.udp_flow((host, port))
        local = (self.sockets.addresses.towards(host), self.sockets.listening_port(transport))
        return Flow(transport, local, (host, port), None)
