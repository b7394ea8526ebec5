"""The four transactions: each row of their tables by what it makes visible, and the timers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from appliance.sip.flow import Flow
from appliance.sip.message import Message, Request, Response, make_response
from appliance.sip.parser import parse_message
from appliance.sip.timers import Timers
from appliance.sip.transaction_tables import TABLES, Input, State
from appliance.sip.transactions import Transaction, Transactions

S, I = State, Input  # noqa: E741
UDP = Flow("UDP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
TCP = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 40000), 7)


def request(method: str) -> Request:
    text = (
        f"{method} sip:b@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;rport\r\n"
        f"From: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n"
        "Route: <sip:proxy;lr>\r\nContent-Length: 0\r\n\r\n"
    )
    message = parse_message(text.encode())
    assert isinstance(message, Request)
    return message


class User:
    """Notes what the transaction tells it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def passed(self, transaction: Transaction, message: Message, now: float) -> None:
        self.told.append(message.method if isinstance(message, Request) else str(_status(message)))

    def failed(self, transaction: Transaction, status: int, now: float) -> None:
        self.told.append(f"failed {status}")


def _status(message: Message) -> int:
    assert isinstance(message, Response)
    return message.status


class Bench:
    """One transaction on a flow; time stands still unless `wait` is called."""

    def __init__(self, kind: str, flow: Flow = UDP) -> None:
        self.kind = kind
        self.method = "INVITE" if kind.startswith("INVITE") else "OPTIONS"
        self.sent: list[str] = []
        self.user = User()
        self.timers = Timers()
        self.layer = Transactions(self.timers, lambda flow, data: self.sent.append(_word(data)))
        self.now = 0.0
        self.request = request(self.method)
        begin = self.layer.begin_client if "client" in kind else self.layer.begin_server
        self.transaction = begin(self.request, flow, self.user, 0.0)

    def feed(self, kind: Input) -> None:
        self.layer.feed(self.transaction, kind, self._message(kind), self.now)

    def _message(self, kind: Input) -> Message | None:
        statuses = {I.PROVISIONAL: 180, I.SUCCESS: 200, I.FAILURE: 486}
        if kind in statuses:
            return make_response(self.request, statuses[kind], to_tag="t")
        return {I.REQUEST: self.request, I.ACK: request("ACK")}.get(kind)

    def waits(self) -> tuple[float, ...]:
        """When each live timer is due, from now."""
        return tuple(sorted(due - self.now for due in self.timers))

    def wait(self, seconds: float) -> list[str]:
        """What is sent meanwhile."""
        self.sent.clear()
        end = self.now + seconds
        while (due := self.timers.next_due()) is not None and due <= end:
            self.now = due
            self.timers.advance(due)
        self.now = end
        return list(self.sent)

    @property
    def is_forgotten(self) -> bool:
        return not self.layer.clients and not self.layer.servers and not len(self.timers)


def _word(data: bytes) -> str:
    first = data.split(b"\r\n")[0].decode()
    return first.split()[1] if first.startswith("SIP/2.0") else first.split()[0]


@dataclass(frozen=True)
class Case:
    """From `path`, the inputs after BEGIN, one more input leads to what is seen here."""

    path: Sequence[Input]
    state: State
    sent: Sequence[str] = ()
    told: Sequence[str] = ()
    waits: tuple[float, ...] = ()


TO_PROCEEDING, TO_ACCEPTED, TO_COMPLETED = (I.PROVISIONAL,), (I.SUCCESS,), (I.FAILURE,)
RETRANSMITTED = (I.RETRANSMIT,)

