"""Who answers in each hour of a week, and the hours in which nobody does."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from appliance.configuration.calendars import Calendar, PublicHolidays, SpecialDays, Week
from appliance.configuration.destinations import ToHangUp, ToMailbox, ToPerson
from appliance.configuration.fields import HoursState, TimeRange
from appliance.configuration.forwards import ScheduledForward
from appliance.configuration.overrides import HoursOverride, with_override
from appliance.routing.all_well import all_well
from appliance.routing.coverage import Answer, AnswerKind, Hole, Segment, holes, week_of
from appliance.routing.plan import compile_plan
from tests.unit.routing.small_office import (
    MONDAY,
    NUMBER,
    changed,
    follow,
    inbound,
    number,
    small_office,
    steps,
)

FIRST = date(2026, 11, 23)
MESSAGE = ToMailbox(mailbox_id="office")


def week(configuration: object, monday: date = FIRST) -> tuple[Segment, ...]:
    plan = compile_plan(configuration)  # type: ignore[arg-type]
    return week_of(plan, NUMBER, all_well(configuration), monday)  # type: ignore[arg-type]


def found(configuration: object) -> list[tuple[Hole | None, str, str]]:
    plan, world = compile_plan(configuration), all_well(configuration)  # type: ignore[arg-type]
    return [
        (segment.answer.hole, f"{segment.start:%A %H:%M}", f"{segment.end:%A %H:%M}")
        for _, segment in holes(plan, world, FIRST, 366)
    ]


@pytest.mark.feature("TIME-1")
def test_the_week_of_a_number() -> None:
    segments = week(small_office())
    told = [(f"{each.start:%a %H:%M}", each.answer.first.value, each.answer.who) for each in segments]
    sales = ("Alice", "Bruno", "Chloe")
    assert told[:4] == [
        ("Mon 00:00", "message", ("Office",)),
        ("Mon 09:00", "rings", sales),
        ("Mon 12:00", "message", ("Office",)),
        ("Mon 14:00", "rings", sales),
    ]
    assert len(segments) == 5 * 4 + 1
    assert [each.end for each in segments[:-1]] == [each.start for each in segments[1:]]
    assert segments[-1].end - segments[0].start == timedelta(days=7)
    assert segments[1].answer == Answer(AnswerKind.RINGS, sales, AnswerKind.MESSAGE, "calendar_open")


@pytest.mark.feature("TIME-6")
def test_the_weeks_of_clock_changes_have_an_hour_more_or_less() -> None:
    for monday, hours in ((date(2026, 10, 19), 169), (date(2026, 3, 23), 167)):
        segments = week(small_office(), monday)
        length = sum(
            (each.end.timestamp() - each.start.timestamp() for each in segments),
        )
        assert length == hours * 3600


@pytest.mark.feature("TIME-4")
def test_an_override_is_seen_where_it_lasts() -> None:
    until = MONDAY + timedelta(hours=1)
    closed = HoursOverride(state="closed", since=MONDAY, until=until)
    segments = week(with_override(small_office(), "hours", closed), MONDAY.date())
    by_hand = [each for each in segments if each.answer.way == "override_closed"]
    assert [(each.start, each.end) for each in by_hand] == [(MONDAY, until)]


def test_a_route_that_rings_at_some_hours_and_nobody_at_others() -> None:
    nobody = small_office(
        numbers={
            "main": number(open=steps(ToPerson(person_id="alice")), closed=steps(ToPerson(person_id="bruno")))
        },
        phones={"alice-desk": small_office().phones["alice-desk"]},
    )
    assert found(nobody) == [(Hole.NOBODY, "Monday 00:00", "Monday 09:00")]
    decisions = follow(nobody, inbound(), world=all_well(nobody), now=MONDAY)
    assert decisions[0].step.targets[0].phone_id == "alice-desk"  # type: ignore[union-attr]
    assert found(small_office(phones={})) == [], "nobody has a phone yet: that is told, and kept from nobody"


def test_silence_and_what_is_none() -> None:
    by_nobody = changed(
        small_office(
            numbers={"main": number(open=steps(MESSAGE), closed=steps(ToPerson(person_id="chloe")))},
            phones={},
        ),
        "people",
        "chloe",
        when_unanswered={HoursState.HOLIDAY: ToHangUp()},
    )
    assert found(by_nobody) == [(Hole.SILENT, "Friday 00:00", "Saturday 00:00")], "on Christmas Day alone"
    assert found(small_office()) == []


def test_a_hole_of_one_special_day_is_found() -> None:
    only_then = SpecialDays(
        name="Inventory",
        first=date(2027, 6, 1),
        last=date(2027, 6, 1),
        destination=ToPerson(person_id="bruno"),
    )
    day = (TimeRange(start=time(9), end=time(18)),)
    calendar = Calendar(
        id="hours",
        name="Hours",
        week=Week(tuesday=day),
        holidays=PublicHolidays(observed=False),
        special_days=(only_then,),
    )
    office = small_office(
        calendars={"hours": calendar}, phones={"alice-desk": small_office().phones["alice-desk"]}
    )
    assert found(office) == [(Hole.NOBODY, "Tuesday 00:00", "Wednesday 00:00")]


def test_the_last_hour_of_summer_time_is_not_lost() -> None:
    night = (TimeRange(start=time(2, 15), end=time(2, 45)),)
    calendar = Calendar(
        id="hours", name="Hours", week=Week(sunday=night), holidays=PublicHolidays(observed=False)
    )
    segments = week(small_office(calendars={"hours": calendar}), date(2026, 10, 19))
    opened = [each for each in segments if each.answer.first is AnswerKind.RINGS]
    lengths = [each.end.timestamp() - each.start.timestamp() for each in opened]
    assert lengths == [1800, 1800], "an hour that comes twice counts twice"


@pytest.mark.feature("RING-8", "FWD-2")
def test_silent_devices_and_scheduled_forwards_are_seen() -> None:
    silent = changed(
        small_office(numbers={"main": number(open=steps(ToPerson(person_id="alice")))}),
        "people",
        "alice",
        devices_by_hours={HoursState.CLOSED: frozenset()},
    )
    assert found(silent) == [(Hole.NOBODY, "Monday 00:00", "Monday 09:00")]
    with_mailbox = changed(
        silent, "numbers", "main", routes={HoursState.OPEN: steps(ToPerson(person_id="alice"), MESSAGE)}
    )
    assert found(with_mailbox) == [], "a message is taken then"
    forward = ScheduledForward(
        first=date(2026, 11, 24),
        last=date(2026, 11, 24),
        ranges=(TimeRange(start=time(10), end=time(11)),),
        destination=ToPerson(person_id="bruno"),
    )
    away = changed(
        small_office(numbers={"main": number(open=steps(ToPerson(person_id="alice")))}),
        "people",
        "alice",
        scheduled_forwards=(forward,),
    )
    told = [(f"{each.start:%a %H:%M}", each.answer.who) for each in week(away)]
    assert [each for place, each in enumerate(told) if not place or each[1] != told[place - 1][1]] == [
        ("Mon 00:00", ("Alice",)),
        ("Tue 10:00", ("Bruno",)),
        ("Tue 11:00", ("Alice",)),
    ]
