"""Opening, closing and diverting by hand, and hours while the time is not known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToHangUp, ToMailbox, ToPerson
from appliance.configuration.fields import HoursState
from appliance.configuration.files import from_document, to_document
from appliance.configuration.overrides import HoursOverride, standing, with_override, without_ended
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Ring, TakeMessage
from appliance.routing.world import World
from tests.unit.routing.small_office import (
    EVERYBODY,
    MONDAY,
    PHONES,
    SUNDAY,
    codes,
    follow,
    inbound,
    number,
    small_office,
    steps,
)

HOUR = timedelta(hours=1)
OPEN_ROUTE = steps(ToGroup(group_id="sales"), ToMailbox(mailbox_id="office"))


def overridden(
    state: str, *, of: str | None = "hours", to: Configuration | None = None, **fields: Any
) -> Configuration:
    return with_override(to or small_office(), of, HoursOverride(state=state, **fields))


@pytest.mark.feature("TIME-4")
@pytest.mark.parametrize("of", ["hours", None])
def test_closed_by_hand_on_a_working_day(of: str | None) -> None:
    office = overridden("closed", of=of, since=MONDAY - HOUR, until=MONDAY + HOUR)
    decisions = follow(office, inbound())
    assert isinstance(decisions[0].step, TakeMessage)
    assert decisions[0].step.greeting.prompt_name == "mailbox_greeting_closed"
    reason = decisions[0].trail[1].reason
    assert (reason.code, reason.parameters["until"]) == ("override_closed", "11:00")
    assert isinstance(follow(office, inbound(), now=MONDAY + HOUR)[0].step, Ring), "it ends by itself"
    assert isinstance(follow(office, inbound(), now=MONDAY - 2 * HOUR)[0].step, TakeMessage), "closed at 8"


@pytest.mark.feature("TIME-4")
def test_open_by_hand_on_a_sunday_until_further_notice() -> None:
    decisions = follow(overridden("open"), inbound(), now=SUNDAY)
    assert isinstance(decisions[0].step, Ring)
    assert codes(decisions)[1] == "override_open_on"


@pytest.mark.feature("TIME-4")
def test_calls_sent_elsewhere_are_drawn_there() -> None:
    office = overridden("destination", destination=ToPerson(person_id="chloe"))
    plan = compile_plan(office)
    edges = {edge.id: edge for edge in graph(plan, ("number", "main")).edges}
    decision = follow(office, inbound())[0]
    assert isinstance(decision.step, Ring)
    assert [target.person_id for target in decision.step.targets] == ["chloe"]
    taken = edges[decision.trail[1].edge or ""]
    assert (taken.condition, taken.target) == ("override", decision.position.node)


@pytest.mark.feature("TIME-4")
def test_a_calendars_own_comes_before_the_offices() -> None:
    office = overridden("open", to=overridden("closed", of=None))
    assert codes(follow(office, inbound(), now=SUNDAY))[1] == "override_open_on"
    assert [each.calendar_id for each in standing(office, MONDAY)] == [None, "hours"]


@pytest.mark.feature("TIME-4")
def test_an_office_without_hours_may_be_closed_by_hand() -> None:
    office = small_office(
        calendars={}, numbers={"main": number(open=OPEN_ROUTE, closed=steps(ToMailbox(mailbox_id="office")))}
    )
    office = office.with_singleton("office", office.office.model_copy(update={"calendar_id": None}))  # type: ignore[union-attr]
    closed = overridden("closed", of=None, to=office, until=SUNDAY + HOUR)
    assert isinstance(follow(closed, inbound(), now=SUNDAY)[0].step, TakeMessage)
    assert isinstance(follow(closed, inbound(), now=SUNDAY + HOUR)[0].step, Ring)


@pytest.mark.feature("TIME-4")
def test_what_is_over_is_put_away_and_what_lasts_is_kept_over_a_restart() -> None:
    office = overridden("closed", until=MONDAY)
    assert without_ended(office, MONDAY).calendars["hours"].override is None
    assert without_ended(office, MONDAY - HOUR) is office
    again = from_document(to_document(office))
    assert again.calendars["hours"].override == office.calendars["hours"].override


@pytest.mark.feature("TIME-4")
def test_what_may_not_be_saved() -> None:
    for fields, code in (
        ({"destination": None}, "union_tag_not_found"),
        ({"destination": ToHangUp()}, "route_ends_in_silence"),
        ({"destination": ToPerson(person_id="nobody")}, "unknown_person"),
    ):
        (problem,) = problems(overridden("destination", of=None, **fields))
        assert (problem.collection, problem.code) == ("office", code)
        assert problem.path[:2] == ("override", "destination")


@pytest.mark.feature("TIME-7")
@pytest.mark.parametrize(
    ("chosen", "step"), [(HoursState.OPEN, Ring), (HoursState.CLOSED, TakeMessage)], ids=str
)
def test_a_call_while_the_time_is_not_known(chosen: HoursState, step: type) -> None:
    main = number(open=OPEN_ROUTE, closed=steps(ToMailbox(mailbox_id="office")), unknown_time=chosen)
    office = small_office(numbers={"main": main})
    lost = World(registered=frozenset(PHONES), lines_up=frozenset({"trunk"}), clock_trusted=False)
    for now in (MONDAY, SUNDAY, datetime(1970, 1, 2, tzinfo=MONDAY.tzinfo)):
        decisions = follow(office, inbound(), world=lost, now=now)
        assert isinstance(decisions[0].step, step)
        assert codes(decisions)[1] == "time_unknown"
    assert codes(follow(office, inbound(), world=EVERYBODY))[1] == "calendar_open"
    by_hand = overridden("closed", to=office)
    assert codes(follow(by_hand, inbound(), world=lost))[1] == "override_closed_on"
