"""Turns: which member of a group is rung next, where that changes from call to call (RING-5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from appliance.configuration.people import GroupOrder
from appliance.routing.world import World


@dataclass(frozen=True, slots=True)
class Turns:
    """The order of a group whose members ring one after the other; `seconds` for each of them."""

    group_id: str
    order: GroupOrder
    members: tuple[str, ...]
    seconds: tuple[int, ...]

    def in_order(self, world: World) -> Sequence[str]:
        """The members by whose turn it is, first the next one."""
        members = self.members
        if self.order is GroupOrder.ROUND_ROBIN:
            last = world.last_rung.get(self.group_id)
            begin = members.index(last) + 1 if last in members else 0
            return members[begin:] + members[:begin]
        if self.order is GroupOrder.LONGEST_IDLE:
            return sorted(members, key=lambda member: world.idle_since.get(member, 0.0))
        return members

    def next_of(self, world: World, had: Collection[str]) -> str | None:
        """Whose turn it is, of those who have not had theirs in this call; None: all have."""
        return next((member for member in self.in_order(world) if member not in had), None)
