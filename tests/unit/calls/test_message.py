"""Taking a message: what the caller hears, and what is kept however the call ends."""

import asyncio

import pytest

from appliance.calls.message import take_message
from appliance.configuration.fields import Language
from appliance.routing.steps import Outcome, Speech, TakeMessage
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call, settle

STEP = TakeMessage("office", Speech(text="greeting"), Speech(text="thanks"), Language.FRENCH, 180, 8)


@pytest.mark.feature("NOANS-1", "VM-1", "VM-2")
async def test_greeting_beep_recording_thanks():
    story: list[str] = []
    caller = ScriptedCaller(story, "caller")
    board, call = ScriptedBoard(story), scripted_call(caller)
    taking = asyncio.ensure_future(take_message(board, call, STEP))
    await settle()
    board.time += 12
    caller.media.recording.set()
    assert await taking is Outcome.DONE
    assert story == [
        "caller is answered",
        "caller hears greeting",
        "caller hears beep",
        "recording office/m1.wav",
        "message m1 of 12 s kept",
        "caller hears thanks",
    ]
    assert call.message_id == "m1" and call.outcome == "voicemail"


async def test_the_caller_hanging_up_keeps_the_message():
    story: list[str] = []
    caller = ScriptedCaller(story, "caller")
    board, call = ScriptedBoard(story), scripted_call(caller)
    taking = asyncio.ensure_future(take_message(board, call, STEP))
    await settle()
    board.time += 5
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert story[-1] == "message m1 of 5 s kept"
