"""The human answer and the whisper: what who picks up hears alone, while the caller still hears ringback.

An answer that must be confirmed by the key 1 (CONF-1) never comes from a machine: the voicemail of a mobile
operator hears the question until its time is over, and is hung up.
"""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, CancelledError, sleep, timeout, wait

from appliance.calls.saying import play_while_there
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.legs.leg import CalleeLeg, DialResult
from appliance.routing.steps import Introduction, Outcome, Speech

TAKES = "1"
# Between two askings, so that a person has time to find the key.
PAUSE_SECONDS = 1.5
NOT_TAKEN = DialResult(Outcome.NO_ANSWER, 480, "nobody pressed 1")
REFUSED = DialResult(Outcome.DECLINED, 603, "another key than 1 was pressed")


async def reach(board: Switchboard, leg: CalleeLeg, asked: set[int]) -> DialResult:
    """Dial a leg and, where that is wanted, ask who answers to press 1: only then has it answered.

    Who is being asked is put into `asked`, by the leg's `id`. Cancelled, it goes silent and is hung up.
    """
    told = leg.introduction
    result = await (leg.dial() if told is None else _dial_and_prepare(board, leg, told, asked))
    if result.outcome is not Outcome.ANSWERED or told is None or told.ask is None:
        return result
    try:
        result = await _confirmed(board, leg, told)
    except CancelledError:
        leg.close()
        raise
    if result.outcome is not Outcome.ANSWERED:
        leg.close()
    return result


async def _dial_and_prepare(
    board: Switchboard, leg: CalleeLeg, told: Introduction, asked: set[int]
) -> DialResult:
    """Dial, and have the words made meanwhile: who answers waits for nothing."""
    async with TaskGroup() as group:
        making = group.create_task(_make(board, told))
        result = await leg.dial()
        if result.outcome is not Outcome.ANSWERED:
            making.cancel()
        elif told.ask is not None:
            asked.add(id(leg))
    return result


async def _make(board: Switchboard, told: Introduction) -> None:
    for speech in (*told.speeches, *((told.ask,) if told.ask else ())):
        await board.spoken(speech)


async def whisper(board: Switchboard, leg: CalleeLeg) -> bool:
    """Tell who has picked up who calls; False when they hung up meanwhile.

    Who had to press 1 has heard it before. Where nothing is told, whoever answers has taken the call, even if
    they leave in the same breath.
    """
    told = leg.introduction
    if told is None or told.ask is not None:
        return True
    await play_while_there(leg, await _sound(board, leg, told.speeches))
    return not leg.has_ended


async def _confirmed(board: Switchboard, leg: CalleeLeg, told: Introduction) -> DialResult:
    """Ask again and again for the key, as long as the window is open and the far side stays."""
    assert told.ask is not None
    key = ""
    async with TaskGroup() as group:
        asking = group.create_task(_repeat(board, leg, (*told.speeches, told.ask)))
        pressing = group.create_task(leg.media.next_digit())
        leaving = group.create_task(leg.wait_ended())
        try:
            async with timeout(told.seconds):
                await wait((pressing, leaving), return_when=FIRST_COMPLETED)
            if pressing.done():
                key = pressing.result()
        except TimeoutError:
            pass
        finally:
            for task in (asking, pressing, leaving):
                task.cancel()
    if leg.has_ended or not key:
        return NOT_TAKEN
    return DialResult(Outcome.ANSWERED, 200) if key == TAKES else REFUSED


async def _repeat(board: Switchboard, leg: CalleeLeg, speeches: tuple[Speech, ...]) -> None:
    """Say it again and again; silence where nothing can be said. Who knows it may press before it is said."""
    sound = await _sound(board, leg, speeches)
    while sound:
        await leg.media.play(sound)
        await sleep(PAUSE_SECONDS)


async def _sound(board: Switchboard, leg: CalleeLeg, speeches: tuple[Speech, ...]) -> bytes:
    if not await takes_words(leg):
        return b""
    return b"".join([await board.spoken(speech) for speech in speeches])
