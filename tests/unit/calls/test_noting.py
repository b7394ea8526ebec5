"""Noting decisions that were taken for somebody who is sent on."""

from datetime import UTC, datetime

import pytest

from appliance.calls.noting import note_in_vain
from appliance.routing.decide import next_step
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import compile_plan
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call
from tests.unit.routing.small_office import EVERYBODY, small_office

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.feature("OUT-10")
def test_the_story_says_why_nobody_was_reached_and_the_office_hears_of_what_is_grave():
    board = ScriptedBoard([])
    call = scripted_call(ScriptedCaller([], "caller"))
    facts = Facts(Direction.OUTBOUND, "101", "Alice", "+33899123456", caller_person_id="alice")
    call.facts = facts
    decision = next_step(compile_plan(small_office()), facts, EVERYBODY, NOON)
    note_in_vain(board, call, decision)
    assert [entry.reason.code for entry in call.trail] == ["barred_costly"]
    assert board.story == ["the office is alerted: barred_costly"] and not call.steps