CASES: dict[tuple[str, State, Input], Case] = {
    ("INVITE client", S.START, I.BEGIN): Case((), S.CALLING, ["INVITE"], [], (0.5, 32)),
    ("INVITE client", S.CALLING, I.RETRANSMIT): Case((), S.CALLING, ["INVITE"], [], (0.5, 1, 32)),
    ("INVITE client", S.CALLING, I.TIMEOUT): Case((), S.TERMINATED, [], ["failed 408"]),
    ("INVITE client", S.CALLING, I.TRANSPORT_ERROR): Case((), S.TERMINATED, [], ["failed 503"]),
    ("INVITE client", S.CALLING, I.PROVISIONAL): Case((), S.PROCEEDING, [], ["180"]),
    ("INVITE client", S.CALLING, I.SUCCESS): Case((), S.ACCEPTED, [], ["200"], (32,)),
    ("INVITE client", S.CALLING, I.FAILURE): Case((), S.COMPLETED, ["ACK"], ["486"], (32,)),
    ("INVITE client", S.PROCEEDING, I.PROVISIONAL): Case(TO_PROCEEDING, S.PROCEEDING, [], ["180"]),
    ("INVITE client", S.PROCEEDING, I.SUCCESS): Case(TO_PROCEEDING, S.ACCEPTED, [], ["200"], (32,)),
    ("INVITE client", S.PROCEEDING, I.FAILURE): Case(TO_PROCEEDING, S.COMPLETED, ["ACK"], ["486"], (32,)),
    ("INVITE client", S.PROCEEDING, I.TRANSPORT_ERROR): Case(TO_PROCEEDING, S.TERMINATED, [], ["failed 503"]),
    ("INVITE client", S.COMPLETED, I.FAILURE): Case(TO_COMPLETED, S.COMPLETED, ["ACK"], [], (32,)),
    ("INVITE client", S.COMPLETED, I.TRANSPORT_ERROR): Case(TO_COMPLETED, S.TERMINATED),
    ("INVITE client", S.COMPLETED, I.LINGERED): Case(TO_COMPLETED, S.TERMINATED),
    ("INVITE client", S.ACCEPTED, I.SUCCESS): Case(TO_ACCEPTED, S.ACCEPTED, [], ["200"], (32,)),
    ("INVITE client", S.ACCEPTED, I.LINGERED): Case(TO_ACCEPTED, S.TERMINATED),
    ("non-INVITE client", S.START, I.BEGIN): Case((), S.TRYING, ["OPTIONS"], [], (0.5, 32)),
    ("non-INVITE client", S.TRYING, I.RETRANSMIT): Case((), S.TRYING, ["OPTIONS"], [], (0.5, 1, 32)),
    ("non-INVITE client", S.TRYING, I.TIMEOUT): Case((), S.TERMINATED, [], ["failed 408"]),
    ("non-INVITE client", S.TRYING, I.TRANSPORT_ERROR): Case((), S.TERMINATED, [], ["failed 503"]),
    ("non-INVITE client", S.TRYING, I.PROVISIONAL): Case((), S.PROCEEDING, [], ["180"], (0.5, 32)),
    ("non-INVITE client", S.TRYING, I.SUCCESS): Case((), S.COMPLETED, [], ["200"], (5,)),
    ("non-INVITE client", S.TRYING, I.FAILURE): Case((), S.COMPLETED, [], ["486"], (5,)),
    ("non-INVITE client", S.PROCEEDING, I.RETRANSMIT): Case(
        TO_PROCEEDING, S.PROCEEDING, ["OPTIONS"], [], (0.5, 4, 32)
    ),
    ("non-INVITE client", S.PROCEEDING, I.TIMEOUT): Case(TO_PROCEEDING, S.TERMINATED, [], ["failed 408"]),
    ("non-INVITE client", S.PROCEEDING, I.TRANSPORT_ERROR): Case(
        TO_PROCEEDING, S.TERMINATED, [], ["failed 503"]
    ),
    ("non-INVITE client", S.PROCEEDING, I.PROVISIONAL): Case(
        TO_PROCEEDING, S.PROCEEDING, [], ["180"], (0.5, 32)
    ),
    ("non-INVITE client", S.PROCEEDING, I.SUCCESS): Case(TO_PROCEEDING, S.COMPLETED, [], ["200"], (5,)),
    ("non-INVITE client", S.PROCEEDING, I.FAILURE): Case(TO_PROCEEDING, S.COMPLETED, [], ["486"], (5,)),
    ("non-INVITE client", S.COMPLETED, I.LINGERED): Case(TO_ACCEPTED, S.TERMINATED),
    ("INVITE server", S.START, I.BEGIN): Case((), S.PROCEEDING, [], ["INVITE"]),
    ("INVITE server", S.PROCEEDING, I.REQUEST): Case(TO_PROCEEDING, S.PROCEEDING, ["180"]),
    ("INVITE server", S.PROCEEDING, I.PROVISIONAL): Case((), S.PROCEEDING, ["180"]),
    ("INVITE server", S.PROCEEDING, I.SUCCESS): Case((), S.ACCEPTED, ["200"], [], (32,)),
    ("INVITE server", S.PROCEEDING, I.FAILURE): Case((), S.COMPLETED, ["486"], [], (0.5, 32)),
    ("INVITE server", S.PROCEEDING, I.TRANSPORT_ERROR): Case((), S.PROCEEDING, [], ["failed 503"]),
    ("INVITE server", S.COMPLETED, I.REQUEST): Case(TO_COMPLETED, S.COMPLETED, ["486"], [], (0.5, 32)),
    ("INVITE server", S.COMPLETED, I.RETRANSMIT): Case(TO_COMPLETED, S.COMPLETED, ["486"], [], (0.5, 1, 32)),
    ("INVITE server", S.COMPLETED, I.TIMEOUT): Case(TO_COMPLETED, S.TERMINATED, [], ["failed 408"]),
    ("INVITE server", S.COMPLETED, I.ACK): Case(TO_COMPLETED, S.CONFIRMED, [], [], (5,)),
    ("INVITE server", S.COMPLETED, I.TRANSPORT_ERROR): Case(
        TO_COMPLETED, S.COMPLETED, [], ["failed 503"], (0.5, 32)
    ),
    ("INVITE server", S.CONFIRMED, I.LINGERED): Case((I.FAILURE, I.ACK), S.TERMINATED),
    ("INVITE server", S.ACCEPTED, I.SUCCESS): Case(TO_ACCEPTED, S.ACCEPTED, ["200"], [], (32,)),
    ("INVITE server", S.ACCEPTED, I.ACK): Case(TO_ACCEPTED, S.ACCEPTED, [], ["ACK"], (32,)),
    ("INVITE server", S.ACCEPTED, I.TRANSPORT_ERROR): Case(
        TO_ACCEPTED, S.ACCEPTED, [], ["failed 503"], (32,)
    ),
    ("INVITE server", S.ACCEPTED, I.LINGERED): Case(TO_ACCEPTED, S.TERMINATED),
    ("non-INVITE server", S.START, I.BEGIN): Case((), S.TRYING, [], ["OPTIONS"], (32,)),
    ("non-INVITE server", S.TRYING, I.PROVISIONAL): Case((), S.PROCEEDING, ["180"], [], (32,)),
    ("non-INVITE server", S.TRYING, I.SUCCESS): Case((), S.COMPLETED, ["200"], [], (32,)),
    ("non-INVITE server", S.TRYING, I.FAILURE): Case((), S.COMPLETED, ["486"], [], (32,)),
    ("non-INVITE server", S.TRYING, I.TIMEOUT): Case((), S.TERMINATED, [], ["failed 408"]),
    ("non-INVITE server", S.PROCEEDING, I.REQUEST): Case(TO_PROCEEDING, S.PROCEEDING, ["180"], [], (32,)),
    ("non-INVITE server", S.PROCEEDING, I.PROVISIONAL): Case(TO_PROCEEDING, S.PROCEEDING, ["180"], [], (32,)),
    ("non-INVITE server", S.PROCEEDING, I.SUCCESS): Case(TO_PROCEEDING, S.COMPLETED, ["200"], [], (32,)),
    ("non-INVITE server", S.PROCEEDING, I.FAILURE): Case(TO_PROCEEDING, S.COMPLETED, ["486"], [], (32,)),
    ("non-INVITE server", S.PROCEEDING, I.TIMEOUT): Case(TO_PROCEEDING, S.TERMINATED, [], ["failed 408"]),
    ("non-INVITE server", S.PROCEEDING, I.TRANSPORT_ERROR): Case(
        TO_PROCEEDING, S.TERMINATED, [], ["failed 503"]
    ),
    ("non-INVITE server", S.COMPLETED, I.REQUEST): Case(TO_ACCEPTED, S.COMPLETED, ["200"], [], (32,)),
    ("non-INVITE server", S.COMPLETED, I.TRANSPORT_ERROR): Case(
        TO_ACCEPTED, S.TERMINATED, [], ["failed 503"]
    ),
    ("non-INVITE server", S.COMPLETED, I.LINGERED): Case(TO_ACCEPTED, S.TERMINATED),
}  # fmt: skip


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    rows = {(name, state, kind) for name, table in TABLES.items() for state, kind in table}
    assert rows == set(CASES)


