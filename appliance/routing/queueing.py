"""Queueing: who of a group is free for a caller who waits, and whether it makes sense to wait (RING-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from appliance.configuration.destinations import RingOutcome
from appliance.configuration.people import GroupOrder
from appliance.routing.facts import Facts
from appliance.routing.nodes import QueueNode, RingNode
from appliance.routing.plan import Plan
from appliance.routing.steps import Wait
from appliance.routing.targets import TELLING, find_targets
from appliance.routing.trail import Reason
from appliance.routing.world import World

Rings = TypeVar("Rings", bound=RingNode)

# Somebody who is there, but on the phone: worth waiting for.
_LATER = frozenset({"person_busy", "rung_already"})
# After a ring that nobody took: whoever is free has a moment, and so has the caller.
PAUSE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Outlook:
    """The members of a queue at this moment: who is free, who will be later, why the others are not there.

    `free`, `later`: ids of people. `outcome` is what it comes to when nobody is there.
    """

    free: tuple[str, ...]
    later: tuple[str, ...]
    reasons: tuple[Reason, ...]
    outcome: RingOutcome

    @property
    def somebody(self) -> bool:
        """Whether there is anybody to wait for."""
        return bool(self.free or self.later)


def outlook(plan: Plan, node: RingNode, facts: Facts, world: World, now: datetime) -> Outlook:
    """Who of a group's members is free for that caller. Busy members are waited for, not rung."""
    free: list[str] = []
    later: list[str] = []
    reasons: list[Reason] = []
    outcomes: list[RingOutcome] = []
    for candidate in node.candidates:
        person_id = candidate.person_id or ""
        found = find_targets(plan, replace(node, candidates=(candidate,)), facts, world, now)
        if found.targets:
            (later if world.person(person_id).calls else free).append(person_id)
        elif any(reason.code in _LATER for reason in found.passed_over):
            later.append(person_id)
        else:
            reasons.extend(found.passed_over)
            outcomes.append(found.outcome)
    told = min(outcomes, key=TELLING.index, default=RingOutcome.UNREACHABLE)
    return Outlook(tuple(free), tuple(later), tuple(reasons), told)


def next_ring(node: Rings, free: tuple[str, ...], had: str, world: World) -> tuple[Rings, str]:
    """The node for those to ring now, and who has had their turn by then, with commas between.

    All who are free, or the one whose turn it is; once each of them has had it, it begins anew.
    """
    assert node.turns is not None and free
    if node.turns.order is GroupOrder.TOGETHER:
        return replace(node, candidates=tuple(each for each in node.candidates if each.person_id in free)), ""
    order = [person_id for person_id in node.turns.in_order(world) if person_id in free]
    before = had.split(",") if had else []
    person_id = next((each for each in order if each not in before), "")
    if not person_id:
        before, person_id = [], order[0]
    return node.turn_of(person_id), ",".join((*before, person_id))


def waiting(node: QueueNode, left: int, pause: int, call_back: bool) -> Wait:
    """The step that lets the caller wait; `call_back`: they can be called."""
    queue = node.queue
    return Wait(
        group_id=node.group_id,
        node=node.id,
        seconds=left,
        pause=min(pause, left),
        say_position=queue.say_position,
        say_wait=queue.say_wait,
        every_seconds=queue.every_seconds,
        call_back=queue.offer_call_back and call_back,
    )
