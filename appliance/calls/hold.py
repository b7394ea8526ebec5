"""Hold: one side puts the other aside, who hears music of ours until it is taken up again."""

from __future__ import annotations

from asyncio import Queue, Task
from dataclasses import replace

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.legs.leg import CallerLeg, Change
from appliance.legs.renegotiation import pass_change
from appliance.sip.sdp import Direction

HOLDS = (Direction.SENDONLY, Direction.INACTIVE)


async def answer_changes(
    board: Switchboard, call: Call, changes: Queue[Change], asking: CallerLeg, other: CallerLeg
) -> None:
    """Answer every session change that `asking` wants, until cancelled.

    A hold is answered here, and `other` hears music, when we can make sound that it takes; its own session
    stays as it is. So is what is asked while `other` holds: it may take the call up by itself as well.
    Everything else is passed across.
    """
    async with TaskGroup() as group:
        playing: Task[None] | None = None
        if asking.sound.direction in HOLDS and other.can_be_spoken_to:
            playing = group.create_task(entertain(board, call, asking, other))
        while True:
            change = await changes.get()
            holds = change.wanted.direction in HOLDS
            is_held = other.sound.direction in HOLDS
            if not other.can_be_spoken_to or not (holds or playing or is_held):
                await pass_change(change, asking, other)
                continue
            if not change.accept(replace(other.sound, direction=Direction.SENDRECV)):
                continue
            if holds and playing is None:
                playing = group.create_task(entertain(board, call, asking, other))
            elif not holds and playing is not None:
                playing.cancel()
                playing = None


async def entertain(board: Switchboard, call: Call, holder: CallerLeg, held: CallerLeg) -> None:
    """Play music to the one who is held until cancelled."""
    call.holds(holder, True)
    try:
        await held.media.play(await board.music(), loop=True)
    finally:
        call.holds(holder, False)
