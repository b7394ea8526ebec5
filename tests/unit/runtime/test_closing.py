"""The box stops: its calls end, and no new one begins meanwhile."""

from tests.support.scripted_calls import ScriptedCaller, settle
from tests.unit.runtime.test_calls import INSIDE, switchboard


async def test_who_calls_while_the_box_stops_is_told_to_come_back(monkeypatch):
    calls, kept, background = switchboard(monkeypatch)
    calls.start(INSIDE, ScriptedCaller([], "caller"), None)
    await settle()
    calls.hang_up_all()
    late = ScriptedCaller([], "late")
    assert calls.start(INSIDE, late, None) is None
    assert late.story == ["caller is refused 503"] and late.closed
    await background.finish(1)
    assert len(calls) == 0 and len(kept.records) == 1
