"""Who is rung to call somebody back, what they hear, what the customer sees, and when the office is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from appliance.configuration.call_backs import CallBackRequest
from appliance.configuration.outbound import Outbound
from appliance.configuration.people import GroupOrder, Member
from appliance.configuration.queues import Queue
from appliance.routing.calling_back import (
    facts_for_agents,
    facts_for_customer,
    hours_of,
    is_left,
    opens_at,
    ring_agents,
)
from appliance.routing.decide import next_step
from appliance.routing.facts import Direction
from appliance.routing.plan import compile_plan
from appliance.routing.steps import ExternalTarget, Ring
from appliance.routing.world import PersonNow, World
from tests.unit.routing.small_office import (
    CALLER,
    EVERYBODY,
    MONDAY,
    NUMBER,
    PARIS,
    SUNDAY,
    changed,
    small_office,
)

pytestmark = pytest.mark.feature("OUT-6")

OFFICE = small_office()
PLAN = compile_plan(OFFICE)


def request(**fields: object) -> CallBackRequest:
    given = {"id": "one", "number": CALLER, "number_id": "main", "group_id": "sales", "asked_at": 0.0}
    return CallBackRequest.model_validate({**given, **fields})


def rung(ring: Ring | None) -> list[str | None]:
    return [target.person_id for target in ring.targets] if ring else []


def test_those_of_the_group_who_are_free_ring_and_must_press_1() -> None:
    world = replace(EVERYBODY, busy=frozenset({"alice"}), people={"chloe": PersonNow(ringing=1)})
    ring = ring_agents(PLAN, OFFICE, request(name="Mme Petit"), world, MONDAY)
    assert rung(ring) == ["bruno"]
    introduction = ring.targets[0].introduction
    assert [speech.prompt_name for speech in introduction.speeches] == ["call_back_name"]
    assert introduction.ask.prompt_name == "press_one_to_call"
    everybody = ring_agents(PLAN, OFFICE, request(), EVERYBODY, MONDAY, taken={"bruno"})
    assert rung(everybody) == ["alice", "chloe"]
    speech = everybody.targets[0].introduction.speeches[0]
    assert (speech.prompt_name, dict(speech.parameters)) == (
        "call_back_number",
        {"number": "06 12 34 56 78"},
    )


@pytest.mark.feature("RING-5")
@pytest.mark.parametrize(
    ("order", "turns", "first", "second"),
    [
        (GroupOrder.IN_ORDER, World(), "alice", "bruno"),
        (GroupOrder.ROUND_ROBIN, World(last_rung={"sales": "alice"}), "bruno", "chloe"),
        (GroupOrder.ROUND_ROBIN, World(last_rung={"sales": "chloe"}), "alice", "bruno"),
        (
            GroupOrder.LONGEST_IDLE,
            World(idle_since={"alice": 9.0, "bruno": 5.0, "chloe": 2.0}),
            "chloe",
            "bruno",
        ),
    ],
)
def test_a_group_is_asked_in_its_own_order(order: GroupOrder, turns: World, first: str, second: str) -> None:
    members = tuple(
        Member(person_id=each, ring_seconds=seconds)
        for each, seconds in (("alice", 11), ("bruno", 12), ("chloe", 13))
    )
    for queue in (None, Queue()):
        office = changed(OFFICE, "groups", "sales", order=order, members=members, queue=queue)
        plan, world = (
            compile_plan(office),
            replace(EVERYBODY, last_rung=turns.last_rung, idle_since=turns.idle_since),
        )
        ring = ring_agents(plan, office, request(), world, MONDAY)
        assert rung(ring) == [first]
        assert (ring.seconds, ring.group_id) == (
            {each.person_id: each.ring_seconds for each in members}[first],
            "sales",
        )
        assert rung(ring_agents(plan, office, request(), world, MONDAY, taken={first})) == [second]
        # Who is on the phone, away or signed out is passed over, and the turn goes to the one after.
        for away in (PersonNow(talking=1), PersonNow(signed_out=frozenset({"sales"}))):
            without = replace(world, people={first: away})
            assert rung(ring_agents(plan, office, request(), without, MONDAY)) == [second]
        everybody = {each.person_id for each in members}
        assert ring_agents(plan, office, request(), world, MONDAY, taken=everybody) is None


def test_a_person_rings_alone_and_nobody_when_they_are_away() -> None:
    own = request(group_id=None, person_id="alice")
    assert rung(ring_agents(PLAN, OFFICE, own, EVERYBODY, MONDAY)) == ["alice"]
    away = changed(OFFICE, "people", "alice", do_not_disturb=True)
    assert ring_agents(compile_plan(away), away, own, EVERYBODY, MONDAY) is None
    assert is_left(OFFICE, own) and not is_left(OFFICE, request(group_id=None, person_id="gone"))


def test_phones_show_the_customer_and_the_customer_sees_the_number_they_called() -> None:
    shown = facts_for_agents(OFFICE, request(name="Mme Petit"))
    assert (shown.caller, shown.caller_name, shown.called) == (CALLER, "Mme Petit", NUMBER)
    facts = facts_for_customer(OFFICE, request(), "bruno")
    assert (facts.direction, facts.caller, facts.called) == (Direction.OUTBOUND, "102", CALLER)
    assert _target(OFFICE, facts).presented == NUMBER
    reserved = replace(OFFICE, outbound=Outbound(reserved={"main": ("alice",)}))
    assert _target(reserved, facts).presented is None
    assert _target(reserved, facts_for_customer(OFFICE, request(), "alice")).presented == NUMBER


def _target(office, facts) -> ExternalTarget:
    step = next_step(compile_plan(office), facts, EVERYBODY, MONDAY).step
    assert isinstance(step, Ring)
    (target,) = step.targets
    assert isinstance(target, ExternalTarget)
    return target


def test_nobody_is_called_before_the_office_opens() -> None:
    hours = hours_of(PLAN, OFFICE, "main")
    assert opens_at(hours, EVERYBODY, MONDAY) == MONDAY
    assert opens_at(hours, EVERYBODY, SUNDAY) == datetime(2026, 11, 16, 9, 0, tzinfo=PARIS)
    unknown = replace(EVERYBODY, clock_trusted=False)
    assert opens_at(hours, unknown, MONDAY) is None
    assert opens_at(None, unknown, MONDAY) == MONDAY
    assert hours_of(PLAN, OFFICE, None) is hours
