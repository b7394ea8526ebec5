"""Public holidays of a country and its subdivisions, from the `holidays` package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

KEY_LANGUAGE = "en_US"
# What people look for under one name, and the package under two that have the same holidays.
ALIASES: Mapping[tuple[str, str], str] = MappingProxyType({("FR", "Alsace-Moselle"): "57"})
_NONE: Mapping[date, tuple[PublicHoliday, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday: its English name, which records refer to, and its name in the language asked for."""

    key: str
    name: str


@lru_cache(maxsize=64)
def public_holidays(
    country: str, subdivision: str, year: int, language: str
) -> Mapping[date, tuple[PublicHoliday, ...]]:
    """The public holidays of one year by date; empty for a country or subdivision the package does not know.

    `language` is a two-letter code; the country's own language is taken where the package lacks it.
    """
    import holidays  # slow to load, and only calendars that observe holidays need it

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
def countries() -> Mapping[str, tuple[str, ...]]:
    """Every country whose public holidays are known, with its subdivisions that have their own."""
    import holidays

    supported = holidays.list_supported_countries().items()
    known = {code: tuple(found) for code, found in supported if len(code) == 2}
    for country, alias in ALIASES:
        known[country] = (alias, *known[country])
    return MappingProxyType(known)


@lru_cache(maxsize=64)
def is_known(country: str, subdivision: str) -> bool:
    """Whether the country's public holidays are known, and that subdivision of it (code or name)."""
    import holidays

    try:
        holidays.country_holidays(country, subdiv=ALIASES.get((country, subdivision), subdivision) or None)
    except NotImplementedError:
        return False
    return True
