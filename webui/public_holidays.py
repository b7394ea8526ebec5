"""The public holidays a calendar can observe, for its form: countries, their regions, the days of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

KEY_LANGUAGE = "en_US"

# What the package calls by a code or in English, as the office says it.
REGION_NAMES = {
    "FR": {
        "971": "Guadeloupe",
        "972": "Martinique",
        "973": "Guyane",
        "974": "La Réunion",
        "976": "Mayotte",
    }
}


# One region of ours for several of the package with the same holidays, and those that have none of their own.
ALSACE_MOSELLE = "Alsace-Moselle"
STANDS_FOR = {("FR", ALSACE_MOSELLE): "57"}
LEFT_OUT = {"FR": {"57", "6AE", "TF", "Zone A", "Zone B", "Zone C"}}


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday: the English name records refer to, its name on the page, the day in a year."""

    key: str
    name: str
    day: date


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The countries whose public holidays are known."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@lru_cache(maxsize=32)
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """The regions of a country with holidays of their own: code and name."""
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return ()
    aliases = known.get_subdivision_aliases() if hasattr(known, "get_subdivision_aliases") else {}
    named = [(own, own) for of, own in STANDS_FOR if of == country]
    for code in known.subdivisions:
        if code in LEFT_OUT.get(country, ()):
            continue
        others = aliases.get(code) or []
        named.append((code, REGION_NAMES.get(country, {}).get(code) or (others[0] if others else code)))
    return tuple(sorted(named, key=lambda pair: pair[1]))


@lru_cache(maxsize=64)
def of_year(country: str, region: str, year: int, language: str) -> tuple[Holiday, ...]:
    """The public holidays of a year in order; empty when the country or region is not known."""
    try:
        keyed = _days(country, region, year, KEY_LANGUAGE)
        named = _days(country, region, year, language)
    except (NotImplementedError, KeyError):
        return ()
    found = []
    for day, keys in sorted(keyed.items()):
        names = named.get(day, keys)
        found += [
            Holiday(key, name, day)
            for key, name in zip(keys, names if len(names) == len(keys) else keys, strict=True)
        ]
    return tuple(found)


def coming(country: str, region: str, today: date, language: str) -> tuple[Holiday, ...]:
    """Each public holiday the next time it comes, from a day on, in order."""
    this_year = [one for one in of_year(country, region, today.year, language) if one.day >= today]
    known = {one.key for one in this_year}
    next_year = of_year(country, region, today.year + 1, language)
    return (*this_year, *(one for one in next_year if one.key not in known))


def _days(country: str, region: str, year: int, language: str) -> dict[date, list[str]]:
    known = getattr(holidays.country_holidays(country), "supported_languages", ())
    chosen = next((name for name in known if name == language or name.startswith(f"{language}_")), None)
    part = STANDS_FOR.get((country, region), region) or None
    days = holidays.country_holidays(country, subdiv=part, years=year, language=chosen)
    return {day: days.get_list(day) for day in days}
