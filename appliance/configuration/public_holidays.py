"""Public holidays of a country and its subdivisions, from an almanac.

The almanac is the `holidays` package (`holiday_package`) unless `use` has named another: the box asks the
package in a program of its own (`runtime/almanac`), since it loads every country to tell of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday: its English name, which records refer to, and its name in the language asked for."""

    key: str
    name: str


Days = Mapping[date, tuple[PublicHoliday, ...]]


@dataclass(frozen=True, slots=True)
class Regions:
    """The subdivisions of a country that have holidays of their own, and other names taken for them."""

    offered: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class Almanac(Protocol):
    """Where public holidays come from."""

    def of_year(self, country: str, subdivision: str, year: int, language: str) -> Days:
        """As `public_holidays`."""

    def countries(self) -> Mapping[str, Regions]:
        """Every country whose public holidays are known."""


class _Package:
    """The package in this process."""

    def of_year(self, country: str, subdivision: str, year: int, language: str) -> Days:
        from appliance.configuration import holiday_package

        return holiday_package.of_year(country, subdivision, year, language)

    def countries(self) -> Mapping[str, Regions]:
        from appliance.configuration import holiday_package

        return holiday_package.countries()


PACKAGE: Almanac = _Package()
_in_use = [PACKAGE]


def use(almanac: Almanac) -> None:
    """Ask that almanac from here on; for the start of a process."""
    _in_use[0] = almanac


def public_holidays(country: str, subdivision: str, year: int, language: str) -> Days:
    """The public holidays of one year by date; empty for a country or subdivision that is not known.

    `language` is a two-letter code; the country's own language is taken where the package lacks it.
    """
    return _in_use[0].of_year(country, subdivision, year, language)


def countries() -> Mapping[str, tuple[str, ...]]:
    """Every country whose public holidays are known, with its subdivisions that have their own."""
    known = _in_use[0].countries()
    return MappingProxyType({country: regions.offered for country, regions in known.items()})


def is_known(country: str, subdivision: str) -> bool:
    """Whether the country's public holidays are known, and that subdivision of it (code or name)."""
    regions = _in_use[0].countries().get(country)
    if regions is None:
        return False
    return not subdivision or subdivision in regions.offered or subdivision in regions.aliases
