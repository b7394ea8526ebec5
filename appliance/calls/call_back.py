"""Keeping that a caller wants to be called back, and thanking them (OUT-6)."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import KeepCallBack, Outcome


async def keep_call_back(board: Switchboard, call: Call, step: KeepCallBack) -> Outcome:
    """Write the wish down before anything is promised; the caller who hangs up meanwhile is called too."""
    call.caller.answer()
    kept = await board.keep_call_back(step)
    if kept:
        # The place in a queue is free for the others.
        call.waiting = None
    call.stage("call_back" if kept else call.outcome, board.epoch())
    await call.caller.media.play(await board.spoken(step.thanks if kept else step.sorry))
    return Outcome.DONE if kept else Outcome.UNREACHABLE
