"""Session changes passed across a bridge: what one side asks, the other is offered."""

from __future__ import annotations

from asyncio import Queue
from dataclasses import replace

from appliance.legs.leg import Change, Leg
from appliance.legs.sessions import Sound


async def pass_changes(changes: Queue[Change], asking: Leg, other: Leg) -> None:
    """Pass every session change that `asking` wants to `other`, until cancelled.

    A refusal comes back to the one who asked, except that a side is always free to hold: when the other
    side refuses the new offer, holding works on our side alone.
    """
    while True:
        await pass_change(await changes.get(), asking, other)


async def pass_change(change: Change, asking: Leg, other: Leg) -> None:
    """Pass one session change that `asking` wants to `other`."""
    wanted = change.wanted
    agreed = await other.propose(wanted)
    if isinstance(agreed, Sound):
        change.accept(agreed)
    elif wanted.direction != asking.sound.direction:
        change.accept(replace(other.sound, direction=other.sound.direction))
    else:
        change.refuse(agreed)