@pytest.mark.parametrize(
    ("name", "state", "kind"),
    CASES,
    ids=lambda value: value.name if isinstance(value, State | Input) else value,
)
def test_row(name: str, state: State, kind: Input) -> None:
    case = CASES[name, state, kind]
    bench = Bench(name)
    if kind is not I.BEGIN:
        for step in case.path:
            bench.feed(step)
        assert bench.transaction.state is state
        bench.sent.clear()
        bench.user.told.clear()
        bench.feed(kind)
    assert bench.transaction.state is case.state
    assert bench.sent == list(case.sent)
    assert bench.user.told == list(case.told)
    assert bench.waits() == case.waits
    assert bench.is_forgotten == (case.state is S.TERMINATED)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kind", I)
def test_what_is_not_in_the_table_changes_nothing(name: str, kind: Input) -> None:
    for path in ((), TO_PROCEEDING, TO_ACCEPTED, TO_COMPLETED):
        bench = Bench(name)
        for step in path:
            bench.feed(step)
        state = bench.transaction.state
        if (state, kind) in TABLES[name]:
            continue
        bench.sent.clear()
        bench.feed(kind)
        assert (bench.transaction.state, bench.sent) == (state, [])


def test_invite_is_repeated_at_doubling_intervals_and_given_up_after_64_t1() -> None:
    bench = Bench("INVITE client")
    assert bench.wait(31.9) == ["INVITE"] * 6  # After 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s.
    assert bench.wait(0.1) == []
    assert bench.user.told == ["failed 408"]
    assert bench.is_forgotten


