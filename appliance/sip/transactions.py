"""Transactions at work: runs the tables of `transaction_tables` on messages and timers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Protocol

from appliance.sip.derived_requests import ack_for_refusal
from appliance.sip.events import TransactionKey
from appliance.sip.flow import Flow
from appliance.sip.matching import client_key, merge_key, server_key
from appliance.sip.message import Message, Request, Response
from appliance.sip.timers import Lingerers, Timer, Timers
from appliance.sip.transaction_tables import (
    INVITE_CLIENT,
    INVITE_SERVER,
    REQUEST_CLIENT,
    REQUEST_SERVER,
    Action,
    Input,
    State,
    Table,
)
from appliance.sip.via_routing import fallback_flow, our_via, response_flow

TIMER_D_LEAST = 32.0


class TransactionUser(Protocol):
    """Who is behind a transaction (RFC 3261 17: the TU)."""

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """A response to our request; or the peer's request, or an ACK that matches it."""

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """408: nobody answered, or no ACK came. 503: the transport failed."""


class _Nobody:
    """The user of a transaction that nobody waits for any more."""

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        """Not wanted."""

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        """Not wanted."""


NOBODY = _Nobody()


class Transaction:
    """One transaction. `request` is dropped once a final response has passed.

    `meant` is the flow that a request of ours was meant for when its size sent it another way (18.1.1).
    `due` is when it ends once it lingers: only to know what comes again for what it is.
    """

    __slots__ = (
        "_ack", "due", "flow", "interval", "key", "last_sent", "lasting", "meant", "merge", "repeating",
        "request", "sent_by_port", "state", "status", "table", "user",
    )  # fmt: skip

    def __init__(
        self, key: TransactionKey, table: Table, request: Request, flow: Flow, user: TransactionUser
    ) -> None:
        self.key = key
        self.table = table
        self.state = State.START
        self.request: Request | None = request
        self.flow = flow
        self.meant: Flow | None = None
        self.user = user
        self.sent_by_port = request.via.port
        self.last_sent = b""
        self.status = 0
        self.interval = 0.0
        self.due = 0.0
        self.repeating: Timer | None = None
        self.lasting: Timer | None = None
        self.merge: TransactionKey | None = None
        self._ack = b""

    @property
    def usual_flow(self) -> Flow:
        """Where further requests to the same peer go, whatever the size of this one."""
        return self.meant or self.flow

    @property
    def is_over(self) -> bool:
        """Whether it has terminated."""
        return self.state is State.TERMINATED

    @property
    def is_pending(self) -> bool:
        """Whether no final response has passed yet."""
        return self.state in (State.START, State.CALLING, State.TRYING, State.PROCEEDING)

    def ack(self, response: Response) -> bytes:
        """The ACK for a refusal, the same octets each time."""
        if not self._ack and self.request is not None:
            self._ack = bytes(ack_for_refusal(self.request, response))
        return self._ack


