"""What a new office starts with, and the sample office."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from appliance.configuration.checks import problems
from appliance.configuration.fields import HoursState
from appliance.configuration.ready import first_setup, sample_office
from appliance.routing.opening_hours import OpeningHours


@pytest.mark.parametrize(
    ("country", "zone", "language"),
    [("FR", "Europe/Paris", "fr"), ("GB", "Europe/London", "en"), ("AQ", "Antarctica/Troll", "en")],
)
def test_a_new_office_may_be_saved(country: str, zone: str, language: str) -> None:
    first = first_setup("Office", country, zone, language)
    assert problems(first) == ()
    assert first.office is not None and first.office.calendar_id in first.calendars


def test_a_new_office_is_open_on_weekdays_but_for_lunch_and_holidays() -> None:
    first = first_setup("Bureau", "FR", "Europe/Paris", "fr")
    hours = OpeningHours(first.calendars["office-hours"], "Europe/Paris")
    paris = ZoneInfo("Europe/Paris")

    def at(*when: int) -> HoursState:
        return hours.at(datetime(*when, tzinfo=paris)).state  # type: ignore[arg-type,misc]

    assert at(2026, 11, 16, 9, 0) is HoursState.OPEN
    assert at(2026, 11, 16, 12, 0) is HoursState.CLOSED
    assert at(2026, 11, 16, 17, 59) is HoursState.OPEN
    assert at(2026, 11, 15, 10, 0) is HoursState.CLOSED
    assert at(2026, 7, 14, 10, 0) is HoursState.HOLIDAY


def test_an_impossible_office_is_refused() -> None:
    with pytest.raises(ValidationError):
        first_setup("", "FR", "Europe/Paris", "fr")


def test_the_sample_office_may_be_saved_and_has_no_password_of_its_own() -> None:
    numbered = (f"a secret {place:04}" for place in count())
    sample = sample_office(lambda: next(numbered))
    assert problems(sample) == ()
    assert len(sample.people) == 4 and len(sample.numbers) == 2
    passwords = {phone.sip_password.get_secret_value() for phone in sample.phones.values()}
    assert len(passwords) == 4 and all(each.startswith("a secret") for each in passwords)
