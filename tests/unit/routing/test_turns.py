"""Groups whose members ring by turns: round robin, longest idle (RING-5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.people import GroupOrder, Member
from appliance.routing.decide import Position, next_step
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome, Ring, TakeMessage
from appliance.routing.world import PersonNow
from tests.unit.routing.small_office import (
    EVERYBODY,
    MONDAY,
    changed,
    codes,
    follow,
    inbound,
    small_office,
)

IN_TURN = changed(small_office(), "groups", "sales", order=GroupOrder.ROUND_ROBIN)
LONGEST = changed(small_office(), "groups", "sales", order=GroupOrder.LONGEST_IDLE)
NO_ANSWER = (Outcome.NO_ANSWER,) * 3


def rung(decisions) -> list[str]:
    return [
        target.person_id for each in decisions if isinstance(each.step, Ring) for target in each.step.targets
    ]


@pytest.mark.feature("RING-5")
@pytest.mark.parametrize(
    ("last", "order"),
    [
        ({}, ["alice", "bruno", "chloe"]),
        ({"sales": "alice"}, ["bruno", "chloe", "alice"]),
        ({"sales": "chloe"}, ["alice", "bruno", "chloe"]),
        ({"sales": "who left"}, ["alice", "bruno", "chloe"]),
        ({"other": "alice"}, ["alice", "bruno", "chloe"]),
    ],
)
def test_round_robin_begins_after_the_one_who_was_rung_last(last: dict[str, str], order: list[str]) -> None:
    decisions = follow(IN_TURN, inbound(), *NO_ANSWER, world=replace(EVERYBODY, last_rung=last))
    assert rung(decisions) == order
    assert isinstance(decisions[3].step, TakeMessage)
    assert codes(decisions).count("turn_round_robin") == 3


@pytest.mark.feature("RING-5")
def test_nobody_is_rung_twice_while_whose_turn_it_is_moves_on_under_the_call() -> None:
    plan, position, outcome, met = compile_plan(IN_TURN), None, None, []
    world = replace(EVERYBODY, last_rung={"sales": "bruno"})
    while True:
        decision = next_step(plan, inbound(), world, MONDAY, position, outcome)
        if not isinstance(decision.step, Ring):
            break
        assert decision.step.group_id == "sales"
        (target,) = decision.step.targets
        met.append(target.person_id)
        world = replace(world, last_rung={"sales": target.person_id})
        position, outcome = Position(*list(decision.position)), Outcome.NO_ANSWER
    assert met == ["chloe", "alice", "bruno"]


@pytest.mark.feature("RING-5")
def test_the_longest_idle_is_rung_first_and_who_never_talked_before_all() -> None:
    world = replace(EVERYBODY, idle_since={"alice": 300.0, "bruno": 100.0})
    decisions = follow(LONGEST, inbound(), *NO_ANSWER, world=world)
    assert rung(decisions) == ["chloe", "bruno", "alice"]
    assert "turn_longest_idle" in codes(decisions)


@pytest.mark.feature("RING-5", "RING-6")
def test_who_may_not_be_rung_loses_their_turn_without_a_wait() -> None:
    full = replace(EVERYBODY, people={"alice": PersonNow(talking=2)})
    decisions = follow(IN_TURN, inbound(), Outcome.NO_ANSWER, Outcome.BUSY, world=full)
    assert rung(decisions) == ["bruno", "chloe"]
    assert codes(decisions)[2:5] == ["turn_round_robin", "person_busy", "turn_round_robin"]


@pytest.mark.feature("RING-5")
def test_each_rings_for_their_own_time() -> None:
    members = tuple(
        Member(person_id=each, ring_seconds=5 + 10 * place) for place, each in enumerate(("alice", "bruno"))
    )
    office = changed(IN_TURN, "groups", "sales", members=members)
    world = replace(EVERYBODY, last_rung={"sales": "alice"})
    decisions = follow(office, inbound(), *NO_ANSWER, world=world)
    assert [each.step.seconds for each in decisions if isinstance(each.step, Ring)] == [15, 5]
    said = [entry.reason.sentence() for each in decisions for entry in each.trail]
    assert "Bruno did not answer within 15 s" in said and "Alice did not answer within 5 s" in said
