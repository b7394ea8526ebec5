"""The calls in progress: who is busy, what the pages see, what the history keeps."""

import asyncio

import pytest

from appliance.control.live import CallState
from appliance.routing.facts import Direction, Facts
from appliance.routing.trail import Reason, TrailEntry
from appliance.runtime import calls as room
from appliance.runtime.background import Background
from appliance.runtime.calls import Calls, live_of, record_of, state_of
from appliance.runtime.ladders import CallLadders
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

INSIDE = Facts(Direction.INTERNAL, "101", "Alice", "102", None, "alice")


class Kept:
    """A history and an event hub."""

    def __init__(self) -> None:
        self.records: list[object] = []
        self.events: list[tuple[str, str]] = []

    async def add(self, record) -> None:
        self.records.append(record)

    def publish(self, kind: str, **data: str) -> None:
        self.events.append((kind, data.get("state", "")))


def switchboard(monkeypatch, story=None):
    kept, background = Kept(), Background()
    numbers = iter(range(1000))
    ladders = CallLadders(kept, lambda: 1000.0)
    calls = Calls(background, kept, ladders, kept, lambda: f"c{next(numbers)}", lambda: 1000.0, lambda: 7)
    calls.board = ScriptedBoard([])

    async def follow(board, call) -> None:
        with call.caller:
            await (story or call.caller.wait_ended)()

    monkeypatch.setattr(room, "run_call", follow)
    return calls, kept, background


async def test_a_call_is_counted_told_and_kept(monkeypatch):
    calls, kept, background = switchboard(monkeypatch)
    caller = ScriptedCaller([], "caller")
    call = calls.start(INSIDE, caller, None)
    await settle()
    assert len(calls) == 1 and calls.live()[0].id == call.id == "c0"
    assert calls.busy_people() == {"alice"}
    caller.hangs_up()
    await background.finish(1)
    assert len(calls) == 0 and calls.busy_people() == frozenset() and caller.closed
    assert kept.events == [("call", "ended"), ("history", "")]
    assert kept.records[0].id == "c0" and kept.records[0].configuration_version == 7


async def test_a_call_whose_story_fails_is_released_and_kept(monkeypatch, caplog):
    async def fails() -> None:
        raise ValueError("broken")

    calls, kept, background = switchboard(monkeypatch, fails)
    caller = ScriptedCaller([], "caller")
    calls.start(INSIDE, caller, None)
    await background.finish(1)
    assert len(calls) == 0 and len(kept.records) == 1 and caller.closed
    assert "broken" in caplog.text


async def test_more_calls_than_the_box_carries_are_refused(monkeypatch):
    monkeypatch.setattr(room, "MOST_CALLS", 2)
    calls, _, background = switchboard(monkeypatch)
    callers = [ScriptedCaller([], str(number)) for number in range(3)]
    started = [calls.start(INSIDE, caller, None) for caller in callers]
    assert started[2] is None and len(calls) == 2
    assert callers[2].story == ["caller is refused 503"] and callers[2].closed
    await settle()
    for caller in callers:
        caller.hangs_up()
    await background.finish(1)


async def test_calls_are_ended_by_the_pages_and_with_the_box(monkeypatch):
    calls, kept, background = switchboard(monkeypatch)
    for _ in range(2):
        calls.start(INSIDE, ScriptedCaller([], "caller"), None)
    await settle()
    assert not calls.hang_up("no such call")
    assert calls.hang_up("c0")
    calls.hang_up_all()
    await background.finish(1)
    assert [record.ended_by for record in kept.records] == ["box", "box"]


async def test_what_a_call_is_doing():
    story: list[str] = []
    call = scripted_call(ScriptedCaller(story, "caller"))
    assert state_of(call) is CallState.RINGING
    callee = ScriptedCallee(story, "bruno")
    call.rings((callee,))
    assert live_of(call).person_ids == ("bruno",)
    for outcome, state in (("voicemail", CallState.MESSAGE), ("announcement", CallState.ANNOUNCEMENT)):
        call.stage(outcome, 1005.0)
        assert state_of(call) is state
    call.answered_by(callee, 1010.0)
    assert state_of(call) is CallState.TALKING
    assert call.answered_at == 1005.0, "answered once"


@pytest.mark.parametrize("message, outcome", [("m1", "message"), (None, "voicemail")])
async def test_the_history_tells_a_message_that_was_left_from_a_mailbox_that_was_only_reached(
    message, outcome
):
    call = scripted_call(ScriptedCaller([], "caller"))
    call.stage("voicemail", 1005.0)
    call.message_id = message
    assert record_of(call, 1020.0).outcome == outcome


@pytest.mark.parametrize("rung", [False, True])
async def test_people_who_only_ring_are_not_busy(monkeypatch, rung):
    calls, _, background = switchboard(monkeypatch)
    caller = ScriptedCaller([], "caller")
    call = calls.start(Facts(Direction.INBOUND, "+33639981234", "", "+33199001234", "l"), caller, "n")
    await settle()
    callee = ScriptedCallee([], "bruno")
    call.rings((callee,))
    if not rung:
        call.answered_by(callee, 1.0)
    assert calls.busy_people() == (frozenset() if rung else {"bruno"})
    caller.hangs_up()
    await background.finish(1)
    await asyncio.sleep(0)


async def test_the_record_keeps_the_reasons():
    call = scripted_call(ScriptedCaller([], "caller"))
    call.trail.append(TrailEntry("number:main", "e1", Reason("number_called", {"number": "x"})))
    call.steps.append({"step": "Ring", "position": ("a",), "outcome": "busy"})
    record = record_of(call, 1020.0)
    assert record.trail[0] == {
        "node": "number:main",
        "edge": "e1",
        "reason": {"code": "number_called", "parameters": {"number": "x"}},
    }
    assert (record.started_at, record.ended_at, record.outcome) == (1000.0, 1020.0, "unanswered")
