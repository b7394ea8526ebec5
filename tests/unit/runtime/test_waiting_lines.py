"""Who waits in which queue, computed from the calls in progress."""

from __future__ import annotations

import pytest

from appliance.runtime.waiting_lines import WaitingLines
from tests.support.scripted_calls import ScriptedCallee, ScriptedCaller, scripted_call


class Calls:
    """Calls in progress, with a clock that tests set."""

    def __init__(self) -> None:
        self.calls = []
        self.time = 1000.0
        self.lines = WaitingLines(lambda: self.calls, lambda: self.time)

    def waits(self, name: str, began: float, group: str = "sales"):
        call = scripted_call(ScriptedCaller([], name))
        call.id = name
        call.changed = self.lines.follow
        self.calls.append(call)
        self.time = began
        call.waits_for(group, began, began)
        return call


@pytest.mark.feature("RING-5")
async def test_places_go_by_who_came_first_in_each_queue():
    box = Calls()
    first, other, second = box.waits("a", 1000), box.waits("b", 1001, "other"), box.waits("c", 1002)
    assert [box.lines.place(call) for call in (first, other, second)] == [1, 1, 2]
    assert box.lines.counts() == {"sales": 2, "other": 1}
    assert box.lines.is_next(first) and not box.lines.is_next(second)
    first.rings((ScriptedCallee([], "alice"),))
    assert box.lines.is_next(second) and box.lines.place(second) == 2, "the first is being rung for"
    box.calls.remove(first)
    assert box.lines.place(second) == 1


@pytest.mark.feature("RING-5")
async def test_the_expected_wait_is_told_by_how_fast_the_queue_moved():
    box = Calls()
    first, second = box.waits("a", 1000), box.waits("b", 1000.5)
    assert box.lines.expected(second) is None
    box.time = 1060
    first.answered_by(ScriptedCallee([], "alice"), 1060)
    box.calls.remove(first)
    third = box.waits("c", 1061)
    assert box.lines.expected(second) == 60 and box.lines.expected(third) == 120
    told = box.lines.live(third)
    assert told is not None and (told.group_id, told.place, told.expected) == ("sales", 2, 120)
    assert box.lines.live(first) is None, "who has been answered waits no more"
    second.waiting = None
    second.changed(second)
    assert box.lines.expected(third) == 60, "who went on unanswered tells nothing"