def test_other_requests_are_repeated_at_intervals_up_to_t2() -> None:
    bench = Bench("non-INVITE client")
    assert bench.wait(32) == ["OPTIONS"] * 10  # After 0.5, 1.5, 3.5, 7.5, then every 4 s.
    assert bench.user.told == ["failed 408"]


def test_refusal_of_invite_is_repeated_until_acknowledged() -> None:
    bench = Bench("INVITE server")
    bench.feed(I.FAILURE)
    assert bench.wait(1.6) == ["486", "486"]
    bench.feed(I.ACK)
    assert bench.wait(4.9) == []
    assert not bench.is_forgotten
    bench.wait(0.2)
    assert bench.is_forgotten


@pytest.mark.parametrize("name", ["INVITE client", "non-INVITE client"])
def test_a_reliable_transport_needs_no_repetition_but_still_times_out(name: str) -> None:
    bench = Bench(name, TCP)
    assert bench.wait(31.9) == []
    bench.wait(0.1)
    assert bench.user.told == ["failed 408"]


@pytest.mark.parametrize("name", ["INVITE client", "non-INVITE client", "non-INVITE server"])
def test_a_reliable_transport_leaves_nothing_to_linger_for(name: str) -> None:
    bench = Bench(name, TCP)
    bench.feed(I.FAILURE)
    assert bench.transaction.state is S.TERMINATED
    assert bench.is_forgotten
    assert "486" in (bench.user.told if "client" in name else bench.sent)


def test_a_reliable_transport_still_waits_for_the_ack_of_a_refusal() -> None:
    bench = Bench("INVITE server", TCP)
    bench.feed(I.FAILURE)
    assert bench.waits() == (32,)
    bench.feed(I.ACK)
    assert bench.is_forgotten


def test_ack_for_a_refusal_copies_branch_route_and_the_tag_of_the_response() -> None:
    sent: list[bytes] = []
    layer = Transactions(Timers(), lambda flow, data: sent.append(data))
    invite = request("INVITE")
    transaction = layer.begin_client(invite, UDP, User(), 0.0)
    layer.response_received(transaction, make_response(invite, 486, to_tag="theirs"), 0.0)
    ack = parse_message(sent[-1])
    assert isinstance(ack, Request)
    assert ack.method == "ACK"
    assert ack.via.branch == invite.via.branch
    assert ack.to.tag == "theirs"
    assert str(ack.cseq) == "1 ACK"
    assert [str(route) for route in ack.routes] == ["<sip:proxy;lr>"]


def test_a_response_after_the_final_one_is_ignored() -> None:
    bench = Bench("non-INVITE server")
    bench.layer.respond(bench.transaction, make_response(bench.request, 200), 0.0)
    bench.layer.respond(bench.transaction, make_response(bench.request, 500), 0.0)
    assert bench.sent == ["200"]


def test_answers_kept_for_retransmissions_are_bounded_and_the_oldest_goes() -> None:
    timers = Timers()
    layer = Transactions(timers, lambda flow, data: None, most_answered=10)
    for number in range(50):
        options = request("OPTIONS")
        options.headers.set("Via", f"SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{number}")
        options.headers.set("CSeq", f"{number} OPTIONS")
        transaction = layer.begin_server(options, UDP, User(), 0.0)
        layer.respond(transaction, make_response(options, 200), 0.0)
    assert len(layer.servers) == 10
    assert layer.pending_servers == 0
    assert {key[0] for key in layer.servers} == {f"z9hG4bK{number}" for number in range(40, 50)}
    assert len(timers) == 10


def test_responses_take_a_new_connection_to_sent_by_when_theirs_has_closed() -> None:
    sent: list[Flow] = []
    layer = Transactions(Timers(), lambda flow, data: sent.append(flow))
    invite = request("INVITE")
    transaction = layer.begin_server(invite, TCP, User(), 0.0)
    layer.flow_failed(TCP, 0.0)
    layer.respond(transaction, make_response(invite, 180), 0.0)
    assert sent == [Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5060), None)]
