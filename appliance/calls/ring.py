"""Ringing: dial every leg of a step, take the first that answers, let the others go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager

from appliance.calls.answering import first_answer
from appliance.calls.call import Call
from appliance.calls.confirm import whisper
from appliance.calls.converse import converse, early_media
from appliance.calls.phone_forwards import follow_phones
from appliance.calls.pick_up import PickUp, answered_or_picked_up, go_on_with
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.wait import music_while_ringing
from appliance.legs.leg import CalleeLeg
from appliance.legs.refusals import line_has_failed
from appliance.routing.facts import Direction
from appliance.routing.steps import Outcome, Ring
from appliance.routing.trail import Reason


async def ring(board: Switchboard, call: Call, step: Ring) -> Outcome | None:
    """Ring the step's targets for its time; talk if one answers. Returns None once a conversation is over."""
    # Whoever was answered hears tones and music meanwhile, and must not ask a line for a codec it has not.
    if call.caller.answered:
        await takes_words(call.caller)
    legs = board.legs_towards(step, call)
    if not legs:
        return Outcome.UNREACHABLE
    outcome = await _ring(board, call, step, legs)
    return outcome and await follow_phones(board, call, step, legs, outcome)


async def _ring(board: Switchboard, call: Call, step: Ring, legs: Sequence[CalleeLeg]) -> Outcome | None:
    with ExitStack() as taken:
        for leg in legs:
            taken.enter_context(leg)
        with ExitStack() as early:
            if len(legs) == 1 and legs[0].introduction is None and call.waiting is None:
                legs[0].when_early(lambda: early.enter_context(early_media(board, call.caller, legs[0])))
            call.rings(tuple(legs))
            async with _while_it_rings(board, call):
                answer = await answered_or_picked_up(call, first_answer(board, legs, step.seconds))
                _tell_lines(call, legs)
                if isinstance(answer, PickUp):
                    _let_go(legs, None)
                elif not isinstance(answer, Outcome):
                    _let_go(legs, answer)
                    if not await whisper(board, answer):
                        answer = Outcome.DECLINED
            if isinstance(answer, Outcome):
                call.rings(())
                return answer
        if isinstance(answer, PickUp):
            call.waiting = None
            await go_on_with(board, call, answer)
            return None
        call.answered_by(answer, board.epoch())
        await converse(board, call, answer)
    return None


def _tell_lines(call: Call, legs: Sequence[CalleeLeg]) -> None:
    """Say by which line a call has left, and which lines had failed before (OUT-9)."""
    for leg in legs:
        for place, one in enumerate(leg.tried):
            took = place == len(leg.tried) - 1 and not line_has_failed(one.status)
            parameters = {"line": one.line_name, "status": str(one.status)}
            call.tell(Reason("left_by" if took else "line_failed", parameters))


def _let_go(legs: Sequence[CalleeLeg], winner: CalleeLeg | None) -> None:
    for leg in legs:
        if leg is not winner:
            leg.close()


@asynccontextmanager
async def _while_it_rings(board: Switchboard, call: Call) -> AsyncIterator[None]:
    """Ringback for the caller; music for one who waits in a queue.

    Who calls outside hears it once the far end rings, and not before (OUT-5).
    """
    if call.facts.direction is Direction.OUTBOUND:
        for leg in call.ringing:
            leg.when_rings(call.caller.ring)
    else:
        call.caller.ring()
    if not call.caller.answered:
        yield
        return
    if call.waiting is not None:
        async with TaskGroup() as group:
            hearing = group.create_task(music_while_ringing(board, call))
            try:
                yield
            finally:
                hearing.cancel()
        return
    call.caller.media.start_tone("ringback", board.tones)
    try:
        yield
    finally:
        call.caller.media.stop_tone()
