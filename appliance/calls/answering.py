"""Answering: several legs are dialled at once, and the first that answers has the call."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, Task, timeout, wait
from collections.abc import Iterable, Sequence

from appliance.calls.confirm import reach
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.legs.leg import CalleeLeg, DialResult
from appliance.routing.steps import Outcome

# When several legs fail, the caller is told the most telling of their outcomes.
TELLING = (
    Outcome.DECLINED,
    Outcome.BUSY,
    Outcome.NO_ANSWER,
    Outcome.NO_SUCH_NUMBER,
    Outcome.UNREACHABLE,
)


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
