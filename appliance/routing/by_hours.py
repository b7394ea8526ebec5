"""The choice by opening hours: which way a call takes at a moment, and why."""

from __future__ import annotations

from datetime import datetime

from appliance.configuration.fields import HoursState
from appliance.routing.nodes import UNKNOWN_TIME, HoursNode
from appliance.routing.opening_hours import HoursAnswer, OpeningHours
from appliance.routing.trail import Reason
from appliance.routing.world import World


def way_by_hours(node: HoursNode, world: World, now: datetime) -> tuple[str, Reason]:
    """The way out of a node at an aware moment, and the reason.

    An override comes before everything, also while the time is not known: somebody has said it by hand.
    """
    hours = node.hours
    if hours is None:
        return HoursState.OPEN.value, Reason("no_calendar", dict(node.label))
    answer = hours.at(now)
    if answer.override is not None:
        return f"override/{answer.override}", override_reason(hours, answer, now)
    if not world.clock_trusted:
        return UNKNOWN_TIME, Reason("time_unknown", {"calendar": hours.calendar.name})
    way = answer.state.value
    if answer.state is not HoursState.OPEN:
        own = f"special/{answer.special}" if answer.holiday is None else f"holiday/{answer.holiday}"
        way = own if own in node.ways else way
    return way, hours_reason(hours, answer, hours.wall_time(now))


def state_at(hours: OpeningHours | None, world: World, now: datetime) -> HoursState:
    """What hours say of a moment; open without hours, and while the time is not known."""
    if hours is None:
        return HoursState.OPEN
    answer = hours.at(now)
    return answer.state if world.clock_trusted or answer.override is not None else HoursState.OPEN


def override_reason(hours: OpeningHours, answer: HoursAnswer, now: datetime) -> Reason:
    """Which override holds, and until when."""
    assert answer.override is not None
    code = f"override_{hours.overrides[answer.override].state}"
    parameters = {"calendar": hours.calendar.name}
    if answer.until is None:
        return Reason(f"{code}_on", parameters)
    return Reason(code, {**parameters, "until": _written(answer.until, hours.wall_time(now))})


def hours_reason(hours: OpeningHours, answer: HoursAnswer, local: datetime) -> Reason:
    """What a calendar said, in words; `local` is the wall time it was asked about."""
    parameters = {"calendar": hours.calendar.name, "name": answer.name}
    if answer.until is None:
        opened = answer.state is HoursState.OPEN
        return Reason("calendar_always_open" if opened else "calendar_always_closed", parameters)
    parameters["until"] = _written(answer.until, local)
    if answer.holiday is not None:
        return Reason("holiday", {**parameters, "holiday": answer.holiday})
    source = "calendar" if answer.special is None else "special"
    return Reason(f"{source}_{answer.state}", parameters)


def _written(until: datetime, local: datetime) -> str:
    return until.strftime("%H:%M" if until.date() == local.date() else "%Y-%m-%d %H:%M")
