"""Limits of calls to the outside: whether one is barred, and by which limit (OUT-10)."""

from __future__ import annotations

from datetime import datetime, time

from appliance import numbers
from appliance.configuration.outbound import Limits
from appliance.routing.facts import Facts
from appliance.routing.trail import Reason
from appliance.routing.world import World
from appliance.zones import zone

# The limits, in the order in which they are looked at; each is a way out, a reason and a prompt.
BARRED = ("barred_costly", "barred_country", "barred_night", "barred_calls", "barred_minutes")


def barred_number(limits: Limits, number: str, country: str) -> Reason | None:
    """Why that number may not be called by anybody; None when it may."""
    if not limits.enabled:
        return None
    parameters = {"number": numbers.national(number, country)}
    if not limits.premium and numbers.is_costly(number, country):
        return Reason("barred_costly", parameters)
    regions = frozenset({country, *limits.countries})
    if not limits.all_countries and not numbers.is_within(number, regions):
        return Reason("barred_country", parameters)
    return None


def barred_call(
    limits: Limits, facts: Facts, world: World, now: datetime, country: str, zone_name: str
) -> Reason | None:
    """Why somebody's call to the outside may not be made now; None when it may."""
    if not limits.enabled:
        return None
    why = barred_number(limits, facts.called, country)
    if why is not None:
        return why
    night = limits.night
    if night is not None and _is_night(night.start, night.end, now, zone_name):
        parameters = {"start": f"{night.start:%H:%M}", "end": f"{night.end:%H:%M}"}
        return Reason("barred_night", parameters)
    calls, seconds = world.used_today.get(facts.counted_as or facts.caller_person_id or "", (0, 0))
    who = facts.caller_name or facts.caller
    if limits.calls_per_day is not None and calls >= limits.calls_per_day:
        return Reason("barred_calls", {"person": who, "most": str(limits.calls_per_day)})
    if limits.minutes_per_day is not None and seconds >= 60 * limits.minutes_per_day:
        return Reason("barred_minutes", {"person": who, "most": str(limits.minutes_per_day)})
    return None


def _is_night(start: time, end: time, now: datetime, zone_name: str) -> bool:
    """Whether it is night: the range [start, end) may run past midnight."""
    wall = now.astimezone(zone(zone_name)).time()
    if start < end:
        return start <= wall < end
    return wall >= start or wall < end
