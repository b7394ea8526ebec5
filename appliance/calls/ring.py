"""Ringing: dial every leg of a step, take the first that answers, let the others go."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, Task, TaskGroup, timeout, wait
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from appliance.calls.call import Call
from appliance.calls.confirm import reach, whisper
from appliance.calls.converse import converse, early_media
from appliance.calls.pick_up import PickUp, answered_or_picked_up, go_on_with
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
            if len(legs) == 1 and legs[0].introduction is None:
                legs[0].when_early(lambda: early.enter_context(early_media(board, call.caller, legs[0])))
            call.rings(tuple(legs))
            with _ringback(board, call):
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


async def first_answer(board: Switchboard, legs: Sequence[CalleeLeg], seconds: float) -> CalleeLeg | Outcome:
    """Dial all legs at once; returns the first that answers, or how the attempt ended.

    Who is being asked to press 1 when the time is over may still do so. The losers are still open when this
    returns: whoever opened them closes them.
    """
    outcomes: list[Outcome] = []
    asked: set[int] = set()
    async with TaskGroup() as group:
        pending = {group.create_task(reach(board, leg, asked)): leg for leg in legs}
        try:
            try:
                async with timeout(seconds):
                    winner = await _first_of(pending, outcomes)
            except TimeoutError:
                outcomes.append(Outcome.NO_ANSWER)
                _stop_unless_asked(pending, asked)
                winner = await _first_of(pending, outcomes)
            if winner is not None:
                _taken_elsewhere(pending.values())
        finally:
            for task in pending:
                task.cancel()
    return winner or min(outcomes, key=TELLING.index, default=Outcome.UNREACHABLE)


def _taken_elsewhere(legs: Iterable[CalleeLeg]) -> None:
    for leg in legs:
        leg.taken_elsewhere()


async def _first_of(pending: dict[Task[DialResult], CalleeLeg], outcomes: list[Outcome]) -> CalleeLeg | None:
    """The first that takes the call, None when nobody does; those who ended are taken out of `pending`."""
    while pending:
        done, _ = await wait(pending, return_when=FIRST_COMPLETED)
        for task in done:
            leg, result = pending.pop(task), task.result()
            if result.outcome is Outcome.ANSWERED:
                return leg
            outcomes.append(result.outcome)
            if result.for_all:
                _stop_devices_of(leg.person_id, pending)
    return None


def _stop_unless_asked(pending: dict[Task[DialResult], CalleeLeg], asked: set[int]) -> None:
    """Let those stop who still ring; who has picked up is given their time."""
    for task, leg in list(pending.items()):
        if id(leg) not in asked and not task.done():
            task.cancel()
            del pending[task]


def _stop_devices_of(person_id: str | None, pending: dict[Task[DialResult], CalleeLeg]) -> None:
    """Let the other devices of somebody who refused stop; their colleagues may still take the call."""
    for task, leg in list(pending.items()):
        if person_id is not None and leg.person_id == person_id and not task.done():
            task.cancel()
            del pending[task]
