"""Scheduled forwards: which days a recurrence rule names, and rules that are refused."""

from datetime import date

import pytest
from pydantic import ValidationError

from appliance.configuration.checks import problems
from appliance.configuration.destinations import ToBusyTone, ToNumber, ToPerson
from appliance.configuration.forwards import ForwardCondition, ScheduledForward, never_happens
from tests.unit.routing.small_office import changed, small_office

THURSDAY = date(2026, 11, 26)


def scheduled(rule: str = "", **fields) -> ScheduledForward:
    return ScheduledForward(**{"destination": ToBusyTone(), "first": THURSDAY, "rule": rule, **fields})


@pytest.mark.feature("FWD-2")
@pytest.mark.parametrize(
    ("rule", "named", "not_named"),
    [
        ("", [(2026, 11, 26), (2026, 11, 27), (2031, 1, 1)], [(2026, 11, 25)]),
        ("FREQ=WEEKLY;BYDAY=MO,TU", [(2026, 11, 30), (2026, 12, 1)], [(2026, 11, 26), (2026, 12, 2)]),
        ("RRULE:freq=weekly;byday=mo", [(2026, 11, 30)], [(2026, 12, 1)]),
        ("FREQ=WEEKLY;INTERVAL=2", [(2026, 11, 26), (2026, 12, 10)], [(2026, 12, 3)]),
        ("FREQ=DAILY;COUNT=2", [(2026, 11, 27)], [(2026, 11, 28), (2027, 1, 1)]),
        ("FREQ=DAILY;UNTIL=20261128", [(2026, 11, 28)], [(2026, 11, 29)]),
        ("FREQ=DAILY;UNTIL=20261128T235959Z", [(2026, 11, 28)], [(2026, 11, 29)]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", [(2026, 11, 30), (2028, 2, 29)], [(2026, 12, 30)]),
        ("FREQ=MONTHLY;BYDAY=1MO", [(2026, 12, 7)], [(2026, 12, 14)]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", [(2028, 2, 29)], [(2027, 2, 28), (2027, 3, 1)]),
    ],
)
def test_the_days_that_are_named(rule, named, not_named):
    forward = scheduled(rule)
    assert [day for day in named if not forward.names(date(*day))] == []
    assert [day for day in not_named if forward.names(date(*day))] == []


@pytest.mark.feature("FWD-2")
def test_it_ends_by_itself():
    forward = scheduled("FREQ=DAILY", last=date(2026, 12, 1))
    assert forward.names(date(2026, 12, 1)) and not forward.names(date(2026, 12, 2))
    assert not scheduled().names(date(2040, 1, 1)), "ten years at most"


@pytest.mark.feature("FWD-2")
@pytest.mark.parametrize(
    "rule",
    [
        "every monday",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20271399",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;;",
        "FREQ=" + "A" * 300,
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ValidationError) as refused:
        scheduled(rule)
    assert refused.value.errors()[0]["type"] in ("rule_malformed", "string_too_long")


@pytest.mark.feature("FWD-2")
@pytest.mark.parametrize(
    ("rule", "never"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", True),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", True),
        ("FREQ=YEARLY;INTERVAL=99;BYMONTH=2;BYMONTHDAY=29", True),
        ("FREQ=MONTHLY;BYMONTHDAY=31", False),
        ("FREQ=DAILY;UNTIL=20261125", True),
    ],
)
def test_a_rule_that_names_no_day_is_found_at_once(rule, never):
    assert never_happens(scheduled(rule)) is never


@pytest.mark.feature("FWD-1", "FWD-2", "FWD-3")
@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"forward_active": True}, ("forward_to",), "forward_missing"),
        ({"forward_to": ToPerson(person_id="alice")}, ("forward_to",), "forward_to_self"),
        ({"forward_to": ToPerson(person_id="nobody")}, ("forward_to", "person_id"), "unknown_person"),
        (
            {"forwards": {ForwardCondition.BUSY: ToPerson(person_id="alice")}},
            ("forwards", "busy"),
            "forward_to_self",
        ),
        (
            {"scheduled_forwards": (scheduled(last=date(2026, 1, 1)),)},
            ("scheduled_forwards", 0, "last"),
            "dates_reversed",
        ),
        (
            {"scheduled_forwards": (scheduled("FREQ=DAILY;UNTIL=20261125"),)},
            ("scheduled_forwards", 0, "rule"),
            "rule_never",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(fields, path, code):
    found = problems(changed(small_office(), "people", "alice", **fields))
    assert [(each.path, each.code) for each in found] == [(path, code)]


@pytest.mark.feature("FWD-7")
def test_two_people_may_forward_to_each_other_but_not_to_a_number_that_rings_them():
    office = small_office()
    for one, other in (("alice", "bruno"), ("bruno", "alice")):
        office = changed(office, "people", one, forward_to=ToPerson(person_id=other), forward_active=True)
    assert not problems(office)
    office = changed(office, "numbers", "main", routes={"open": _rings("alice")})
    office = changed(office, "people", "bruno", forward_to=ToNumber(number_id="main"))
    assert {each.code for each in problems(office)} == {"route_loops"}


def _rings(person: str) -> dict[str, object]:
    return {"steps": [{"destination": {"kind": "person", "person_id": person}}]}
