"""Public holidays by country, region and language."""

from __future__ import annotations

import warnings
from datetime import date

import pytest

from appliance.configuration.public_holidays import countries, is_known, public_holidays


@pytest.mark.feature("TIME-2")
def test_france_has_eleven_and_alsace_moselle_two_more() -> None:
    france = public_holidays("FR", "", 2026, "fr")
    assert len(france) == 11
    assert france[date(2026, 12, 25)][0].name == "Noël"
    assert france[date(2026, 12, 25)][0].key == "Christmas Day"
    more = public_holidays("FR", "Alsace-Moselle", 2026, "fr")
    assert set(more) - set(france) == {date(2026, 4, 3), date(2026, 12, 26)}


@pytest.mark.feature("TIME-2")
def test_names_in_english() -> None:
    assert public_holidays("FR", "", 2026, "en")[date(2026, 7, 14)][0].name == "National Day"


def test_two_holidays_on_one_day_are_both_kept() -> None:
    both = public_holidays("FR", "", 2008, "fr")[date(2008, 5, 1)]
    assert {each.key for each in both} == {"Labor Day", "Ascension Day"}


def test_a_language_that_the_country_lacks_gives_its_own() -> None:
    assert public_holidays("US", "", 2026, "fr")[date(2026, 12, 25)][0].name == "Christmas Day"


def test_what_is_not_known_has_none() -> None:
    assert public_holidays("QQ", "", 2026, "fr") == {}
    assert not is_known("QQ", "")
    assert is_known("FR", "") and is_known("FR", "974") and not is_known("FR", "Atlantis")


@pytest.mark.feature("TIME-2")
def test_alsace_moselle_can_be_chosen_from_the_list() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_known("FR", "Alsace-Moselle")
        public_holidays("FR", "Alsace-Moselle", 2031, "fr")
    assert "Alsace-Moselle" in countries()["FR"]
    assert "GB" in countries() and "GBR" not in countries()


# What each region adds to the eleven public holidays of France, by the laws on them.
REGIONS = {
    "Alsace-Moselle": {"2027-03-26", "2027-12-26"},
    "971": {"2027-05-27"},
    "972": {"2027-05-22"},
    "973": {"2027-06-10"},
    "974": {"2027-12-20"},
    "976": {"2027-04-27"},
    "BL": {"2027-10-09"},
    "MF": {"2027-05-28"},
    "NC": {"2027-09-24"},
    "PF": {"2027-03-05"},
    "WF": {"2027-04-28", "2027-06-29", "2027-07-29"},
    "PM": set(),
}


@pytest.mark.feature("TIME-2")
@pytest.mark.parametrize("region", sorted(REGIONS))
def test_every_region_of_france_has_its_own_days(region: str) -> None:
    everywhere = public_holidays("FR", "", 2027, "fr").keys()
    own = public_holidays("FR", region, 2027, "fr")
    assert len(everywhere) == 11
    assert everywhere <= own.keys()
    assert REGIONS[region] <= {day.isoformat() for day in own.keys() - everywhere}
    assert all(each.name for day in own.values() for each in day)
