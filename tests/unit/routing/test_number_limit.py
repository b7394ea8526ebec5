"""A number has some calls at once; those beyond go where it says (IN-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Destination,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToNumber,
    ToPerson,
)
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import HangUp, Outcome, Ring, TakeMessage, Tone
from appliance.routing.world import World
from tests.unit.routing.small_office import EVERYBODY, codes, follow, inbound, number, small_office, steps

pytestmark = pytest.mark.feature("IN-10")
GROUP = ToGroup(group_id="sales")
MESSAGE = ToMailbox(mailbox_id="office")


def office(overflow: Destination | None = None, most: int | None = 2) -> Configuration:
    return small_office(
        numbers={"main": number(open=steps(GROUP, MESSAGE), max_calls=most, overflow=overflow)}
    )


def having(calls: int) -> World:
    return replace(EVERYBODY, number_calls={"main": calls})


def test_as_many_calls_as_there_is_room_for_take_the_route() -> None:
    decisions = follow(office(), inbound(), world=having(1))
    assert isinstance(decisions[0].step, Ring)
    assert codes(decisions)[:2] == ["number_called", "number_has_room"]
    assert decisions[0].trail[1].reason.sentence() == "Main has 1 calls, of 2 at once"


def test_a_number_without_limit_has_room_for_all() -> None:
    decisions = follow(office(most=None), inbound(), world=having(400))
    assert isinstance(decisions[0].step, Ring)
    assert "number_has_room" not in codes(decisions)


def test_the_call_beyond_hears_the_busy_tone() -> None:
    decisions = follow(office(), inbound(), world=having(2))
    assert isinstance(decisions[0].step, Tone)
    assert isinstance(decisions[-1].step, HangUp) and decisions[-1].step.sip_status == 486
    assert codes(decisions)[:2] == ["number_called", "number_full"]


def test_the_call_beyond_goes_where_the_number_says() -> None:
    decisions = follow(office(ToPerson(person_id="chloe")), inbound(), Outcome.NO_ANSWER, world=having(3))
    assert isinstance(decisions[0].step, Ring)
    assert [each.phone_id for each in decisions[0].step.targets] == ["chloe-desk"]  # type: ignore[union-attr]
    assert isinstance(follow(office(MESSAGE), inbound(), world=having(2))[0].step, TakeMessage)


def test_a_full_number_stays_open_for_the_emergency_services_and_says_so() -> None:
    decisions = follow(office(), inbound(), world=replace(having(2), emergency_lately=True))
    assert isinstance(decisions[0].step, Ring)
    assert codes(decisions)[:2] == ["number_called", "number_kept_open"]
    assert "emergency services" in decisions[0].trail[1].reason.sentence()


def test_both_ways_are_drawn() -> None:
    plan = compile_plan(office(MESSAGE))
    drawn = graph(plan, plan.entry(inbound()))
    (place,) = [node for node in drawn.nodes if node.kind == "number_limit"]
    assert place.record == ("numbers", "main")
    assert {edge.condition for edge in drawn.edges if edge.source == place.id} == {"otherwise", "number_full"}


@pytest.mark.parametrize(
    ("overflow", "code"),
    [
        (ToHangUp(), "route_ends_in_silence"),
        (ToPerson(person_id="gone"), "unknown_person"),
        (ToNumber(number_id="main"), "route_loops"),
    ],
)
def test_what_the_calls_beyond_cannot_meet(overflow: Destination, code: str) -> None:
    found = {(each.path[0], each.code) for each in problems(office(overflow))}
    assert found == {("overflow", code)}


def test_for_an_hour_after_an_emergency_call_there_is_room() -> None:
    decisions = follow(office(), inbound(), world=replace(having(9), emergency_lately=True))
    assert isinstance(decisions[0].step, Ring)
