"""The caller filter: whether a caller gets through to the route, and by which rule not (IN-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance import numbers
from appliance.configuration.caller_filter import CallerFilter, is_telemarketing
from appliance.routing.facts import Direction, Facts
from appliance.routing.nodes import ONWARD, Exit, PlanNode
from appliance.routing.trail import Reason
from appliance.routing.world import World

BLOCKED, ANONYMOUS, TELEMARKETING = "blocked", "anonymous", "telemarketing"


@dataclass(frozen=True, slots=True)
class FilterNode(PlanNode):
    """Who gets through: ways ONWARD, and by the kinds of the rules that are on.

    `blocked`: notes by number (E.164); `allowed`: numbers that always get through.
    """

    blocked: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    country: str = "FR"


def filter_node(
    place: str, settings: CallerFilter, country: str, onward: str, caught: Mapping[str, str]
) -> FilterNode:
    """The filter before a number's route; `caught` leads each kind to its destination."""
    ways = {ONWARD: Exit(f"{place}>{ONWARD}", onward, "let_through")}
    ways.update({kind: Exit(f"{place}>{kind}", target, kind) for kind, target in caught.items()})
    return FilterNode(
        id=place,
        kind="filter",
        record=("caller_filter", ""),
        ways=ways,
        blocked={each.number: each.note for each in settings.blocked_numbers},
        allowed=frozenset(each.number for each in settings.allowed_numbers),
        country=country,
    )


def way_by_filter(node: FilterNode, facts: Facts, world: World) -> tuple[str, Reason]:
    """The way out of a filter, and why.

    Colleagues always get through, and so do the emergency services, who call back by any number or none after
    a call to them (RFC 7090 calls it a PSAP callback).
    """
    caller = facts.caller
    parameters = {"number": numbers.national(caller, node.country)}
    if facts.direction is not Direction.INBOUND or facts.caller_person_id:
        return ONWARD, Reason("filter_colleague")
    if world.emergency_lately or numbers.is_emergency(caller, node.country):
        return ONWARD, Reason("filter_emergency")
    if facts.known is not None and facts.known.vip:
        return ONWARD, Reason("filter_vip", {"contact": facts.known.name})
    if caller in node.allowed:
        return ONWARD, Reason("filter_allowed", parameters)
    if BLOCKED in node.ways and caller in node.blocked:
        note = node.blocked[caller]
        return BLOCKED, Reason("filter_blocked", {**parameters, "note": f" ({note})" if note else ""})
    if ANONYMOUS in node.ways and not any(character.isdigit() for character in caller):
        return ANONYMOUS, Reason("filter_anonymous")
    if TELEMARKETING in node.ways and is_telemarketing(caller, node.country):
        return TELEMARKETING, Reason("filter_telemarketing", parameters)
    return ONWARD, Reason("filter_passed")
