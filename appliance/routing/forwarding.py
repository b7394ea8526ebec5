"""Forwards as a call meets them: whether one is in force, and where a second call goes (FWD-2, BUSY-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from appliance.configuration.forwards import ScheduledForward
from appliance.routing.by_hours import state_at
from appliance.routing.facts import Facts
from appliance.routing.nodes import ONWARD, Candidate, PlanNode
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.refusals import refusal
from appliance.routing.trail import Reason
from appliance.routing.world import World
from appliance.zones import zone


@dataclass(frozen=True, slots=True)
class ForwardNode(PlanNode):
    """Where a person's scheduled forwards are looked at: ways `scheduled/0` and on, else ONWARD."""

    scheduled: tuple[ScheduledForward, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondCallNode(PlanNode):
    """Where a second call leaves for what the person chose: ways by hours state, else ONWARD."""

    candidate: Candidate = field(default_factory=lambda: Candidate(""))
    hours: OpeningHours | None = None


def way_by_forwards(node: ForwardNode, world: World, zone_name: str, now: datetime) -> tuple[str, Reason]:
    """The way out of a ForwardNode at an aware moment, and the reason."""
    person = {"person": node.label.get("name", "")}
    if not world.clock_trusted:
        return ONWARD, Reason("forwards_unknown_time", person)
    found = in_force(node.scheduled, zone_name, now)
    if found is None:
        return ONWARD, Reason("forwards_nothing_now", person)
    place, until = found
    local = now.astimezone(zone(zone_name))
    same_day = until.date() == local.date()
    written = until.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
    return f"scheduled/{place}", Reason("forwards_now", {**person, "until": written})


def in_force(
    scheduled: Sequence[ScheduledForward], zone_name: str, now: datetime
) -> tuple[int, datetime] | None:
    """The first forward in force at an aware moment: its place, and the wall time of its end."""
    if not scheduled:
        return None
    wall = now.astimezone(zone(zone_name)).replace(tzinfo=None)
    for place, forward in enumerate(scheduled):
        until = end_of(forward, wall)
        if until is not None:
            return place, until
    return None


def end_of(forward: ScheduledForward, wall: datetime) -> datetime | None:
    """When a forward that is in force at a wall time ends, on that day or the next; None: it is not."""
    today = wall.date()
    midnight = datetime.min.time()
    if not forward.ranges:
        tomorrow = today + timedelta(days=1)
        return datetime.combine(tomorrow, midnight) if forward.names(today) else None
    for day in (today, today - timedelta(days=1)):
        for each in forward.ranges if forward.names(day) else ():
            start, end = datetime.combine(day, each.start), datetime.combine(day, each.end)
            if end <= start:
                end += timedelta(days=1)
            if start <= wall < end:
                return end
    return None


def way_of_second_call(node: SecondCallNode, facts: Facts, world: World, now: datetime) -> tuple[str, Reason]:
    """The way out of a SecondCallNode at an aware moment, and the reason."""
    candidate = node.candidate
    person = {"person": candidate.name}
    if not world.person(candidate.person_id or "").on_a_call or refusal(candidate, facts, world, now):
        return ONWARD, Reason("no_second_call", person)
    state = state_at(node.hours, world, now).value
    if state in node.ways:
        return state, Reason("second_call_elsewhere", person)
    return ONWARD, Reason("second_call_rings", person)
