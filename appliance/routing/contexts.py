"""Contexts: on whose behalf a path is laid out, and the names of the places in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from appliance.configuration.lines import Number
from appliance.routing.introductions import Handover
from appliance.routing.nodes import ONWARD, EntryNode, Exit
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.ringing import Ringing
from appliance.routing.trail import Reason


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf a path is followed: a number, or nobody's for calls inside the office."""

    name: str
    number: Number | None = None
    hours: OpeningHours | None = None
    backup: str | None = None
    handover: Handover = Handover()


def hours_place(context: Context) -> str:
    calendar = context.hours.calendar if context.hours else None
    return f"hours:{calendar.id if calendar else 'always'}@{context.name}"


def entry_node(
    place: str, kind: str, label: Mapping[str, str], record: tuple[str, str], target: str, reason: Reason
) -> EntryNode:
    ways = {ONWARD: Exit(f"{place}>{ONWARD}", target, ONWARD)}
    return EntryNode(place, kind, label, record, ways, reason)  # type: ignore[arg-type]


def named(kind: str, identifier: str, ringing: Ringing) -> Ringing:
    """The same ringing, named after whom it rings."""
    return replace(ringing, place=f"{kind}:{identifier}@{ringing.place}")
