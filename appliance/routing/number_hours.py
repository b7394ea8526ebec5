"""The routes of a number by what its opening hours say, and the hours of whoever has none."""

from __future__ import annotations

from datetime import time

from appliance.configuration.calendars import Calendar, PublicHolidays, Week
from appliance.configuration.destinations import Destination, Route
from appliance.configuration.fields import HoursState, TimeRange
from appliance.configuration.lines import Number
from appliance.routing.opening_hours import OpeningHours

_WHOLE_DAY = (TimeRange(start=time(0), end=time(0)),)
ALWAYS_OPEN = Calendar(
    id="always",
    name="24/7",
    week=Week(**dict.fromkeys(Week.model_fields, _WHOLE_DAY)),
    holidays=PublicHolidays(observed=False),
)


def route_of(number: Number, state: HoursState) -> Route:
    """The number's route for a state: a holiday without its own is a closed day, and that an open one."""
    for each in (state, HoursState.CLOSED, HoursState.OPEN):
        if each in number.routes and (each is not HoursState.CLOSED or state is not HoursState.OPEN):
            return number.routes[each]
    return next(iter(number.routes.values()))


def own_handling(hours: OpeningHours) -> list[tuple[str, str, Destination]]:
    """Special days and holidays of the calendar with a destination of their own: way, name, destination."""
    found: list[tuple[str, str, Destination]] = []
    for place, special in enumerate(hours.calendar.special_days):
        if special.destination is not None:
            found.append((f"special/{place}", special.name, special.destination))
    for key, destination in hours.calendar.holidays.destinations.items():
        found.append((f"holiday/{key}", key, destination))
    return found
