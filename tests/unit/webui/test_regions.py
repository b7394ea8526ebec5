"""The regions offered for public holidays are those the records know, each with its days."""

from __future__ import annotations

from datetime import date

import pytest

from appliance.configuration import public_holidays as of_records
from webui import public_holidays as of_pages

pytestmark = pytest.mark.feature("TIME-2")


def test_every_region_offered_is_one_that_records_know() -> None:
    offered = of_pages.regions("FR")
    assert [name for _, name in offered if name.startswith("Alsace")] == ["Alsace-Moselle"]
    assert {"Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"} <= {name for _, name in offered}
    assert not any(name.startswith("Zone") for _, name in offered)
    for code, _ in offered:
        assert of_records.is_known("FR", code), code
        records = of_records.public_holidays("FR", code, 2027, "fr")
        assert {day.day for day in of_pages.of_year("FR", code, 2027, "fr")} == set(records), code


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2026, 11, 27), date(2027, 3, 30), date(2026, 12, 31)]
)
def test_each_holiday_is_shown_with_the_day_it_comes_next(today: date) -> None:
    shown = of_pages.coming("FR", "", today, "fr")
    assert {one.key for one in shown} == {one.key for one in of_pages.of_year("FR", "", today.year, "fr")}
    days = [one.day for one in shown]
    assert days == sorted(days) and days[0] >= today
    # Easter comes after its day of this year, so its next one may be a little more than a year away.
    assert (days[-1] - today).days < 400
