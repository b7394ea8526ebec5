"""Questions put to a caller, answered by one key or several."""

from __future__ import annotations

from collections.abc import Collection

from appliance.calls.call import Call
from appliance.calls.saying import key_within, sound_until_key
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Ask, Keys

# How long the next key of an extension may take.
BETWEEN_KEYS = 2.5
END = "#"


async def ask(board: Switchboard, call: Call, step: Ask) -> Keys:
    """Put a question: keys are taken while it is said, and those of a caller in a hurry before it is."""
    sound = await board.spoken(step.speech)
    sorry = await board.spoken(step.sorry) if step.sorry else b""
    more = [await board.spoken(each) for each in step.more]
    call.caller.answer()
    call.stage(call.outcome, board.epoch())
    key = ""
    for each in (sorry, sound, *more):
        key = key or (await sound_until_key(call, each) if each else "")
    return Keys(await _pressed(call, step, key))


async def _pressed(call: Call, step: Ask, first: str) -> str:
    """The keys of an answer: the first, and those that follow while they may make up a longer answer."""
    pressed = first or await key_within(call.caller, step.seconds)
    while pressed and _may_go_on(pressed, step.answers):
        key = await key_within(call.caller, BETWEEN_KEYS)
        if not key or key == END:
            break
        pressed += key
    if pressed and pressed not in step.answers:
        # What a caller typed on after a wrong key is no answer to the question put again.
        call.caller.media.forget_digits()
    return pressed


def _may_go_on(pressed: str, answers: Collection[str]) -> bool:
    return any(answer != pressed and answer.startswith(pressed) for answer in answers)
