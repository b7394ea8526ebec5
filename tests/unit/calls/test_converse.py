"""Conversation: how it ends, above all when nobody says so."""

import asyncio

import pytest

from appliance.calls.audio_watch import GONE_ON_HOLD_SECONDS, GONE_SECONDS
from appliance.calls.converse import converse
from appliance.legs.sessions import Sound
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Direction
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

LONG = GONE_SECONDS + 1


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("appliance.calls.audio_watch.sleep", at_once)


async def talk(caller_silent: float | None, callee_silent: float | None, held: bool = False):
    story: list[str] = []
    caller, callee = ScriptedCaller(story, "caller"), ScriptedCallee(story, "callee")
    caller.media.seconds_since_heard, callee.media.seconds_since_heard = caller_silent, callee_silent
    if held:
        callee.sound = Sound(DEFAULT_CODECS, Direction.RECVONLY)
    call = scripted_call(caller)
    return callee, call, asyncio.ensure_future(converse(ScriptedBoard(story), call, callee))


@pytest.mark.parametrize(
    ("caller", "callee", "held"),
    [(LONG, LONG, False), (None, None, False), (GONE_ON_HOLD_SECONDS, GONE_ON_HOLD_SECONDS, True)],
)
async def test_two_ends_that_have_vanished_are_parted(caller, callee, held):
    _, call, talking = await talk(caller, callee, held)
    await asyncio.wait_for(talking, 1)
    assert call.ended_by == "box"


@pytest.mark.parametrize(
    ("caller", "callee", "held"), [(LONG, 0.02, False), (0.02, None, False), (LONG, LONG, True)]
)
async def test_as_long_as_one_is_heard_or_both_hold_the_talk_goes_on(caller, callee, held):
    far_end, call, talking = await talk(caller, callee, held)
    await settle()
    assert not talking.done()
    far_end.hangs_up()
    await asyncio.wait_for(talking, 1)
    assert call.ended_by == "callee"