class Transactions:
    """All transactions of one endpoint, by key. Times in seconds."""

    def __init__(
        self,
        timers: Timers,
        transmit: Callable[[Flow, bytes], None],
        *,
        t1: float = 0.5,
        t2: float = 4.0,
        t4: float = 5.0,
        most_answered: int = 20_000,
    ) -> None:
        self.clients: dict[TransactionKey, Transaction] = {}
        self.servers: dict[TransactionKey, Transaction] = {}
        self.pending_servers = 0
        self.t1, self.t2, self.t4 = t1, t2, t4
        self._timers = timers
        self._transmit = transmit
        self._merges: dict[TransactionKey, Transaction] = {}
        self._lingering: dict[float, Lingerers[Transaction]] = {}
        self._answered: dict[TransactionKey, Transaction] = {}
        self._most_answered = most_answered

    def begin_client(
        self,
        request: Request,
        flow: Flow,
        user: TransactionUser,
        now: float,
        meant: Flow | None = None,
    ) -> Transaction:
        """Send a request (its Via is on top) and see to its retransmission.

        `meant`: the flow to take instead when `flow` cannot be opened.
        """
        key = client_key(request.via.branch or "", request.method)
        table = INVITE_CLIENT if request.method == "INVITE" else REQUEST_CLIENT
        transaction = self.clients[key] = Transaction(key, table, request, flow, user)
        transaction.meant = meant
        self.feed(transaction, Input.BEGIN, request, now)
        return transaction

    def begin_server(self, request: Request, flow: Flow, user: TransactionUser, now: float) -> Transaction:
        """Take in a new request (its Via stamped) and pass it to its user."""
        key = server_key(request)
        table = INVITE_SERVER if request.method == "INVITE" else REQUEST_SERVER
        transaction = Transaction(key, table, request, response_flow(request.via, flow), user)
        self.servers[key] = transaction
        self.pending_servers += 1
        if request.to.tag is None and request.method != "REGISTER":
            # Nobody asks `merged` of others.
            self._note_merge(transaction, merge_key(request))
        self.feed(transaction, Input.BEGIN, request, now)
        return transaction

    def _note_merge(self, transaction: Transaction, merge: TransactionKey) -> None:
        if merge not in self._merges:
            transaction.merge = merge
            self._merges[merge] = transaction

    def merged(self, request: Request) -> bool:
        """Whether this request, which has no To tag, has reached us before by another path (8.2.2.2).

        One that was answered by a challenge does not count: some phones keep the CSeq when they
        send the request again with credentials.
        """
        other = self._merges.get(merge_key(request))
        return other is not None and other.status != 401 and other.key != server_key(request)

    def respond(self, transaction: Transaction, response: Response, now: float) -> None:
        """Send a response in a server transaction; ignored when it may not send one any more."""
        status = response.status
        kind = Input.PROVISIONAL if status < 200 else Input.SUCCESS if status < 300 else Input.FAILURE
        if (transaction.state, kind) not in transaction.table:
            return
        transaction.status = status
        if status >= 200 and transaction.request is not None:
            transaction.request = None
            self.pending_servers -= 1
        self.feed(transaction, kind, response, now)
        if transaction.state is State.COMPLETED:
            self._keep_answered(transaction)

    def _keep_answered(self, transaction: Transaction) -> None:
        """Remember the last answers, but in a flood no more than the limit: the oldest go.

        Some at a time, since a dictionary finds its first entry the slower the more have gone before it.
        """
        self._answered[transaction.key] = transaction
        if len(self._answered) > self._most_answered:
            for oldest in list(islice(self._answered.values(), 1 + self._most_answered // 64)):
                self.abandon(oldest)

    def response_received(self, transaction: Transaction, response: Response, now: float) -> None:
        """A response that matches a client transaction."""
        status = response.status
        kind = Input.PROVISIONAL if status < 200 else Input.SUCCESS if status < 300 else Input.FAILURE
        self.feed(transaction, kind, response, now)
        if status >= 200:
            # Of what lingers for half a minute after each call nothing more than needed is kept.
            transaction.request, transaction.last_sent = None, b""
            if transaction.state is not State.ACCEPTED:
                transaction.user = NOBODY

    def flow_failed(self, flow: Flow, now: float) -> None:
        """A flow is gone: requests fail; responses take a new connection to sent-by, once (18.2.2)."""
        for transaction in [*self.clients.values(), *self.servers.values()]:
            if not transaction.flow.is_by_way_of(flow):
                continue
            fallback = fallback_flow(transaction.sent_by_port, flow)
            if transaction.key in self.servers and flow.connection is not None and fallback != flow:
                transaction.flow = fallback
            elif transaction.meant is not None and transaction.state in (State.CALLING, State.TRYING):
                self._turn_back(transaction, transaction.meant, now)
            else:
                self._feed_last(transaction, Input.TRANSPORT_ERROR, now)

    def _turn_back(self, transaction: Transaction, meant: Flow, now: float) -> None:
        """Send a large request as it was meant to go, since the peer cannot be reached otherwise."""
        transaction.flow, transaction.meant = meant, None
        request = transaction.request
        assert request is not None
        request.headers.replace_first("Via", (str(our_via(meant, request.via.branch or "")),))
        self._send(transaction, request, now)
        self.repeat(transaction, self.t2 if transaction.table is REQUEST_CLIENT else 64 * self.t1, now)

    def abandon(self, transaction: Transaction) -> None:
        """End a transaction without a word."""
        transaction.state = State.TERMINATED
        transaction.user = NOBODY
        self._forget(transaction)

    def feed(self, transaction: Transaction, kind: Input, message: Message | None, now: float) -> None:
        """Look up the row and do what it says; inputs without a row are ignored."""
        row = transaction.table.get((transaction.state, kind))
        if row is None:
            return
        transaction.state, actions = row
        for action in actions:
            _PERFORM[action](self, transaction, message, now)
        if transaction.state is State.TERMINATED:
            self._forget(transaction)

    def _forget(self, transaction: Transaction) -> None:
        _stop(transaction)
        index = self.clients if transaction.key[0] == "client" else self.servers
        if index.get(transaction.key) is not transaction:
            return
        del index[transaction.key]
        if index is self.servers:
            if transaction.request is not None:
                self.pending_servers -= 1
            self._answered.pop(transaction.key, None)
            if transaction.merge is not None:
                del self._merges[transaction.merge]

    # Actions.

    def _send(self, transaction: Transaction, message: Message | None, now: float) -> None:
        transaction.last_sent = bytes(message) if message is not None else b""
        self._transmit(transaction.flow, transaction.last_sent)

    def _send_again(self, transaction: Transaction, message: Message | None, now: float) -> None:
        if transaction.last_sent:
            self._transmit(transaction.flow, transaction.last_sent)

    def _send_ack(self, transaction: Transaction, message: Message | None, now: float) -> None:
        if isinstance(message, Response):
            self._transmit(transaction.flow, transaction.ack(message))

    def _pass(self, transaction: Transaction, message: Message | None, now: float) -> None:
        if message is not None:
            transaction.user.passed(transaction, message, now)

    def repeat(self, transaction: Transaction, ceiling: float, now: float) -> None:
        """Timer A, E or G: T1 first, then doubled up to the ceiling; not on reliable transports."""
        if transaction.flow.is_reliable:
            return
        interval = min(transaction.interval * 2 or self.t1, ceiling)
        transaction.interval = interval
        again = partial(self.feed, transaction, Input.RETRANSMIT, None)
        transaction.repeating = self._timers.at(now + interval, again)

    def time_out(self, transaction: Transaction, seconds: float, now: float) -> None:
        """Timer B, F or H: the timer that gives up."""
        if transaction.lasting is not None:
            transaction.lasting.cancel()
        action = partial(self._feed_last, transaction, Input.TIMEOUT)
        transaction.lasting = self._timers.at(now + seconds, action)

    def linger(self, transaction: Transaction, seconds: float, now: float) -> None:
        """Timer D, I, J, K, L or M: how long an ended transaction is remembered, not at all for zero."""
        if transaction.lasting is not None:
            transaction.lasting.cancel()
            transaction.lasting = None
        if not seconds:
            self.feed(transaction, Input.LINGERED, None, now)
            return
        row = self._lingering.get(seconds)
        if row is None:
            row = self._lingering[seconds] = self._timers.lingerers(seconds, self._lingered)
        row.add(transaction, now)

    def _lingered(self, transaction: Transaction, now: float) -> None:
        self._feed_last(transaction, Input.LINGERED, now)

    def _feed_last(self, transaction: Transaction, kind: Input, now: float) -> None:
        self.feed(transaction, kind, None, now)
        if transaction.is_over:
            # The two know each other: without this, both would wait for the collector.
            transaction.user = NOBODY


def _stop(transaction: Transaction) -> None:
    if transaction.repeating is not None:
        transaction.repeating.cancel()
        transaction.repeating = None
    if transaction.lasting is not None:
        transaction.lasting.cancel()
        transaction.lasting = None
    transaction.interval = 0.0


Perform = Callable[[Transactions, Transaction, Message | None, float], None]


def _repeat_up_to(ceiling: Callable[[Transactions], float]) -> Perform:
    return lambda all_, transaction, message, now: all_.repeat(transaction, ceiling(all_), now)


def _repeat_slowly(all_: Transactions, transaction: Transaction, message: Message | None, now: float) -> None:
    transaction.interval = all_.t2
    all_.repeat(transaction, all_.t2, now)


def _time_out(seconds: Callable[[Transactions], float]) -> Perform:
    return lambda all_, transaction, message, now: all_.time_out(transaction, seconds(all_), now)


def _linger(seconds: Callable[[Transactions], float], *, also_reliable: bool = False) -> Perform:
    def perform(all_: Transactions, transaction: Transaction, message: Message | None, now: float) -> None:
        needless = transaction.flow.is_reliable and not also_reliable
        all_.linger(transaction, 0.0 if needless else seconds(all_), now)

    return perform


def _report(status: int) -> Perform:
    return lambda all_, transaction, message, now: transaction.user.failed(transaction, status, now)


_PERFORM: dict[Action, Perform] = {
    Action.SEND: Transactions._send,
    Action.SEND_AGAIN: Transactions._send_again,
    Action.SEND_ACK: Transactions._send_ack,
    Action.PASS: Transactions._pass,
    Action.REPORT_TIMEOUT: _report(408),
    Action.REPORT_TRANSPORT: _report(503),
    Action.STOP: lambda all_, transaction, message, now: _stop(transaction),
    Action.TIMER_A: _repeat_up_to(lambda all_: 64 * all_.t1),
    Action.TIMER_B: _time_out(lambda all_: 64 * all_.t1),
    Action.TIMER_D: _linger(lambda all_: max(TIMER_D_LEAST, 64 * all_.t1)),
    Action.TIMER_E: _repeat_up_to(lambda all_: all_.t2),
    Action.TIMER_E_SLOW: _repeat_slowly,
    Action.TIMER_F: _time_out(lambda all_: 64 * all_.t1),
    Action.TIMER_G: _repeat_up_to(lambda all_: all_.t2),
    Action.TIMER_H: _time_out(lambda all_: 64 * all_.t1),
    Action.TIMER_I: _linger(lambda all_: all_.t4),
    Action.TIMER_J: _linger(lambda all_: 64 * all_.t1),
    Action.TIMER_K: _linger(lambda all_: all_.t4),
    Action.TIMER_L: _linger(lambda all_: 64 * all_.t1, also_reliable=True),
    Action.TIMER_M: _linger(lambda all_: 64 * all_.t1, also_reliable=True),
}
