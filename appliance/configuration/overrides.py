"""Manual overrides: the office said to be open, closed, or elsewhere, whatever its hours, until a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import Identifier, Label, Record

if TYPE_CHECKING:
    from appliance.configuration.configuration import Configuration


def _near(moment: datetime) -> datetime:
    # Far dates have no epoch or no calendar, and are nobody's office hours.
    if not 1971 <= moment.year <= 2999:
        raise PydanticCustomError("malformed_date", "This is not a date and time")
    return moment


NearMoment = Annotated[AwareDatetime, AfterValidator(_near)]


class HoursOverride(Record):
    """What holds instead of the opening hours from `since` to `until` (excluded; None: further notice).

    `destination` is where calls go, with state `destination` alone. `by` names who said so.
    """

    state: Literal["open", "closed", "destination"]
    destination: Destination | None = None
    since: NearMoment | None = None
    until: NearMoment | None = None
    by: Label = ""

    def in_force(self, moment: datetime) -> bool:
        """Whether it holds at an aware moment."""
        return (self.since is None or self.since <= moment) and not self.is_over(moment)

    def is_over(self, moment: datetime) -> bool:
        """Whether it has ended by that moment."""
        return self.until is not None and self.until <= moment


@dataclass(frozen=True, slots=True)
class Standing:
    """An override and what it is of: a calendar, or the whole office when `calendar_id` is None."""

    calendar_id: Identifier | None
    override: HoursOverride


def overrides(configuration: Configuration) -> Iterator[Standing]:
    """Every override that is set, whether it holds or not; the office's first."""
    office = configuration.office
    if office is not None and office.override is not None:
        yield Standing(None, office.override)
    for calendar in configuration.calendars.values():
        if calendar.override is not None:
            yield Standing(calendar.id, calendar.override)


def standing(configuration: Configuration, moment: datetime) -> tuple[Standing, ...]:
    """The overrides that hold at a moment (TIME-4): what banners and lamps show."""
    return tuple(each for each in overrides(configuration) if each.override.in_force(moment))


def with_override(
    configuration: Configuration, calendar_id: str | None, override: HoursOverride | None
) -> Configuration:
    """The configuration with one override set or ended.

    Raises KeyError on an unknown calendar, and before there is an office.
    """
    change = {"override": override}
    if calendar_id is None:
        if configuration.office is None:
            raise KeyError("office")
        return configuration.with_singleton("office", configuration.office.model_copy(update=change))
    calendar = configuration.calendars[calendar_id]
    return configuration.with_record("calendars", calendar_id, calendar.model_copy(update=change))


def without_ended(configuration: Configuration, moment: datetime) -> Configuration:
    """The configuration less the overrides that are over; the same object when there is none."""
    for each in tuple(overrides(configuration)):
        if each.override.is_over(moment):
            configuration = with_override(configuration, each.calendar_id, None)
    return configuration
