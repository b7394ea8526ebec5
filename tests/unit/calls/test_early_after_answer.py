"""A caller who was answered already and is put through: our ringback gives way to what the far end says."""

import asyncio

from appliance.calls.ring import ring
from appliance.configuration.fields import Language
from appliance.routing.steps import PhoneTarget, Ring
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle


async def test_the_far_ends_early_words_replace_our_ringback():
    story: list[str] = []
    caller, callee = ScriptedCaller(story, "caller"), ScriptedCallee(story, "trunk")
    caller.answered = True
    board, call = ScriptedBoard(story, [callee]), scripted_call(caller)
    ringing = asyncio.ensure_future(ring(board, call, Ring((PhoneTarget("ph1", "p1"),), 20, Language.FRENCH)))
    await settle()
    callee.early()
    assert story[-3:] == [
        "caller hears trunk early",
        "caller hears no tone",
        "caller and trunk are joined",
    ]
    callee.answers()
    await settle()
    callee.hangs_up()
    assert await ringing is None
    assert call.outcome == "answered"
