"""Calendars: when the office is open, closed, or on holiday."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import HoursState, Identifier, Name, Record, TimeRange
from appliance.configuration.overrides import HoursOverride


def _code(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise PydanticCustomError("calendar_code_malformed", "One or two digits")
    return text


CalendarCode = Annotated[str, AfterValidator(_code)]
Ranges = Annotated[tuple[TimeRange, ...], Field(max_length=8)]


class Week(Record):
    """Opening ranges of each weekday; an empty day is a day off."""

    monday: Ranges = ()
    tuesday: Ranges = ()
    wednesday: Ranges = ()
    thursday: Ranges = ()
    friday: Ranges = ()
    saturday: Ranges = ()
    sunday: Ranges = ()

    def days(self) -> tuple[tuple[TimeRange, ...], ...]:
        """The seven days, Monday first (index as `date.weekday()`)."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )


class SpecialDays(Record):
    """Dates that differ from the week: closed, treated as a holiday, or open at other hours.

    A closed day or holiday is so from 00:00 to 24:00, whatever hours of the day before run past midnight.
    Where special days meet, the shorter counts; of equally long ones the later in the list.
    Both dates are included. With state open and no ranges, the whole day is open. `destination` is where
    calls go on those days outside the open ranges, instead of the number's own route.
    """

    name: Name
    first: date
    last: date
    state: HoursState = HoursState.CLOSED
    ranges: Ranges = ()
    destination: Destination | None = None


class PublicHolidays(Record):
    """Which public holidays are observed: country and subdivision as the `holidays` package names them.

    `Alsace-Moselle` is a subdivision of France here.
    `open_on`: holidays worked as any other day, by the English name the package gives (language `en_US`).
    `destinations`: a holiday with its own handling, by the same name (TIME-2).
    """

    observed: bool = True
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "FR"
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,20}$")] = ""
    open_on: Annotated[tuple[Name, ...], Field(max_length=60)] = ()
    destinations: Annotated[dict[Name, Destination], Field(max_length=60)] = Field(default_factory=dict)


def _web_address(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise PydanticCustomError("web_address_malformed", "Not a web address")
    return text


_WEB_ADDRESS = re.compile(r"(?:https?|webcal)://[A-Za-z0-9.\[\]:-]{1,255}(?:[/?][!-~]*)?")
WebAddress = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_web_address)]


class Feed(Record):
    """A calendar elsewhere (iCalendar, RFC 5545) whose whole-day events are closures here.

    `days` is what it said last; the box writes it.
    """

    url: WebAddress
    state: Literal[HoursState.CLOSED, HoursState.HOLIDAY] = HoursState.CLOSED
    days: Annotated[tuple[SpecialDays, ...], Field(max_length=400)] = ()

    @property
    def place(self) -> str:
        """Whose calendar it is: the address less what gives a right to read it."""
        scheme, _, rest = self.url.partition("://")
        host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        return f"{scheme}://{host}/***"


class Calendar(Record):
    """Opening hours shared by any number of numbers and people (TIME-1 to TIME-3).

    `override` holds instead of all the rest while it lasts (TIME-4). `code`: the number dialled after the
    star codes that open and close, to mean this calendar. What `feeds` say counts where no special day of the
    list does.
    """

    id: Identifier
    name: Name
    week: Week = Week()
    holidays: PublicHolidays = PublicHolidays()
    special_days: Annotated[tuple[SpecialDays, ...], Field(max_length=200)] = ()
    override: HoursOverride | None = None
    code: CalendarCode | None = None
    feeds: Annotated[tuple[Feed, ...], Field(max_length=5)] = ()

    def special(self, place: int) -> SpecialDays:
        """The special day at a place: those of the list come first, then what each feed said last."""
        own = len(self.special_days)
        return self.special_days[place] if place < own else self.fed_days[place - own]

    @property
    def fed_days(self) -> tuple[SpecialDays, ...]:
        """What all feeds said last."""
        return tuple(day for feed in self.feeds for day in feed.days)
