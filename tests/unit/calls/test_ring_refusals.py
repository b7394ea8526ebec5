"""Ringing several people: one who refuses decides for their own devices only."""

import asyncio

import pytest

from appliance.calls.answering import first_answer
from appliance.calls.ring import ring
from appliance.configuration.fields import Language
from appliance.legs.leg import DialResult
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

STEP = Ring((PhoneTarget("ph1", "p1"),), 20, Language.FRENCH)
REFUSED = DialResult(Outcome.DECLINED, 603, for_all=True)


@pytest.mark.feature("RING-2")
async def test_a_colleagues_refusal_leaves_the_others_ringing():
    story: list[str] = []
    desk, mobile, bruno = (ScriptedCallee(story, name) for name in ("desk", "mobile", "bruno"))
    desk.person_id = mobile.person_id = "alice"
    board, call = ScriptedBoard(story, [desk, mobile, bruno]), scripted_call(ScriptedCaller(story, "caller"))
    ringing = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    desk.ended_dialling.set_result(REFUSED)
    await settle()
    assert "mobile stops ringing" in story and "bruno stops ringing" not in story
    bruno.answers()
    await settle()
    assert call.answered_by_id == "bruno"
    bruno.hangs_up()
    assert await ringing is None


async def test_numbers_outside_refuse_for_themselves_only():
    story: list[str] = []
    legs = [ScriptedCallee(story, name) for name in ("first", "second")]
    for leg in legs:
        leg.person_id = None
    dialling = asyncio.ensure_future(first_answer(ScriptedBoard(story, legs), legs, 20))
    await settle()
    legs[0].ended_dialling.set_result(REFUSED)
    await settle()
    assert not dialling.done()
    legs[1].ended_dialling.set_result(DialResult(Outcome.BUSY))
    assert await dialling is Outcome.DECLINED


async def test_without_a_leg_nobody_is_reached():
    assert await first_answer(ScriptedBoard([]), [], 20) is Outcome.UNREACHABLE
