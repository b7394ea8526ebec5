"""Saying: prompts played to whoever called, and the keys they press meanwhile or after."""

from __future__ import annotations

from asyncio import timeout
from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.calls.until_first import until_first
from appliance.legs.leg import Leg
from appliance.routing.steps import Speech

KEY_SECONDS = 6.0


async def say(
    board: Switchboard, call: Call, prompt: str, parameters: Mapping[str, str] | None = None
) -> None:
    """Say a prompt of the box to its end, in the caller's language."""
    speech = Speech(prompt_name=prompt, language=call.facts.language, parameters=parameters or {})
    await call.caller.media.play(await board.spoken(speech))


async def ask_key(board: Switchboard, call: Call, prompt: str) -> str:
    """The key pressed while or after a prompt is said; empty when none is."""
    speech = Speech(prompt_name=prompt, language=call.facts.language)
    key = await sound_until_key(call, await board.spoken(speech))
    return key or await key_within(call.caller, KEY_SECONDS)


async def key_within(leg: Leg, seconds: float) -> str:
    """The next key, empty when none comes within that time."""
    try:
        async with timeout(seconds):
            return await leg.media.next_digit()
    except TimeoutError:
        return ""


async def sound_until_key(call: Call, sound: bytes) -> str:
    """Play; a key stops the sound and is returned, else empty."""
    media = call.caller.media
    return await until_first(media.next_digit(), media.play(sound)) or ""


async def play_while_there(leg: Leg, sound: bytes) -> None:
    """Play to the end, or until the far side leaves."""
    await until_first(leg.media.play(sound), leg.wait_ended())
