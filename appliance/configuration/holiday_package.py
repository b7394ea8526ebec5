"""Public holidays from the `holidays` package, which loads every country to tell of one: 75 ms and 16 MiB."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from appliance.configuration.public_holidays import Days, PublicHoliday, Regions

KEY_LANGUAGE = "en_US"
# What people look for under one name, and the package under two that have the same holidays.
ALIASES: Mapping[tuple[str, str], str] = MappingProxyType({("FR", "Alsace-Moselle"): "57"})
_NONE: Days = MappingProxyType({})


@lru_cache(maxsize=64)
def of_year(country: str, subdivision: str, year: int, language: str) -> Days:
    """As `public_holidays.public_holidays`."""
    import holidays

    try:
        keyed = _days(holidays, country, subdivision, year, KEY_LANGUAGE)
        named = _days(holidays, country, subdivision, year, language)
    except (NotImplementedError, KeyError):
        return _NONE
    return MappingProxyType({day: _paired(keys, named.get(day, keys)) for day, keys in sorted(keyed.items())})


def _paired(keys: list[str], names: list[str]) -> tuple[PublicHoliday, ...]:
    if len(names) != len(keys):
        names = keys
    return tuple(PublicHoliday(key, name) for key, name in zip(keys, names, strict=True))


def _days(package: Any, country: str, subdivision: str, year: int, language: str) -> dict[date, list[str]]:
    known: tuple[str, ...] = getattr(package.country_holidays(country), "supported_languages", ())
    chosen = next((name for name in known if name == language or name.startswith(f"{language}_")), None)
    part = ALIASES.get((country, subdivision), subdivision) or None
    of_year = package.country_holidays(country, subdiv=part, years=year, language=chosen)
    return {day: of_year.get_list(day) for day in of_year}


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Regions]:
    """Every country whose public holidays are known, by its two letters."""
    import holidays

    found: dict[str, Regions] = {}
    for code, subdivisions in holidays.list_supported_countries().items():
        if len(code) == 2:
            own = tuple(alias for country, alias in ALIASES if country == code)
            others = getattr(holidays, code).get_subdivision_aliases().values()
            found[code] = Regions((*own, *subdivisions), tuple(other for each in others for other in each))
    return MappingProxyType(found)
