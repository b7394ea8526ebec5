"""Closures of iCalendar files: whole days, repeated, moved, left out; and what is no calendar."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.closures import LARGEST, MOST_DAYS, Closures, NoCalendar, closures
from appliance.configuration.fields import HoursState
from tests.support.calendar_files import (
    CANCELLED,
    LONG_WEEKEND,
    MEETING,
    STOCKTAKING,
    SUMMER,
    WEEKLY,
    file_of,
)

pytestmark = pytest.mark.feature("TIME-2")


def read(data: bytes, first: str = "2026-11-26", last: str = "2028-12-31") -> Closures:
    return closures(
        data, date.fromisoformat(first), date.fromisoformat(last), ZoneInfo("Europe/Paris"), HoursState.CLOSED
    )


def told(found: Closures) -> list[tuple[str, str, str]]:
    return [(day.name, day.first.isoformat(), day.last.isoformat()) for day in found.days]


def test_days_repeated_days_and_moved_ones() -> None:
    found = read(file_of(SUMMER, STOCKTAKING, MEETING, LONG_WEEKEND, WEEKLY, CANCELLED))
    assert told(found) == [
        ("Inventaire", "2027-01-01", "2027-01-01"),
        ("Marché", "2027-03-01", "2027-03-01"),
        ("Marché déplacé", "2027-03-09", "2027-03-09"),
        ("Marché", "2027-03-15", "2027-03-15"),
        ("Marché", "2027-03-22", "2027-03-22"),
        ("Pont", "2027-05-07", "2027-05-09"),
        ("Congés d'été", "2027-08-02", "2027-08-22"),
    ]
    assert found.left_out == 1, "the meeting"


def test_what_is_over_or_far_ahead_is_not_told() -> None:
    assert told(read(file_of(SUMMER, STOCKTAKING), "2029-01-01", "2029-02-01")) == [
        ("Inventaire", "2029-01-05", "2029-01-05")
    ]
    assert told(read(file_of(SUMMER), "2027-08-22", "2027-09-01")) == [
        ("Congés d'été", "2027-08-02", "2027-08-22")
    ], "what goes on is told from its beginning"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=0",
        "nonsense",
        "FREQ=DAILY",
    ],
)
def test_no_rule_takes_long(rule: str) -> None:
    event = f"BEGIN:VEVENT\nUID:9\nSUMMARY:X\nDTSTART;VALUE=DATE:19710101\nRRULE:{rule}\nEND:VEVENT"
    assert len(read(file_of(event)).days) <= MOST_DAYS


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"BEGIN:VCALENDAR\n", b"\xff\xfe" * 99, b"BEGIN:VEVENT\nEND:VEVENT\n"]
)
def test_what_is_no_calendar(data: bytes) -> None:
    with pytest.raises(NoCalendar) as refused:
        read(data)
    assert refused.value.code == "feed_not_calendar"


def test_a_zone_that_the_library_trips_over() -> None:
    """The folder of Europe's zones is no zone."""
    with pytest.raises(NoCalendar) as refused:
        read(file_of(MEETING.replace("TZID=Europe/Paris", "TZID=Europe")))
    assert refused.value.code == "feed_not_calendar"


def test_a_rule_from_long_ago() -> None:
    event = "BEGIN:VEVENT\nUID:9\nDTSTART;VALUE=DATE:02370309\nRRULE:FREQ=WEEKLY;INTERVAL=52\nEND:VEVENT"
    starts = [day.first for day in read(file_of(event)).days]
    assert [(start - date(237, 3, 9)).days % (52 * 7) for start in starts] == [0, 0]


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(NoCalendar) as refused:
        read(file_of(SUMMER) + b" " * LARGEST)
    assert refused.value.code == "feed_too_large"


@pytest.mark.parametrize(
    "line", ["EXDATE", "RDATE", "RRULE", "RECURRENCE-ID", "DTEND", "DURATION", "SUMMARY"]
)
def test_a_damaged_line_leaves_the_rest_to_count(line: str) -> None:
    event = f"BEGIN:VEVENT\nUID:9\n{line}: 2027x\nDTSTART;VALUE=DATE:20270601\nEND:VEVENT"
    found = [day for day in told(read(file_of(SUMMER, event))) if day[1] != "2027-08-02"]
    assert [day[1:] for day in found] == [("2027-06-01", "2027-06-01")]


@given(st.data())
def test_no_damage_is_too_much(data: st.DataObject) -> None:
    whole = bytearray(file_of(SUMMER, STOCKTAKING, LONG_WEEKEND, WEEKLY))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        found = read(bytes(whole))
    except NoCalendar:
        return
    assert all(day.first <= day.last for day in found.days)
