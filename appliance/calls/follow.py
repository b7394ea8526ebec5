"""The heart of the product: ask the plan for the next step, perform it, tell the plan how it went, again."""

from __future__ import annotations

from asyncio import CancelledError
from functools import partial

from appliance.calls.announce import announce, give_tone, say
from appliance.calls.call import Call
from appliance.calls.call_back import keep_call_back
from appliance.calls.converse import talk
from appliance.calls.keys import ask
from appliance.calls.message import take_message
from appliance.calls.noting import note, note_in_vain
from appliance.calls.ring import ring
from appliance.calls.services import serve
from appliance.calls.speaking import is_heard, takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.wait import wait_in_queue
from appliance.routing.decide import next_step
from appliance.routing.steps import (
    Announce,
    Ask,
    Ended,
    HangUp,
    KeepCallBack,
    Keys,
    Outcome,
    Ring,
    Say,
    Service,
    Step,
    TakeMessage,
    Tone,
    Wait,
)

# Not Acceptable Here (RFC 3261 21.4.26): the caller takes no codec in which we could say anything.
NO_COMMON_CODEC = 488
# RFC 3261 21.5: something of ours failed; nothing is left to carry the call on, as when no port is free.
SERVER_ERROR, SERVICE_UNAVAILABLE = 500, 503


async def run_call(board: Switchboard, call: Call) -> None:
    """Tell one call from its first ring to its end; the caller hanging up ends it wherever it stands.

    Every leg, port and file taken on the way is released when this returns or is cancelled.
    """
    with call.caller, call.told_by(partial(follow_on, board, call), partial(talk, board, call)):
        async with TaskGroup() as group:
            story = group.create_task(_follow_to_the_end(board, call))
            call.when_leader_ends(story.cancel)
            try:
                await story
            except CancelledError:
                if call.leader is None or not call.leader.has_ended:
                    raise


async def _follow_to_the_end(board: Switchboard, call: Call) -> None:
    """Follow the plan; a mistake of ours ends the call with a status that tells the caller whose it was."""
    try:
        await follow_on(board, call, to_the_end=True)
    except Exception as error:
        call.ended_by = "box"
        call.caller.refuse(SERVICE_UNAVAILABLE if isinstance(error, OSError) else SERVER_ERROR)
        raise


async def follow_on(board: Switchboard, call: Call, to_the_end: bool = False) -> Outcome | None:
    """Follow the plan; for a caller who was sent on, what would only be told to them comes back.

    Returns None once somebody or something has taken the call; else how the last attempt ended.
    """
    plan = call.plan = board.plan
    decision = next_step(plan, call.facts, board.world(), board.now(), None, None)
    outcome: Ended | None = None
    while True:
        if isinstance(decision.step, Announce | Tone | HangUp) and not to_the_end:
            note_in_vain(board, call, decision)
            return outcome if isinstance(outcome, Outcome) else Outcome.UNREACHABLE
        note(board, call, decision)
        began = board.monotonic()
        outcome = await perform(board, call, decision.step)
        if outcome is None:
            return None
        call.note_outcome(outcome.value)
        took = board.monotonic() - began
        world = board.world()
        decision = next_step(plan, call.facts, world, board.now(), decision.position, outcome, took)


async def perform(board: Switchboard, call: Call, step: Step) -> Ended | None:
    """Carry out one step; returns how it went, or None when the call is over."""
    match step:
        case Ring():
            return await ring(board, call, step)
        case Say():
            return await say(board, call, step)
        case HangUp():
            call.ended_by = "box"
            call.caller.refuse(step.sip_status)
            return None
    if not await takes_words(call.caller):
        if isinstance(step, Ask) and not step.insists:
            return Keys("")
        call.ended_by = "box"
        call.caller.refuse(NO_COMMON_CODEC)
        return None
    match step:
        case Wait():
            return await wait_in_queue(board, call, step)
        case Ask():
            return await ask(board, call, step)
        case KeepCallBack():
            return await keep_call_back(board, call, step)
        case TakeMessage():
            await is_heard(call.caller)
            return await take_message(board, call, step)
        case Announce():
            return await announce(board, call, step)
        case Tone():
            return await give_tone(board, call, step)
        case Service():
            return await serve(board, call, step)
