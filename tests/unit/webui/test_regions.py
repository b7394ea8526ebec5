"""The regions offered for public holidays are those the records know, each with its days."""

from __future__ import annotations

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
