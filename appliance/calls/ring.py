"""Ringing: dial every leg of a step, take the first that answers, let the others go."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, Task, TaskGroup, timeout, wait
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from appliance.calls.call import Call
from appliance.calls.converse import converse, early_media
from appliance.calls.switchboard import Switchboard
from appliance.legs.leg import CalleeLeg, DialResult
from appliance.legs.outgoing import line_has_failed
from appliance.routing.steps import Outcome, Ring
from appliance.routing.trail import Reason

# When several legs fail, the caller is told the most telling of their outcomes.
TELLING = (Outcome.DECLINED, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.UNREACHABLE)


async def ring(board: Switchboard, call: Call, step: Ring) -> Outcome | None:
    """Ring the step's targets for its time; talk if one answers. Returns None once a conversation is over."""
    legs = board.legs_towards(step, call)
    if not legs:
        return Outcome.UNREACHABLE
    with ExitStack() as taken:
        for leg in legs:
            taken.enter_context(leg)
        with ExitStack() as early:
            if len(legs) == 1:
                legs[0].when_early(lambda: early.enter_context(early_media(board, call.caller, legs[0])))
            call.rings(tuple(legs))
            with _ringback(board, call):
                answer = await first_answer(legs, step.seconds)
            _tell_lines(call, legs)
            if isinstance(answer, Outcome):
                call.rings(())
                return answer
        for leg in legs:
            if leg is not answer:
                leg.close()
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


@contextmanager
def _ringback(board: Switchboard, call: Call) -> Iterator[None]:
    call.caller.ring()
    if not call.caller.answered:
        yield
        return
    call.caller.media.start_tone("ringback", board.tones)
    try:
        yield
    finally:
        call.caller.media.stop_tone()


async def first_answer(legs: Sequence[CalleeLeg], seconds: float) -> CalleeLeg | Outcome:
    """Dial all legs at once; returns the first that answers, or how the attempt ended.

    The losers are still open when this returns: whoever opened them closes them.
    """
    outcomes: list[Outcome] = []
    async with TaskGroup() as group:
        pending: dict[Task[DialResult], CalleeLeg] = {group.create_task(leg.dial()): leg for leg in legs}
        try:
            async with timeout(seconds):
                while pending:
                    done, _ = await wait(pending, return_when=FIRST_COMPLETED)
                    for task in done:
                        leg, result = pending.pop(task), task.result()
                        if result.outcome is Outcome.ANSWERED:
                            return leg
                        outcomes.append(result.outcome)
                        if result.for_all:
                            _stop_devices_of(leg.person_id, pending)
        except TimeoutError:
            outcomes.append(Outcome.NO_ANSWER)
        finally:
            for task in pending:
                task.cancel()
    return min(outcomes, key=TELLING.index, default=Outcome.UNREACHABLE)


def _stop_devices_of(person_id: str | None, pending: dict[Task[DialResult], CalleeLeg]) -> None:
    """Let the other devices of somebody who refused stop; their colleagues may still take the call."""
    for task, leg in list(pending.items()):
        if person_id is not None and leg.person_id == person_id and not task.done():
            task.cancel()
            del pending[task]
