"""A past call on the settings it ran with, and the same call on the settings of today."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from appliance.configuration.configuration import Configuration
from appliance.control.box import Box
from appliance.control.explaining import Drawing, LookUp, Path, drawing, told_path, with_sentences
from appliance.routing.all_well import all_well
from appliance.routing.explain import explain
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import Plan, compile_plan
from appliance.storage.history import CallRecord


class PastPath(Drawing):
    """A past call drawn on the settings of `version`, those it ran with unless `replayed` is false.

    `missing`: the ids of places that are not on that drawing. `trail`: with each reason's English sentence.
    `today`: where the same call at the same time would go by the settings of today, were all phones connected
    and nobody answered; `today_differs`: whether the way to its first step is another.
    """

    missing: tuple[str, ...] = ()
    trail: tuple[dict[str, Any], ...] = ()
    version: int = 0
    replayed: bool = True
    today: Path | None = None
    today_differs: bool = False


async def past_path(box: Box, record: CallRecord) -> PastPath:
    """The path of a call that is over; the present settings are taken where its own are no longer kept."""
    return await box.in_thread(
        partial(
            _past_path,
            box.configuration,
            box.version,
            box.past_configuration,
            record,
            box.now(),
            box.contacts.look_up,
        )
    )


def _past_path(
    present: Configuration,
    version: int,
    past_configuration: Any,
    record: CallRecord,
    now: datetime,
    look_up: LookUp,
) -> PastPath:
    own = present
    replayed = record.configuration_version == version
    if not replayed:
        found = past_configuration(record.configuration_version)
        replayed = found is not None
        own = found or present
    plan = compile_plan(own)
    nodes = tuple(dict.fromkeys(str(place["node"]) for place in record.trail if place["node"]))
    edges = tuple(dict.fromkeys(str(place["edge"]) for place in record.trail if place["edge"]))
    drawn = _drawn(plan, record, edges)
    known = {node.id for node in drawn.nodes}
    today = _today(present, record, now, look_up)
    return PastPath(
        **dict(drawn.model_copy(update={"lit_nodes": nodes, "lit_edges": edges})),
        missing=tuple(node for node in nodes if node not in known),
        trail=tuple(with_sentences(record.trail)),
        version=record.configuration_version if replayed else version,
        replayed=replayed,
        today=today,
        today_differs=today is not None and _differs(record, today, plan, compile_plan(present)),
    )


def _drawn(plan: Plan, record: CallRecord, edges: tuple[str, ...]) -> Drawing:
    first = record.trail[0]["node"] if record.trail else None
    entry = next((entry for entry, node in plan.entries.items() if node == first), None)
    return drawing(plan, entry, edges) if entry else Drawing(nodes=(), edges=())


def _today(present: Configuration, record: CallRecord, now: datetime, look_up: LookUp) -> Path | None:
    """The same call by the settings of today; None for one that was never routed."""
    if not record.trail:
        return None
    moment = datetime.fromtimestamp(record.started_at, UTC).astimezone(now.tzinfo)
    facts = Facts(
        direction=Direction(record.direction),
        caller=record.caller,
        caller_name=record.caller_name,
        called=record.called,
        line_id=record.line_id,
        caller_person_id=record.caller_person_id,
    ).recognised(look_up(record.caller))
    return told_path(explain(compile_plan(present), facts, all_well(present), moment), facts, moment)


def _differs(record: CallRecord, today: Path, then: Plan, present: Plan) -> bool:
    """Whether the way to the first step is another: other places, or others who ring there."""
    passed = list(dict.fromkeys(str(place["node"]) for place in record.trail))
    ways = list(dict.fromkeys(place.node for place in today.decisions[0].trail))
    if passed[: len(ways)] != ways:
        return True
    return any(
        place not in then.nodes or then.nodes[place].label != present.nodes[place].label for place in ways
    )
