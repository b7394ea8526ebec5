"""The core of a user agent: each message to the transaction, dialog or user it is for (RFC 3261 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from appliance.sip.checks import check_request, is_for_us
from appliance.sip.errors import SipSyntaxError
from appliance.sip.events import Event, IncomingRequest, RequestFailed, ResponseReceived, SessionId
from appliance.sip.flow import ChooseFlow, Flow, Outgoing, keep_flow
from appliance.sip.headers import BRANCH_COOKIE
from appliance.sip.host import DialogUsage
from appliance.sip.invite import InviteSession
from appliance.sip.invite_server import ServerSession
from appliance.sip.matching import DialogKey, dialog_key, invite_key, response_key, server_key
from appliance.sip.message import Message, Request, Response, make_response
from appliance.sip.parser import parse_message
from appliance.sip.reliable_provisional import OPTION as RELIABLE
from appliance.sip.session_timer import OPTION
from appliance.sip.timers import Timers
from appliance.sip.transaction_tables import Input
from appliance.sip.transactions import NOBODY, Transaction, Transactions, TransactionUser
from appliance.sip.uri import Uri
from appliance.sip.via_routing import our_via, response_flow, stamp_via

METHODS = (
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "REFER", "NOTIFY", "SUBSCRIBE",
    "MESSAGE", "PRACK",
)  # fmt: skip
RETRY_SECONDS = "5"
VIA_SIZE = 80

_NEED_DIALOG = frozenset({"BYE", "PRACK", "UPDATE", "INFO"})
# Subscriptions make dialogs that their user keeps, not this room: requests in them go to the user.
_USER_DIALOGS = frozenset({"SUBSCRIBE", "NOTIFY"})


class UserAgentCore:
    """The endpoint without its commands; see `endpoint.Endpoint`. Implements `client_request.Host`."""

    def __init__(
        self,
        *,
        tokens: Callable[[], str],
        product: str = "Autocom",
        t1: float = 0.5,
        t2: float = 4.0,
        t4: float = 5.0,
        methods: Sequence[str] = METHODS,
        extensions: Iterable[str] = (),
        choose_flow: ChooseFlow = keep_flow,
        most_pending: int = 5_000,
        most_answered: int = 20_000,
        session_seconds: float = 1800.0,
    ) -> None:
        self.tokens = tokens
        self.timers = Timers()
        self.transactions = Transactions(
            self.timers, self.transmit, t1=t1, t2=t2, t4=t4, most_answered=most_answered
        )
        self.product = product
        self.session_seconds = session_seconds
        self.allow = ", ".join(methods)
        self._methods = frozenset(methods)
        self._extensions = frozenset((OPTION, RELIABLE, *extensions))
        self._choose_flow = choose_flow
        self._most_pending = most_pending
        self._outgoing: list[Outgoing] = []
        self._events: list[Event] = []
        self._sessions: dict[SessionId, InviteSession] = {}
        self._dialogs: dict[DialogKey, DialogUsage] = {}
        self._outside = _OutsideDialogs(self)
        self._count = 0

    # Input.

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """Take in one datagram, or one message framed out of a stream. Never raises."""
        if not data.strip(b"\r\n\0 \t"):
            return  # Keep-alives (RFC 5626 3.5.1) and what phones send to hold a NAT open.
        try:
            message = parse_message(data)
        except SipSyntaxError as error:
            self._refuse_broken(error, flow)
            return
        if isinstance(message, Response):
            self._response_received(message, flow, now)
        else:
            self._request_received(message, flow, now)

    def flow_failed(self, flow: Flow, now: float) -> None:
        """A flow carries nothing any more: ICMP error, or its connection is closed or could not be opened."""
        for session in self._sessions.values():
            if session.dialog is not None:
                session.dialog.flow_lost(flow)
        self.transactions.flow_failed(flow, now)

    def flow_found(self, user: str, contact: Uri, flow: Flow) -> None:
        """Somebody has registered: their sessions go on by that way."""
        for session in self._sessions.values():
            if session.dialog is not None:
                session.dialog.flow_found(user, contact, flow)

    def advance(self, now: float) -> None:
        """Do what is due."""
        self.timers.advance(now)

    def next_timer(self) -> float | None:
        """When `advance` is to be called next, None when nothing waits."""
        return self.timers.next_due()

    # Output.

    def take_outgoing(self) -> list[Outgoing]:
        """Messages to send, in order; they are handed out once."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def take_events(self) -> list[Event]:
        """What happened, in order; handed out once."""
        taken, self._events = self._events, []
        return taken

    @property
    def is_idle(self) -> bool:
        """Whether no session, dialog, transaction or timer is left."""
        return not (
            self._sessions
            or self._dialogs
            or self.transactions.clients
            or self.transactions.servers
            or len(self.timers)
        )

    @property
    def open_sessions(self) -> int:
        """How many sessions have not had their last event."""
        return len(self._sessions)

    # What sessions need of it (`client_request.Host`).

    def emit(self, event: Event) -> None:
        """Tell the user."""
        self._events.append(event)

    def transmit(self, flow: Flow, data: bytes) -> None:
        """Send octets."""
        self._outgoing.append(Outgoing(flow, data))

    def send(self, request: Request, flow: Flow, user: TransactionUser, now: float) -> Transaction:
        """Send a request without Via in a transaction of its own."""
        chosen = self._fitting(request, flow)
        self._put_via(request, chosen)
        meant = flow if chosen != flow else None
        return self.transactions.begin_client(request, chosen, user, now, meant)

    def send_ack(self, ack: Request, flow: Flow) -> tuple[Flow, bytes]:
        """Send the ACK for a 2xx; returns what was sent."""
        self._put_via(ack, flow)
        data = bytes(ack)
        self.transmit(flow, data)
        return flow, data

    def _fitting(self, request: Request, flow: Flow) -> Flow:
        if self._choose_flow is keep_flow or flow.is_reliable:
            return flow
        return self._choose_flow(flow, len(bytes(request)) + VIA_SIZE)

    def _put_via(self, request: Request, flow: Flow) -> None:
        if "Max-Forwards" not in request.headers:
            request.headers.add("Max-Forwards", "70")
        if "User-Agent" not in request.headers:
            request.headers.add("User-Agent", self.product)
        request.headers.insert_first("Via", str(our_via(flow, BRANCH_COOKIE + self.tokens())))

    def enter_dialog(self, key: DialogKey, usage: DialogUsage) -> None:
        """Requests of this dialog belong to this session."""
        self._dialogs[key] = usage

    def leave_dialog(self, key: DialogKey) -> None:
        """The dialog is gone."""
        self._dialogs.pop(key, None)

    def forget(self, session_id: SessionId) -> None:
        """The session has had its last event."""
        self._sessions.pop(session_id, None)

    def _new_id(self) -> SessionId:
        self._count += 1
        return f"session-{self._count}"

    # Responses.

    def _response_received(self, response: Response, flow: Flow, now: float) -> None:
        transaction = self.transactions.clients.get(response_key(response))
        if transaction is not None and is_for_us(response):
            if transaction.flow.connection is None and transaction.flow.is_by_way_of(flow):
                transaction.flow = flow
            self.transactions.response_received(transaction, response, now)

    # Requests.

    def _refuse_broken(self, error: SipSyntaxError, flow: Flow) -> None:
        request = error.reply_to
        if request is not None and request.method != "ACK":
            self._respond_stateless(request, error.status, error.reason, flow)

    def _respond_stateless(
        self,
        request: Request,
        status: int,
        reason: str | None,
        flow: Flow,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        stamp_via(request, flow)
        response = make_response(request, status, reason, self.tokens(), headers=headers)
        self.transmit(response_flow(request.via, flow), bytes(response))

    def _request_received(self, request: Request, flow: Flow, now: float) -> None:
        stamp_via(request, flow)
        known = self.transactions.servers.get(server_key(request))
        if request.method == "ACK":
            self._ack_received(request, known, now)
        elif known is not None:
            self.transactions.feed(known, Input.REQUEST, request, now)
        else:
            self._new_request(request, flow, now)

    def _ack_received(self, ack: Request, known: Transaction | None, now: float) -> None:
        if known is not None:
            self.transactions.feed(known, Input.ACK, ack, now)
            return
        session = self._dialogs.get(dialog_key(ack, from_peer_request=True))
        if session is not None:
            session.ack_received(ack, now)

    def _new_request(self, request: Request, flow: Flow, now: float) -> None:
        session = self._session_of(request)
        if self._is_flooded(session):
            self._respond_stateless(request, 503, None, flow, (("Retry-After", RETRY_SECONDS),))
            return
        refusal = self._refusal(request, session)
        if refusal is not None:
            status, reason, headers = refusal
            transaction = self.transactions.begin_server(request, flow, NOBODY, now)
            response = make_response(request, status, reason, self.tokens(), headers=headers)
            self.transactions.respond(transaction, response, now)
        elif session is not None:
            self._in_dialog(session, request, flow, now)
        elif request.method == "CANCEL":
            self._cancel_received(request, flow, now)
        elif request.method == "INVITE":
            fresh = ServerSession(self._new_id(), self)
            self._sessions[fresh.id] = fresh
            self.transactions.begin_server(request, flow, fresh, now)
        else:
            self.transactions.begin_server(request, flow, self._outside, now)

    def _session_of(self, request: Request) -> DialogUsage | None:
        if request.to.tag is None or request.method == "CANCEL":
            return None
        return self._dialogs.get(dialog_key(request, from_peer_request=True))

    def _is_flooded(self, session: DialogUsage | None) -> bool:
        limit = self._most_pending * (2 if session is not None else 1)
        return self.transactions.pending_servers >= limit

    def _refusal(
        self, request: Request, session: DialogUsage | None
    ) -> tuple[int, str | None, tuple[tuple[str, str], ...]] | None:
        """Why a request is answered here and not passed on (8.2, 12.2.2)."""
        if request.method not in self._methods:
            return 405, None, (("Allow", self.allow),)
        refused = check_request(request, self._extensions)
        if refused is not None:
            return refused.status, refused.reason, refused.headers
        if session is not None or request.method == "CANCEL":
            return None
        if request.to.tag is not None and request.method not in _USER_DIALOGS:
            return 481, None, ()
        if request.method in _NEED_DIALOG:
            return 481, None, ()
        if request.to.tag is None and request.method != "REGISTER" and self.transactions.merged(request):
            return 482, None, ()
        return None

    def _in_dialog(self, session: DialogUsage, request: Request, flow: Flow, now: float) -> None:
        dialog = session.early_dialog(request.from_.tag or "")
        user: TransactionUser = session if request.method == "INVITE" else NOBODY
        transaction = self.transactions.begin_server(request, flow, user, now)
        if dialog is not None:
            session.request_received(transaction, request, dialog, now)

    def _cancel_received(self, cancel: Request, flow: Flow, now: float) -> None:
        """200 when it matches an INVITE, whatever that has come to, else 481 (9.2)."""
        invite = self.transactions.servers.get(invite_key(cancel))
        transaction = self.transactions.begin_server(cancel, flow, NOBODY, now)
        status = 200 if invite is not None else 481
        tag = invite.user.tag if invite is not None and isinstance(invite.user, InviteSession) else None
        response = make_response(cancel, status, None, tag or self.tokens())
        self.transactions.respond(transaction, response, now)
        if invite is not None and isinstance(invite.user, InviteSession):
            invite.user.cancelled(invite, cancel, now)


class _OutsideDialogs:
    """The user of requests outside sessions, both ways: all goes to the endpoint's user as events."""

    def __init__(self, core: UserAgentCore) -> None:
        self._core = core

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """A response to ours, or a request of a peer's."""
        if isinstance(message, Request):
            self._core.emit(IncomingRequest(transaction.key, message, transaction.flow))
        elif isinstance(message, Response) and message.status > 100:
            self._core.emit(ResponseReceived(transaction.key, message))

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """No answer to ours. That a peer did not get an answer of ours is no event."""
        if transaction.key[0] == "client":
            self._core.emit(RequestFailed(transaction.key, status))
