"""Announcements and tones: what a caller hears when nobody took the call."""

from __future__ import annotations

from asyncio import sleep

from appliance.calls.call import Call
from appliance.calls.speaking import takes_words
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Announce, Outcome, Say, Tone

TONE_SECONDS = 5
TONE_AFTER_WORDS = {"busy": "busy", "congestion": "congestion"}


async def announce(board: Switchboard, call: Call, step: Announce) -> Outcome | None:
    """Say the words, then what the step says comes after."""
    sound = await board.spoken(step.speech)
    call.caller.open_audio()
    call.stage("announcement", board.epoch() if call.caller.answered else None)
    await call.caller.media.play(sound)
    tone = TONE_AFTER_WORDS.get(step.then)
    if tone:
        await _sound_tone(board, call, tone, TONE_SECONDS)
    return Outcome.DONE


async def say(board: Switchboard, call: Call, step: Say) -> Outcome:
    """Say the words to a caller whose call goes on; who cannot hear them is not held up."""
    if not await takes_words(call.caller):
        return Outcome.DONE
    sound = await board.spoken(step.speech)
    call.caller.open_audio()
    call.stage(call.outcome, board.epoch() if call.caller.answered else None)
    await call.caller.media.play(sound)
    return Outcome.DONE


async def give_tone(board: Switchboard, call: Call, step: Tone) -> Outcome | None:
    """Give a tone for a while."""
    call.caller.open_audio()
    await _sound_tone(board, call, step.kind, step.seconds)
    return Outcome.DONE


async def _sound_tone(board: Switchboard, call: Call, tone: str, seconds: float) -> None:
    call.caller.media.start_tone(tone, board.tones)
    try:
        await sleep(seconds)
    finally:
        call.caller.media.stop_tone()
