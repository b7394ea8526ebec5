"""The clock changes of 2026 to 2030 in Paris, Montreal and Nouméa, minute by minute against a plain calendar.

When clocks change is worked out here by the rules of each place, apart from any time zone data.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from appliance.configuration.calendars import Calendar, PublicHolidays, Week
from appliance.configuration.fields import TimeRange
from appliance.routing.all_well import all_well
from appliance.routing.coverage import AnswerKind, week_of
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.plan import compile_plan
from tests.property.offices import calendar
from tests.property.test_opening_hours import disagreements, french_holidays
from tests.unit.routing.small_office import NUMBER, small_office

YEARS = range(2026, 2031)
SUNDAY = 6


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() - SUNDAY) % 7)


def nth_sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(SUNDAY - first.weekday()) % 7 + 7 * (nth - 1))


def changes(zone_name: str, year: int) -> list[tuple[datetime, int]]:
    """The moments (UTC) at which clocks change in a year, and by how many hours."""
    if zone_name == "Europe/Paris":
        at = time(1)
        days = ((last_sunday(year, 3), 1), (last_sunday(year, 10), -1))
        return [(datetime.combine(day, at, UTC), by) for day, by in days]
    if zone_name in ("America/Montreal", "America/Toronto"):
        spring = datetime.combine(nth_sunday(year, 3, 2), time(7), UTC)
        autumn = datetime.combine(nth_sunday(year, 11, 1), time(6), UTC)
        return [(spring, 1), (autumn, -1)]
    return []


ZONES = ("Europe/Paris", "America/Montreal", "Pacific/Noumea")


@pytest.mark.feature("TIME-6")
@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("year", YEARS)
def test_the_clocks_change_when_the_law_says(zone_name: str, year: int) -> None:
    hours = OpeningHours(Calendar(id="c", name="c"), zone_name)
    for moment, by in changes(zone_name, year):
        before, after = (hours.wall_time(moment + timedelta(minutes=step)) for step in (-1, 0))
        assert after - before == timedelta(minutes=1, hours=by)
    if zone_name == "Pacific/Noumea":
        for day in range(365):
            moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
            assert hours.wall_time(moment) == moment.replace(tzinfo=None) + timedelta(hours=11)


@pytest.mark.feature("TIME-6")
@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("year", YEARS)
def test_every_minute_around_a_change_is_as_on_paper(zone_name: str, year: int) -> None:
    moments = [moment for moment, _ in changes(zone_name, year)]
    # Where clocks never change, the days on which they do elsewhere are looked at all the same.
    for moment in moments or [datetime(year, 3, 29, 1, tzinfo=UTC), datetime(year, 2, 28, 13, tzinfo=UTC)]:
        for seed in range(4):
            settings = calendar(Random(f"{zone_name} {year} {seed}"), "c0", year)
            start = moment - timedelta(hours=5)
            assert disagreements(settings, start, start + timedelta(hours=10), zone_name) == []


@pytest.mark.feature("TIME-6")
@pytest.mark.parametrize("year", YEARS)
def test_a_range_past_midnight_lasts_by_the_clock_on_the_wall(year: int) -> None:
    night = (TimeRange(start=time(22), end=time(6)),)
    settings = Calendar(
        id="hours", name="Night", week=Week(saturday=night), holidays=PublicHolidays(observed=False)
    )
    office = small_office(calendars={"hours": settings})
    for (moment, by), hours in zip(changes("Europe/Paris", year), (7, 9), strict=True):
        sunday = moment.astimezone(ZoneInfo("Europe/Paris")).date()
        segments = week_of(compile_plan(office), NUMBER, all_well(office), sunday - timedelta(days=6))
        opened = [each for each in segments if each.answer.first is AnswerKind.RINGS]
        # The week ends at midnight: the night of the change is that from Saturday to Sunday.
        lasted = sum(each.end.timestamp() - each.start.timestamp() for each in opened)
        assert lasted == hours * 3600, (year, by)
        assert (opened[0].start.hour, opened[-1].end.hour) == (22, 6)


@pytest.mark.feature("TIME-2")
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("region", ["", "Alsace-Moselle"])
def test_the_holidays_of_every_year_are_those_of_the_law(year: int, region: str) -> None:
    settings = Calendar(id="c", name="c", holidays=PublicHolidays(subdivision=region))
    hours = OpeningHours(settings, "Europe/Paris")
    days = (date(year, 1, 1) + timedelta(days=offset) for offset in range(366))
    found = {day for day in days if day.year == year and hours.day(day).holiday}
    assert found == set(french_holidays(year, bool(region)))


@pytest.mark.feature("TIME-6")
def test_the_29th_of_february() -> None:
    opened = (TimeRange(start=time(20), end=time(2)),)
    week = Week(**dict.fromkeys(Week.model_fields, opened))
    settings = Calendar(id="c", name="c", week=week, holidays=PublicHolidays(observed=False))
    hours = OpeningHours(settings, "Europe/Paris")
    for text, state in (
        ("2028-02-29 01:59", "open"),
        ("2028-02-29 02:00", "closed"),
        ("2028-02-29 20:00", "open"),
        ("2028-03-01 01:59", "open"),
        ("2028-03-01 02:00", "closed"),
        ("2027-03-01 01:59", "open"),
    ):
        assert hours.at_wall_time(datetime.fromisoformat(text)).state == state, text
    assert hours.at_wall_time(datetime(2028, 2, 28, 23)).until == datetime(2028, 2, 29, 2)
