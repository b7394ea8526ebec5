"""Hold: one side puts the other aside, who hears music of ours until it is taken up again."""

from __future__ import annotations

from asyncio import Queue, Task
from dataclasses import replace

from appliance.calls.call import Call
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.legs.leg import CallerLeg, Change
from appliance.legs.renegotiation import pass_change
from appliance.legs.sessions import Sound, meet
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
        if asking.sound.direction in HOLDS and await takes_words(other):
            playing = group.create_task(entertain(board, call, asking, other))
        while True:
            change = await changes.get()
            holds = change.wanted.direction in HOLDS
            other_holds = other.can_be_spoken_to and other.sound.direction in HOLDS
            here = holds or playing is not None or other_holds
            agreed = await _agreed_here(change, asking, other) if here else None
            if agreed is None:
                await pass_change(change, asking, other)
                holds = False
            elif not change.accept(replace(agreed, direction=Direction.SENDRECV)):
                continue
            if holds and playing is None:
                playing = group.create_task(entertain(board, call, asking, other))
            elif not holds and playing is not None:
                playing.cancel()
                playing = None


async def _agreed_here(change: Change, asking: CallerLeg, other: CallerLeg) -> Sound | None:
    """The codecs to answer a change with by ourselves; None when `other` has to be asked.

    One who holds may keep a codec that the other, who hears our music, does not speak meanwhile.
    """
    if not await takes_words(other):
        return None
    if meet(change.wanted.codecs, other.sound.codecs):
        return other.sound
    return asking.sound if change.wanted.direction in HOLDS else None


async def entertain(board: Switchboard, call: Call, holder: CallerLeg, held: CallerLeg) -> None:
    """Play music to the one who is held, silence where they take no sound of ours, until cancelled."""
    call.holds(holder, True)
    try:
        if held.can_be_spoken_to:
            await held.media.play(await board.music(), loop=True)
        await held.wait_ended()
    finally:
        call.holds(holder, False)
