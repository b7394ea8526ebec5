"""Waiting in the queue of a group: music, the caller's place in words, and the turn that comes (RING-5)."""

from __future__ import annotations

from asyncio import sleep, timeout

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.until_first import until_first
from appliance.routing.nodes import QueueNode
from appliance.routing.queueing import Outlook, outlook
from appliance.routing.steps import Keys, Outcome, Speech, Wait

# How often those who are not next look whether anybody is there at all; whatever happens wakes the next one.
LOOK_SECONDS = 2.0
# 8 kHz, 16-bit.
BYTES_A_SECOND = 16_000
SECONDS_A_MINUTE = 60
CALL_BACK = "1"


async def wait_in_queue(board: Switchboard, call: Call, step: Wait) -> Outcome | Keys:
    """Entertain the caller until somebody is free for them; see `Wait` for how it ends."""
    call.caller.answer()
    call.stage(call.outcome, board.epoch())
    if call.waiting is None:
        # What was pressed before the wait answers no question of it.
        call.caller.media.forget_digits()
    call.waits_for(step.group_id, board.epoch(), board.monotonic())
    async with TaskGroup() as group:
        hearing = group.create_task(_entertain(board, call, step))
        try:
            async with timeout(step.seconds):
                return await _turn_or_key(board, call, step)
        except TimeoutError:
            return Outcome.NO_ANSWER
        finally:
            hearing.cancel()


async def _turn_or_key(board: Switchboard, call: Call, step: Wait) -> Outcome | Keys:
    if not step.call_back:
        return await _turn(board, call, step)
    turn = await until_first(_turn(board, call, step), _call_back_wanted(call))
    return Keys(CALL_BACK) if turn is None else turn


async def _call_back_wanted(call: Call) -> None:
    """Return once the key of a call-back is pressed; others mean nothing while waiting."""
    while await call.caller.media.next_digit() != CALL_BACK:
        pass


async def _turn(board: Switchboard, call: Call, step: Wait) -> Outcome:
    await sleep(step.pause)
    while True:
        is_next = board.is_next(call)
        look = _look(board, call, step)
        if look is None or not look.somebody:
            return Outcome.UNREACHABLE
        if is_next and look.free:
            return Outcome.DONE
        await (board.news(LOOK_SECONDS) if is_next else sleep(LOOK_SECONDS))


def _look(board: Switchboard, call: Call, step: Wait) -> Outlook | None:
    """Who is free, by the plan that the call follows."""
    plan = call.plan or board.plan
    node = plan.nodes.get(step.node)
    if not isinstance(node, QueueNode):
        return None
    return outlook(plan, node, call.facts, board.world(), board.now())


async def _entertain(board: Switchboard, call: Call, step: Wait) -> None:
    """Music from where it was, and the caller's place at once and every so often."""
    place = call.waiting
    assert place is not None
    music = await board.music()
    while True:
        now = board.monotonic()
        if place.told_at is None or now - place.told_at >= step.every_seconds:
            place.told_at = now
            for speech in _place_in_words(board, call, step):
                await call.caller.media.play(await board.spoken(speech))
        left = step.every_seconds - (board.monotonic() - place.told_at)
        try:
            async with timeout(max(left, 1.0)):
                await call.caller.media.play(_from_where_it_was(music, now - place.began), loop=True)
        except TimeoutError:
            pass


async def music_while_ringing(board: Switchboard, call: Call) -> None:
    """What a caller who waits hears while somebody is rung for them; until cancelled."""
    place = call.waiting
    began = place.began if place is not None else board.monotonic()
    music = await board.music()
    await call.caller.media.play(_from_where_it_was(music, board.monotonic() - began), loop=True)


def _from_where_it_was(music: bytes, elapsed: float) -> bytes:
    """The same music, begun where it is after some seconds of it."""
    if not music:
        return music
    at = int(elapsed * BYTES_A_SECOND) // 2 * 2 % (len(music) // 2 * 2 or 2)
    return music[at:] + music[:at]


def _place_in_words(board: Switchboard, call: Call, step: Wait) -> list[Speech]:
    language = call.facts.language
    position, expected = board.place_in_queue(call), board.expected_wait(call)
    said = [Speech(prompt_name="queue_wait", language=language)]
    if step.say_position:
        prompt = "queue_next" if position == 1 else "queue_position"
        said.append(Speech(prompt_name=prompt, language=language, parameters={"position": str(position)}))
    if step.say_wait and expected is not None:
        minutes = max(1, -int(-expected // SECONDS_A_MINUTE))
        prompt = "queue_minute" if minutes == 1 else "queue_minutes"
        said.append(Speech(prompt_name=prompt, language=language, parameters={"minutes": str(minutes)}))
    if step.call_back:
        said.append(Speech(prompt_name="queue_call_back", language=language))
    return said
