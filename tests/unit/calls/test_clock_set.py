"""The wall clock is set in the middle of a call, as on a box without a battery once it has found the time."""

import asyncio

import pytest

from appliance.calls.message import take_message
from appliance.runtime.calls import record_of
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call, settle
from tests.unit.calls.test_message import STEP


@pytest.mark.feature("VM-1")
@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_message_is_as_long_as_it_was_spoken(hours):
    story: list[str] = []
    board, call = ScriptedBoard(story), scripted_call(ScriptedCaller(story, "caller"))
    taking = asyncio.ensure_future(take_message(board, call, STEP))
    await settle()
    board.clock_set_by = hours * 3600.0
    board.time += 5
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert story[-1] == "message m1 of 5 s kept"


def test_a_call_never_ends_before_it_began():
    call = scripted_call(ScriptedCaller.__new__(ScriptedCaller))
    call.answered_at = 1005.0
    assert record_of(call, 900.0).ended_at == 1005.0
