"""Two endpoints back to back over a network that loses, doubles, delays and reorders what they send."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.sip.endpoint import Endpoint, Flow
from appliance.sip.events import (
    Accepted,
    Confirmed,
    Ended,
    Event,
    IncomingInvite,
    Refused,
    ReinviteAccepted,
    Reinvited,
    ReinviteRefused,
)
from appliance.sip.headers import parse_name_addr
from appliance.sip.uri import Uri

LONGEST = 400.0
"""Simulated seconds after which nothing may be left."""


@dataclass
class Network:
    """What happens to each message: chances of loss and doubling, and the longest delay in seconds."""

    random: random.Random
    loss: float = 0.0
    doubling: float = 0.0
    delay: float = 0.0
    in_order: bool = False
    lose_only: int | None = None
    carried: int = 0
    _last: dict[str, float] = field(default_factory=dict)

    def fates(self, towards: str, now: float) -> list[float]:
        """When copies of the next message arrive; none when it is lost."""
        self.carried += 1
        if self.in_order:
            self._last[towards] = max(self._last.get(towards, 0.0), now + self.random.random() * self.delay)
            return [self._last[towards]]
        if self.lose_only == self.carried or self.random.random() < self.loss:
            return []
        copies = 2 if self.random.random() < self.doubling else 1
        return [now + self.random.random() * self.delay for _ in range(copies)]


class Party:
    """One side: an endpoint, what it told, and what its user does about it."""

    def __init__(self, name: str, flow: Flow, ring_for: float) -> None:
        count = iter(range(1, 1_000_000))
        self.name = name
        self.endpoint = Endpoint(tokens=lambda: f"{name}{next(count)}")
        self.flow = flow
        self.ring_for = ring_for
        self.session: str | None = None
        self.events: list[Event] = []

    def told(self, kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in self.events)


class World:
    """Both parties, the network between them, and one clock."""

    def __init__(self, network: Network, *, transport: str = "UDP", ring_for: float = 1.0) -> None:
        connection = None if transport == "UDP" else 1
        here, there = ("10.0.0.1", 5060), ("10.0.0.2", 5060)
        self.network = network
        self.now = 0.0
        self.caller = Party("caller", Flow(transport, here, there, connection), ring_for)
        self.callee = Party("callee", Flow(transport, there, here, connection), ring_for)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, when: float, what: Callable[[], None]) -> None:
        self._count += 1
        heappush(self._agenda, (when, self._count, what))

    def call(self) -> None:
        self.caller.session = self.caller.endpoint.invite(
            target=Uri.parse("sip:callee@10.0.0.2"),
            flow=self.caller.flow,
            from_=parse_name_addr("<sip:caller@10.0.0.1>"),
            to=parse_name_addr("<sip:callee@10.0.0.2>"),
            contact=Uri.parse("sip:caller@10.0.0.1:5060"),
            body=b"offer",
            now=self.now,
        )

    def hang_up(self, party: Party) -> None:
        if party.session is not None:
            party.endpoint.hang_up(party.session, self.now)

    def reinvite(self, party: Party) -> None:
        if party.session is not None:
            party.endpoint.reinvite(party.session, b"another offer", self.now)

    def break_connection(self) -> None:
        for party in (self.caller, self.callee):
            party.endpoint.flow_failed(party.flow, self.now)

    def run(self) -> None:
        """Until nothing is to be done any more, or far too long has passed."""
        while self.now < LONGEST:
            self._exchange()
            due = [at for at in (self._next(self.caller), self._next(self.callee)) if at is not None]
            if self._agenda:
                due.append(self._agenda[0][0])
            if not due:
                return
            self.now = max(self.now, min(due))
            while self._agenda and self._agenda[0][0] <= self.now:
                heappop(self._agenda)[2]()
            for party in (self.caller, self.callee):
                party.endpoint.advance(self.now)

    def _next(self, party: Party) -> float | None:
        return party.endpoint.next_timer()

    def _exchange(self) -> None:
        for sender, receiver in ((self.caller, self.callee), (self.callee, self.caller)):
            for event in sender.endpoint.take_events():
                self._handle(sender, event)
            for outgoing in sender.endpoint.take_outgoing():
                if outgoing.flow.connection is None and sender.flow.connection is not None:
                    # A new connection is asked for, and nobody listens for one.
                    self.at(self.now, lambda party=sender, flow=outgoing.flow: self._fail(party, flow))  # type: ignore[misc]
                    continue
                for when in self.network.fates(receiver.name, self.now):
                    self.at(when, lambda to=receiver, data=outgoing.data: self._deliver(to, data))  # type: ignore[misc]

    def _deliver(self, receiver: Party, data: bytes) -> None:
        receiver.endpoint.receive(data, receiver.flow, self.now)

    def _fail(self, party: Party, flow: Flow) -> None:
        party.endpoint.flow_failed(flow, self.now)

    def _handle(self, party: Party, event: Event) -> None:
        party.events.append(event)
        if isinstance(event, IncomingInvite):
            session = party.session = event.session
            party.endpoint.ring(session, self.now)
            self.at(self.now + party.ring_for, lambda: party.endpoint.accept(session, b"answer", self.now))
        elif isinstance(event, Reinvited):
            party.endpoint.answer_reinvite(event.session, b"another answer", self.now)


def check(world: World) -> None:
    """Nothing is left, and every session had exactly one last event, after which came nothing."""
    for party in (world.caller, world.callee):
        endpoint = party.endpoint
        assert endpoint.is_idle, (
            party.name,
            endpoint._sessions,
            endpoint._dialogs,
            [(t.key, t.state) for t in endpoint.transactions.clients.values()],
            [(t.key, t.state) for t in endpoint.transactions.servers.values()],
            len(endpoint.timers),
        )
        by_session: dict[str, list[Event]] = {}
        for event in party.events:
            by_session.setdefault(event.session, []).append(event)  # type: ignore[union-attr]
        for events in by_session.values():
            last = [isinstance(event, Ended | Refused) for event in events]
            assert last == [False] * (len(last) - 1) + [True], events


def world_of(seed: int, **network: object) -> World:
    return World(Network(random.Random(seed), **network))  # type: ignore[arg-type]


moments = st.floats(0.0, 12.0, allow_nan=False)
sides = st.sampled_from(["caller", "callee"])
deeds = st.lists(st.tuples(sides, st.sampled_from(["hang_up", "reinvite"]), moments), max_size=6)


def schedule(world: World, plan: Sequence[tuple[str, str, float]]) -> None:
    world.call()
    for side, deed, when in plan:
        party = world.caller if side == "caller" else world.callee
        act = world.hang_up if deed == "hang_up" else world.reinvite
        world.at(when, lambda act=act, party=party: act(party))  # type: ignore[misc]
    world.at(60.0, lambda: world.hang_up(world.caller))
    # When every BYE was lost, the other side learns of the end from its own user.
    world.at(120.0, lambda: world.hang_up(world.callee))


@settings(max_examples=80)
@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0.0, 0.6),
    doubling=st.floats(0.0, 0.4),
    delay=st.floats(0.0, 3.0),
    ring_for=st.floats(0.0, 8.0),
    plan=deeds,
)
def test_whatever_the_network_does_nothing_is_left(
    seed: int,
    loss: float,
    doubling: float,
    delay: float,
    ring_for: float,
    plan: list[tuple[str, str, float]],
) -> None:
    world = world_of(seed, loss=loss, doubling=doubling, delay=delay)
    world.callee.ring_for = ring_for
    schedule(world, plan)
    world.run()
    check(world)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    delay=st.floats(0.0, 2.0),
    plan=deeds,
    breaks=st.none() | st.floats(0.0, 10.0),
)
def test_over_a_connection_that_may_break_nothing_is_left(
    seed: int, delay: float, plan: list[tuple[str, str, float]], breaks: float | None
) -> None:
    world = World(Network(random.Random(seed), delay=delay, in_order=True), transport="TCP")
    schedule(world, plan)
    if breaks is not None:
        world.at(breaks, world.break_connection)
    world.run()
    check(world)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), doubling=st.floats(0.0, 0.5), delay=st.floats(0.0, 0.4))
def test_doubling_and_reordering_alone_cost_no_call(seed: int, doubling: float, delay: float) -> None:
    world = world_of(seed, doubling=doubling, delay=delay)
    world.call()
    world.at(20.0, lambda: world.hang_up(world.callee))
    world.run()
    check(world)
    assert world.caller.told(Accepted) == 1
    assert world.callee.told(IncomingInvite) == 1
    assert world.callee.told(Confirmed) == 1


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), both=st.booleans())
def test_glare_is_always_settled(seed: int, both: bool) -> None:
    world = world_of(seed, delay=0.05)
    world.call()
    world.at(5.0, lambda: world.reinvite(world.caller))
    if both:
        world.at(5.0, lambda: world.reinvite(world.callee))
    world.at(40.0, lambda: world.hang_up(world.caller))
    world.run()
    check(world)
    assert world.caller.told(ReinviteAccepted) == 1
    assert world.callee.told(ReinviteAccepted) == int(both)
    assert world.caller.told(ReinviteRefused) + world.callee.told(ReinviteRefused) == 0


@pytest.mark.parametrize("lost", range(1, 16))
def test_any_one_message_may_be_lost(lost: int) -> None:
    world = world_of(1, delay=0.01, lose_only=lost)
    world.call()
    world.at(10.0, lambda: world.reinvite(world.callee))
    world.at(20.0, lambda: world.hang_up(world.callee))
    world.run()
    check(world)
    assert world.caller.told(Accepted) == 1
    assert world.callee.told(Confirmed) == 1
    assert world.callee.told(ReinviteAccepted) == 1
    assert [event.cause for event in world.caller.events if isinstance(event, Ended)] == ["bye"]
