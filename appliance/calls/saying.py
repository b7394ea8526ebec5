"""Saying: prompts played to whoever called, and the keys they press meanwhile or after."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, TaskGroup, timeout, wait
from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
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
    return key or await key_within(call, KEY_SECONDS)


async def key_within(call: Call, seconds: float) -> str:
    """The next key, empty when none comes within that time."""
    try:
        async with timeout(seconds):
            return await call.caller.media.next_digit()
    except TimeoutError:
        return ""


async def sound_until_key(call: Call, sound: bytes) -> str:
    """Play; a key stops the sound and is returned, else empty."""
    media = call.caller.media
    async with TaskGroup() as group:
        playing = group.create_task(media.play(sound))
        pressing = group.create_task(media.next_digit())
        await wait((playing, pressing), return_when=FIRST_COMPLETED)
        playing.cancel()
        pressing.cancel()
    return "" if pressing.cancelled() else pressing.result()
