"""Conversation: two legs joined until one of them ends, their session changes passed across."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, TaskGroup, sleep, wait
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.calls.audio_watch import watch_audio
from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.legs.leg import CalleeLeg, CallerLeg, Leg
from appliance.legs.renegotiation import pass_changes
from appliance.sip.sdp import Direction

SILENT_SECONDS = 300.0
# On hold, silence is what both have agreed to.
HELD_SECONDS = 4 * 3600.0
LOOK_SECONDS = 30.0


@contextmanager
def early_media(board: Switchboard, caller: CallerLeg, callee: CalleeLeg) -> Iterator[None]:
    """Let the caller hear what the far end sends before it answers (its own ringback, its refusal)."""
    caller.open_early(callee)
    # Who was answered before hears a ringback of ours until now; it would drown the far end's words.
    caller.media.stop_tone()
    with board.join(caller.media, callee.media):
        yield


async def converse(board: Switchboard, call: Call, callee: CalleeLeg) -> None:
    """Join caller and callee until the callee hangs up; the caller's hang-up cancels us.

    It ends too when neither has been heard for long: both may have lost their power, and say no BYE.
    """
    call.caller.answer(callee)
    with board.join(call.caller.media, callee.media):
        async with TaskGroup() as group:
            watching = group.create_task(watch_audio(board, call, (call.caller, callee)))
            await _until_ended(call.caller, callee)
            watching.cancel()
    call.ended_by = "callee" if callee.has_ended else "box"


async def _until_ended(caller: Leg, callee: Leg) -> None:
    with caller.changes() as callers_changes, callee.changes() as callees_changes:
        async with TaskGroup() as group:
            ends = (
                group.create_task(callee.wait_ended()),
                group.create_task(_until_silent(caller, callee)),
            )
            passing = (
                group.create_task(pass_changes(callers_changes, caller, callee)),
                group.create_task(pass_changes(callees_changes, callee, caller)),
            )
            await wait(ends, return_when=FIRST_COMPLETED)
            for task in (*ends, *passing):
                task.cancel()


async def _until_silent(one: Leg, other: Leg) -> None:
    """Return once neither leg has been heard for so long that both must be gone."""
    waited = 0.0
    while True:
        await sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
        heard = (leg.media.seconds_since_heard for leg in (one, other))
        silence = min(waited if seconds is None else seconds for seconds in heard)
        held = any(leg.sound.direction is not Direction.SENDRECV for leg in (one, other))
        if silence >= (HELD_SECONDS if held else SILENT_SECONDS):
            return
