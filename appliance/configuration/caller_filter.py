"""The caller filter: who is not let through to any route, and where they go instead (IN-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import E164, Label, Record

MOST_NUMBERS = 2000

# What each country has set apart for calls that sell something, in E.164 (France: Arcep decision 2022-1583).
TELEMARKETING_PREFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "FR": (
            "+33162",
            "+33163",
            "+33270",
            "+33271",
            "+33377",
            "+33378",
            "+33424",
            "+33425",
            "+33568",
            "+33569",
            "+33948",
            "+33949",
        ),
    }
)


class FilterRule(Record):
    """What happens to one kind of caller; without a destination the box tells them, then hangs up."""

    enabled: bool = False
    destination: Destination | None = None


class ListedNumber(Record):
    """A number of one of the lists, why it is there, and since when."""

    number: E164
    note: Label = ""
    since: date | None = None


Numbers = Annotated[tuple[ListedNumber, ...], Field(max_length=MOST_NUMBERS)]


class CallerFilter(Record):
    """What each kind of caller meets; those in `allowed` always get through, whatever else they are."""

    anonymous: FilterRule = FilterRule()
    blocked: FilterRule = FilterRule(enabled=True)
    telemarketing: FilterRule = FilterRule()
    blocked_numbers: Numbers = ()
    allowed_numbers: Numbers = ()

    def rules(self) -> Iterator[tuple[str, FilterRule]]:
        """The rules that may catch somebody, by kind."""
        for kind in ("blocked", "anonymous", "telemarketing"):
            rule: FilterRule = getattr(self, kind)
            if rule.enabled and (kind != "blocked" or self.blocked_numbers):
                yield kind, rule


def with_blocked(filter_: CallerFilter, entry: ListedNumber) -> CallerFilter:
    """The filter with one more number blocked, and allowed no longer; a number stands there once."""
    return _with_listed(filter_, "blocked_numbers", entry)


def with_allowed(filter_: CallerFilter, entry: ListedNumber) -> CallerFilter:
    """The filter with one more number that always gets through, and is blocked no longer."""
    return _with_listed(filter_, "allowed_numbers", entry)


def without_number(filter_: CallerFilter, number: str) -> CallerFilter:
    """The filter less a number, in whichever list it stands."""
    lists = {
        name: tuple(each for each in getattr(filter_, name) if each.number != number)
        for name in ("blocked_numbers", "allowed_numbers")
    }
    return filter_.model_copy(update=lists)


def _with_listed(filter_: CallerFilter, name: str, entry: ListedNumber) -> CallerFilter:
    others = without_number(filter_, entry.number)
    return CallerFilter.model_validate({**dict(others), name: (*getattr(others, name), entry)})


def is_telemarketing(number: str, country: str) -> bool:
    """Whether a number (E.164) is of a range that the country has set apart for selling."""
    return number.startswith(TELEMARKETING_PREFIXES.get(country, ("-",)))
