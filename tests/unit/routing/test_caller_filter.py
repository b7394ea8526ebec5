"""The caller filter: who is stopped before any route, where they go, and who always gets through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.configuration.caller_filter import (
    TELEMARKETING_PREFIXES,
    CallerFilter,
    FilterRule,
    ListedNumber,
    with_allowed,
    with_blocked,
    without_number,
)
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToMailbox, ToNumber, ToPerson
from appliance.configuration.files import from_document, to_document
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Announce, Ring, Step, TakeMessage
from appliance.routing.world import World
from tests.unit.routing.small_office import (
    CALLER,
    EVERYBODY,
    NUMBER,
    SUNDAY,
    codes,
    follow,
    inbound,
    inside,
    number,
    small_office,
    steps,
)

pytestmark = pytest.mark.feature("IN-9")

ON = FilterRule(enabled=True)
MESSAGE = ToMailbox(mailbox_id="office")
BLOCKED = ListedNumber(number=CALLER, note="Sells windows")


def filtered(**fields: Any) -> Configuration:
    return replace(small_office(), caller_filter=CallerFilter(**fields))


def first(configuration: Configuration, caller: str, world: World = EVERYBODY) -> Step:
    return follow(configuration, inbound(caller), world=world)[0].step


def test_nothing_is_filtered_at_first_and_the_plan_has_no_filter() -> None:
    for caller in ("", CALLER, "+33162000000"):
        assert isinstance(first(small_office(), caller), Ring)
    assert not any(node.kind == "filter" for node in compile_plan(small_office()).nodes.values())


def test_a_blocked_caller_hears_that_the_call_is_not_taken_at_any_hour() -> None:
    configuration = filtered(blocked_numbers=(BLOCKED,))
    for now in ({}, {"now": SUNDAY}):
        decisions = follow(configuration, inbound(), **now)
        step = decisions[0].step
        assert isinstance(step, Announce) and step.speech.prompt_name == "caller_refused"
        assert codes(decisions)[:2] == ["number_called", "filter_blocked"]
    reason = decisions[0].trail[1].reason
    assert "blocked (Sells windows)" in reason.sentence()
    assert isinstance(first(configuration, "+33612345679"), Ring)


def test_who_withholds_the_number_is_asked_to_show_it() -> None:
    step = first(filtered(anonymous=ON), "")
    assert isinstance(step, Announce) and step.speech.prompt_name == "withheld_refused"
    assert isinstance(first(filtered(anonymous=ON), CALLER), Ring)


@pytest.mark.parametrize("prefix", TELEMARKETING_PREFIXES["FR"])
def test_the_ranges_of_telemarketing_are_stopped(prefix: str) -> None:
    configuration = filtered(telemarketing=ON)
    assert isinstance(first(configuration, f"{prefix}123456"), Announce)
    assert codes(follow(configuration, inbound(f"{prefix}123456")))[1] == "filter_telemarketing"
    assert isinstance(first(filtered(anonymous=ON), f"{prefix}123456"), Ring)


def test_twelve_ranges_are_known_and_none_of_another_country() -> None:
    assert len(set(TELEMARKETING_PREFIXES["FR"])) == 12
    assert isinstance(first(filtered(telemarketing=ON), "+32162123456"), Ring)


def test_each_kind_goes_to_its_own_destination() -> None:
    configuration = filtered(
        blocked=FilterRule(enabled=True, destination=MESSAGE),
        blocked_numbers=(BLOCKED,),
        anonymous=FilterRule(enabled=True, destination=ToPerson(person_id="alice")),
    )
    assert isinstance(first(configuration, CALLER), TakeMessage)
    rung = first(configuration, "")
    assert isinstance(rung, Ring) and [each.phone_id for each in rung.targets] == ["alice-desk"]


def test_who_is_allowed_gets_through_whatever_else_they_are() -> None:
    seller = "+33162123456"
    configuration = filtered(telemarketing=ON, allowed_numbers=(ListedNumber(number=seller),))
    assert isinstance(first(configuration, seller), Ring)
    assert "filter_allowed" in codes(follow(configuration, inbound(seller)))


def test_colleagues_and_the_emergency_services_always_get_through() -> None:
    configuration = filtered(anonymous=ON, blocked_numbers=(BLOCKED,))
    assert "filter_colleague" in codes(follow(configuration, inside(NUMBER)))
    after_an_emergency = replace(EVERYBODY, emergency_lately=True)
    for caller in ("", CALLER):
        assert isinstance(first(configuration, caller, after_an_emergency), Ring)
    assert isinstance(first(configuration, "112"), Ring)


def test_a_number_may_stand_outside_the_filter() -> None:
    open_to_all = number(open=steps(MESSAGE), caller_filter=False)
    configuration = replace(filtered(anonymous=ON), numbers={"main": open_to_all})
    assert isinstance(first(configuration, ""), TakeMessage)


def test_a_filter_may_lead_to_a_number_without_going_round() -> None:
    configuration = filtered(anonymous=FilterRule(enabled=True, destination=ToNumber(number_id="main")))
    assert problems(configuration) == ()
    assert isinstance(first(configuration, ""), Ring)
    assert "loop" not in compile_plan(configuration).nodes


def test_the_filter_is_drawn_between_the_number_and_its_hours() -> None:
    plan = compile_plan(filtered(anonymous=ON, blocked_numbers=(BLOCKED,)))
    drawn = graph(plan, ("number", "main"))
    kinds = [node.kind for node in drawn.nodes]
    assert kinds[:3] == ["number", "filter", "hours"]
    leaving = {edge.condition for edge in drawn.edges if edge.source == "filter:main"}
    assert leaving == {"let_through", "blocked", "anonymous"}


def test_a_number_stands_in_one_list_once() -> None:
    allowed = with_allowed(with_blocked(CallerFilter(), BLOCKED), ListedNumber(number=CALLER))
    assert allowed.blocked_numbers == () and [each.number for each in allowed.allowed_numbers] == [CALLER]
    blocked = with_blocked(with_blocked(allowed, BLOCKED), ListedNumber(number=CALLER, note="Again"))
    assert [each.note for each in blocked.blocked_numbers] == ["Again"] and blocked.allowed_numbers == ()
    assert without_number(blocked, CALLER) == CallerFilter()


def test_our_own_numbers_and_numbers_listed_twice_are_refused() -> None:
    twice = (BLOCKED, BLOCKED, ListedNumber(number=NUMBER))
    found = {(each.path, each.code) for each in problems(filtered(blocked_numbers=twice))}
    assert found == {
        (("blocked_numbers", 1, "number"), "number_listed_twice"),
        (("blocked_numbers", 2, "number"), "number_is_own"),
    }
    unknown = filtered(anonymous=FilterRule(enabled=True, destination=ToMailbox(mailbox_id="gone")))
    (problem,) = problems(unknown)
    assert problem.path == ("anonymous", "destination", "mailbox_id")


def test_the_filter_is_kept_in_the_settings_file() -> None:
    configuration = filtered(anonymous=ON, blocked_numbers=(BLOCKED,))
    assert from_document(to_document(configuration)).caller_filter == configuration.caller_filter
    older = to_document(small_office())
    older.pop("caller_filter")
    assert from_document(older).caller_filter == CallerFilter()
