"""Opening hours at the moments that go wrong: lunch, midnight, clock changes, ends of months and years."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appliance.configuration.calendars import Calendar, PublicHolidays, SpecialDays, Week
from appliance.configuration.fields import HoursState, TimeRange
from appliance.routing.opening_hours import HoursAnswer, OpeningHours

PARIS = ZoneInfo("Europe/Paris")
OPEN, CLOSED, HOLIDAY = HoursState.OPEN, HoursState.CLOSED, HoursState.HOLIDAY
UNOBSERVED = PublicHolidays(observed=False)


def span(start: str, end: str) -> TimeRange:
    return TimeRange(start=time.fromisoformat(start), end=time.fromisoformat(end))


def week(**days: tuple[TimeRange, ...]) -> Week:
    return Week(**days)


def every_day(*ranges: TimeRange) -> Week:
    return Week(**dict.fromkeys(Week.model_fields, ranges))


def hours(given: Week, *special: SpecialDays, holidays: PublicHolidays = UNOBSERVED) -> OpeningHours:
    calendar = Calendar(id="c", name="C", week=given, special_days=special, holidays=holidays)
    return OpeningHours(calendar, "Europe/Paris")


def at(asked: OpeningHours, text: str) -> HoursAnswer:
    return asked.at(datetime.fromisoformat(text).replace(tzinfo=PARIS))


def special(day: str, state: HoursState = CLOSED, *ranges: TimeRange, last: str = "") -> SpecialDays:
    first = date.fromisoformat(day)
    return SpecialDays(
        name="S", first=first, last=date.fromisoformat(last) if last else first, state=state, ranges=ranges
    )


OFFICE = week(monday=(span("09:00", "12:00"), span("14:00", "18:00")))
NIGHT = week(friday=(span("22:00", "02:00"),))


@pytest.mark.feature("TIME-2")
@pytest.mark.parametrize(
    ("moment", "state", "until"),
    [
        ("2026-11-16 08:59:59", CLOSED, "2026-11-16 09:00"),
        ("2026-11-16 09:00", OPEN, "2026-11-16 12:00"),
        ("2026-11-16 11:59:59", OPEN, "2026-11-16 12:00"),
        ("2026-11-16 12:00", CLOSED, "2026-11-16 14:00"),
        ("2026-11-16 18:00", CLOSED, "2026-11-23 09:00"),
        ("2026-12-28 18:00", CLOSED, "2027-01-04 09:00"),
    ],
)
def test_several_ranges_a_day(moment: str, state: HoursState, until: str) -> None:
    answer = at(hours(OFFICE), moment)
    assert (answer.state, answer.until) == (state, datetime.fromisoformat(until))


@pytest.mark.feature("TIME-6")
@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-11-20 21:59", CLOSED),
        ("2026-11-20 22:00", OPEN),
        ("2026-11-21 00:00", OPEN),
        ("2026-11-21 01:59", OPEN),
        ("2026-11-21 02:00", CLOSED),
        ("2026-11-20 01:00", CLOSED),
        ("2027-01-02 01:59", OPEN),
    ],
)
def test_a_range_past_midnight_belongs_to_the_day_it_starts_on(moment: str, state: HoursState) -> None:
    assert at(hours(NIGHT), moment).state is state


@pytest.mark.feature("TIME-6")
def test_a_closed_day_is_closed_from_midnight_to_midnight() -> None:
    closed_saturday = hours(NIGHT, special("2026-11-21"))
    assert at(closed_saturday, "2026-11-20 23:59").state is OPEN
    assert at(closed_saturday, "2026-11-21 00:00").state is CLOSED
    closed_friday = hours(NIGHT, special("2026-11-20"))
    assert at(closed_friday, "2026-11-20 22:00").state is CLOSED
    assert at(closed_friday, "2026-11-21 01:00").state is CLOSED


@pytest.mark.feature("TIME-6")
def test_the_hour_that_does_not_exist_in_spring() -> None:
    # On 29 March 2026 Paris goes from 02:00 to 03:00 (at 01:00 UTC).
    night = hours(week(saturday=(span("22:00", "02:30"),), sunday=(span("03:15", "04:00"),)))
    for moment, state in (("00:59", OPEN), ("01:00", CLOSED), ("01:14", CLOSED), ("01:15", OPEN)):
        assert night.at(datetime.fromisoformat(f"2026-03-29T{moment}+00:00")).state is state


@pytest.mark.feature("TIME-6")
def test_the_hour_that_comes_twice_in_autumn() -> None:
    # On 25 October 2026 Paris shows 02:00 to 03:00 twice (from 00:00 and from 01:00 UTC).
    early = hours(week(sunday=(span("02:15", "02:45"),)))
    states = [early.at(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)).state for hour in (0, 1, 2)]
    assert states == [OPEN, OPEN, CLOSED]


@pytest.mark.feature("TIME-6")
def test_the_last_of_february() -> None:
    late = hours(every_day(span("23:00", "01:00")))
    for moment in ("2028-02-28 23:30", "2028-02-29 00:30", "2028-02-29 23:30", "2028-03-01 00:30"):
        assert at(late, moment).state is OPEN
    leap_closed = hours(every_day(span("09:00", "10:00")), special("2028-02-29"))
    assert at(leap_closed, "2028-02-29 09:30").state is CLOSED
    assert at(leap_closed, "2027-03-01 09:30").state is OPEN


@pytest.mark.feature("TIME-6")
def test_the_end_of_the_year() -> None:
    party = hours(week(thursday=(span("20:00", "04:00"),)))
    answer = at(party, "2026-12-31 23:59")
    assert (answer.state, answer.until) == (OPEN, datetime(2027, 1, 1, 4))
    assert at(party, "2027-01-01 03:59").state is OPEN


@pytest.mark.feature("TIME-2")
def test_public_holidays() -> None:
    observed = hours(every_day(span("00:00", "00:00")), holidays=PublicHolidays())
    answer = at(observed, "2026-12-25 10:00")
    assert (answer.state, answer.name, answer.holiday) == (HOLIDAY, "Noël", "Christmas Day")
    assert answer.until == datetime(2026, 12, 26)
    assert at(observed, "2026-12-24 23:59").state is OPEN
    assert at(observed, "2026-12-26 00:00").state is OPEN
    assert at(observed, "2026-04-06 10:00").name == "Lundi de Pâques"


@pytest.mark.feature("TIME-2")
def test_regions_and_holidays_worked() -> None:
    alsace = hours(
        every_day(span("00:00", "00:00")),
        holidays=PublicHolidays(subdivision="Alsace-Moselle", open_on=("Pentecost Monday",)),
    )
    assert at(alsace, "2026-12-26 10:00").state is HOLIDAY
    assert at(alsace, "2026-04-03 10:00").name == "Vendredi saint"
    assert at(alsace, "2026-05-25 10:00").state is OPEN


@pytest.mark.feature("TIME-2")
def test_the_shorter_special_day_wins() -> None:
    summer = special("2026-08-03", CLOSED, last="2026-08-21")
    open_day = special("2026-08-12", OPEN, span("10:00", "11:00"))
    for order in ((summer, open_day), (open_day, summer)):
        asked = hours(OFFICE, *order)
        assert at(asked, "2026-08-10 10:00").state is CLOSED
        assert at(asked, "2026-08-12 10:30").state is OPEN
        assert at(asked, "2026-08-12 11:00").state is CLOSED


@pytest.mark.feature("TIME-2")
def test_special_days_of_each_state() -> None:
    asked = hours(
        OFFICE,
        special("2026-11-17", OPEN),
        special("2026-11-18", HOLIDAY),
        special("2026-07-14", OPEN, span("10:00", "12:00")),
        holidays=PublicHolidays(),
    )
    assert at(asked, "2026-11-17 03:00").state is OPEN
    assert at(asked, "2026-11-18 10:00").state is HOLIDAY
    assert at(asked, "2026-07-14 11:00").state is OPEN
    assert at(asked, "2026-07-14 13:00").state is CLOSED


@pytest.mark.parametrize(
    ("given", "state"), [(Week(), CLOSED), (every_day(span("00:00", "00:00")), OPEN)], ids=["never", "always"]
)
def test_what_never_changes_has_no_next_change(given: Week, state: HoursState) -> None:
    answer = at(hours(given), "2026-06-01 12:00")
    assert (answer.state, answer.until) == (state, None)


def test_ranges_that_touch_or_overlap_are_one() -> None:
    asked = hours(week(monday=(span("09:00", "12:00"), span("11:00", "13:00"), span("13:00", "14:00"))))
    assert at(asked, "2026-11-16 09:30").until == datetime(2026, 11, 16, 14)


@pytest.mark.feature("TIME-2")
def test_the_calendar_is_on_the_clock_of_its_own_zone() -> None:
    calendar = Calendar(id="c", name="C", week=OFFICE, holidays=UNOBSERVED)
    moment = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
    states: dict[str, Any] = {
        name: OpeningHours(calendar, name).at(moment).state
        for name in ("Europe/Paris", "Europe/London", "Indian/Reunion")
    }
    assert states == {"Europe/Paris": OPEN, "Europe/London": CLOSED, "Indian/Reunion": CLOSED}


def test_years_may_be_worked_out_ahead() -> None:
    asked = hours(OFFICE)
    before = at(asked, "2027-05-03 10:00")
    prepared = hours(OFFICE)
    prepared.prepare(datetime(2026, 11, 16, tzinfo=UTC))
    assert at(prepared, "2027-05-03 10:00") == before
