"""Members signed out of a group: not rung for it, told as such, rung for everything else (RING-5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.call_backs import CallBackRequest
from appliance.configuration.people import GroupOrder
from appliance.configuration.queues import Queue
from appliance.routing.calling_back import ring_agents
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome, Ring, TakeMessage
from appliance.routing.world import PersonNow
from tests.unit.routing.small_office import (
    CALLER,
    EVERYBODY,
    MONDAY,
    changed,
    codes,
    follow,
    inbound,
    inside,
    small_office,
)

pytestmark = pytest.mark.feature("RING-5")

OUT = PersonNow(signed_out=frozenset({"sales"}))
ALICE_OUT = replace(EVERYBODY, people={"alice": OUT})
ALL_OUT = replace(EVERYBODY, people=dict.fromkeys(("alice", "bruno", "chloe"), OUT))


def rung(step: object) -> set[str | None]:
    assert isinstance(step, Ring)
    return {target.person_id for target in step.targets}


@pytest.mark.parametrize("order", list(GroupOrder))
def test_who_has_signed_out_is_not_rung_for_the_group_in_any_order(order: GroupOrder) -> None:
    office = changed(small_office(), "groups", "sales", order=order)
    decisions = follow(office, inbound(), *[Outcome.NO_ANSWER] * 3, world=ALICE_OUT)
    rings = [rung(each.step) for each in decisions if isinstance(each.step, Ring)]
    assert set().union(*rings) == {"bruno", "chloe"}
    told = [entry.reason for each in decisions for entry in each.trail if entry.reason.code == "signed_out"]
    assert told and {each.sentence() for each in told} == {"Alice has signed out of Sales"}


def test_they_are_rung_when_they_are_called_themselves() -> None:
    assert rung(follow(small_office(), inside("101"), world=ALICE_OUT)[0].step) == {"alice"}


@pytest.mark.parametrize("queue", [None, Queue()])
def test_with_nobody_signed_in_the_call_goes_on_at_once(queue: Queue | None) -> None:
    office = changed(small_office(), "groups", "sales", queue=queue)
    decisions = follow(office, inbound(), world=ALL_OUT)
    assert isinstance(decisions[0].step, TakeMessage)
    assert codes(decisions).count("signed_out") == 3


def test_they_make_no_call_back_of_the_group() -> None:
    office = small_office()
    request = CallBackRequest(id="one", number=CALLER, group_id="sales", asked_at=0.0)
    plan = compile_plan(office)
    assert rung(ring_agents(plan, office, request, ALICE_OUT, MONDAY)) == {"bruno", "chloe"}
    assert ring_agents(plan, office, request, ALL_OUT, MONDAY) is None
