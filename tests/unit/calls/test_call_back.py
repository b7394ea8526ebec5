"""Keeping a call-back: written down before anything is promised, and an honest word when it cannot be."""

from __future__ import annotations

import pytest

from appliance.calls.call_back import keep_call_back
from appliance.routing.steps import KeepCallBack, Outcome, Speech
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call

pytestmark = pytest.mark.feature("OUT-6")

STEP = KeepCallBack("+33612345678", "", "main", None, "sales", Speech(text="thanks"), Speech(text="sorry"))


@pytest.mark.parametrize(
    ("keeps", "outcome", "heard"),
    [
        (True, Outcome.DONE, ["+33612345678 is to be called back", "caller hears thanks"]),
        (False, Outcome.UNREACHABLE, ["caller hears sorry"]),
    ],
)
async def test_the_caller_is_told_what_became_of_it(keeps: bool, outcome: Outcome, heard: list[str]) -> None:
    story: list[str] = []
    board, call = ScriptedBoard(story), scripted_call(ScriptedCaller(story, "caller"))
    board.keeps_call_backs = keeps
    assert await keep_call_back(board, call, STEP) is outcome
    assert story == ["caller is answered", *heard]
    assert (call.outcome == "call_back") is keeps
