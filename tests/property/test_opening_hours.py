"""A year of minutes in Europe/Paris against a plain calendar, painted day by day, apart from the code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.calendars import Calendar
from appliance.configuration.fields import HoursState
from appliance.routing.opening_hours import OpeningHours
from tests.property.offices import calendar

PARIS = ZoneInfo("Europe/Paris")
MINUTES = 24 * 60
OPEN, CLOSED, HOLIDAY = HoursState.OPEN, HoursState.CLOSED, HoursState.HOLIDAY


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def french_holidays(year: int, alsace: bool) -> dict[date, str]:
    """The eleven public holidays of France, and the two of Alsace and Moselle."""
    sunday = easter(year)
    found = {
        date(year, 1, 1): "New Year's Day",
        sunday + timedelta(days=1): "Easter Monday",
        date(year, 5, 1): "Labor Day",
        date(year, 5, 8): "Victory Day",
        sunday + timedelta(days=39): "Ascension Day",
        sunday + timedelta(days=50): "Pentecost Monday",
        date(year, 7, 14): "National Day",
        date(year, 8, 15): "Assumption Day",
        date(year, 11, 1): "All Saints' Day",
        date(year, 11, 11): "Armistice Day",
        date(year, 12, 25): "Christmas Day",
    }
    if alsace:
        found[sunday - timedelta(days=2)] = "Good Friday"
        found[date(year, 12, 26)] = "Saint Stephen's Day"
    return found


def painted(settings: Calendar, first: date, last: date) -> dict[date, list[HoursState]]:
    """The state of each wall-clock minute of each day from `first` to `last`."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    paper = {day: [CLOSED] * MINUTES for day in days}
    shut: dict[date, HoursState] = {}
    for day in [first - timedelta(days=1), *days]:
        ranges = list(settings.week.days()[day.weekday()])
        names = french_holidays(day.year, settings.holidays.subdivision == "Alsace-Moselle")
        observed = settings.holidays.observed and day in names
        if observed and names[day] not in settings.holidays.open_on:
            shut[day], ranges = HOLIDAY, []
        longest_first = sorted(settings.special_days, key=lambda each: each.first - each.last)
        for special in longest_first:
            if special.first <= day <= special.last:
                shut.pop(day, None)
                ranges = list(special.ranges)
                if special.state is not OPEN:
                    shut[day], ranges = special.state, []
                elif not ranges:
                    ranges = [None]
        for each in ranges:
            if each is None:
                start, length = 0, MINUTES
            else:
                start = each.start.hour * 60 + each.start.minute
                length = (each.end.hour * 60 + each.end.minute - start) % MINUTES or MINUTES
            for minute in range(start, start + length):
                on = day + timedelta(days=minute // MINUTES)
                if on in paper:
                    paper[on][minute % MINUTES] = OPEN
    for day, state in shut.items():
        if day in paper:
            paper[day] = [state] * MINUTES
    return paper


def disagreements(
    settings: Calendar, start: datetime, end: datetime, zone_name: str = "Europe/Paris"
) -> list[datetime]:
    """The minutes (UTC) of [start, end) on which the code and the painted calendar differ."""
    hours, zone = OpeningHours(settings, zone_name), ZoneInfo(zone_name)
    paper = painted(settings, start.date() - timedelta(days=1), end.date() + timedelta(days=1))
    found, moment = [], start
    while moment < end:
        local = moment.astimezone(zone)
        plain = paper[local.date()][local.hour * 60 + local.minute]
        if hours.at(moment).state is not plain:
            found.append(moment)
        moment += timedelta(minutes=1)
    return found


calendars = st.integers(0, 2**48).map(lambda seed: calendar(Random(seed), "c0"))


@pytest.mark.feature("TIME-6", "TIME-2")
def test_a_year_of_minutes() -> None:
    settings = next(
        found
        for seed in range(1000)
        if (found := calendar(Random(seed), "c0")).holidays.observed
        and len(found.special_days) > 2
        and any(each.end < each.start for day in found.week.days() for each in day)
    )
    start = datetime(2026, 1, 1, tzinfo=PARIS).astimezone(UTC)
    end = datetime(2027, 1, 1, tzinfo=PARIS).astimezone(UTC)
    assert disagreements(settings, start, end) == []


@pytest.mark.feature("TIME-6")
@pytest.mark.parametrize(
    "day",
    [date(2026, 3, 28), date(2026, 10, 24), date(2026, 2, 28), date(2026, 12, 31), date(2024, 2, 28)],
    ids=["spring", "autumn", "end of February", "end of the year", "29 February"],
)
@given(calendars)
def test_days_of_change(day: date, settings: Calendar) -> None:
    start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20)
    assert disagreements(settings, start, start + timedelta(hours=8)) == []


@given(calendars, st.dates(date(2025, 12, 30), date(2027, 1, 2)), st.integers(0, 23))
def test_any_half_day(settings: Calendar, day: date, hour: int) -> None:
    start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=hour)
    assert disagreements(settings, start, start + timedelta(hours=12)) == []


@given(calendars, st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)))
def test_nothing_changes_before_the_next_change(settings: Calendar, local: datetime) -> None:
    hours = OpeningHours(settings, "Europe/Paris")
    answer = hours.at_wall_time(local)
    if answer.until is None:
        return
    assert answer.until > local
    last = answer.until - timedelta(minutes=1)
    if last > local:
        assert hours.at_wall_time(last) == answer
    after = hours.at_wall_time(answer.until)
    assert (after.state, after.name, after.special) != (answer.state, answer.name, answer.special)
