"""Who counts as busy while a call to several people goes on."""

from appliance.routing.facts import Direction, Facts
from appliance.runtime.background import Background
from appliance.runtime.calls import Calls, live_of
from tests.support.scripted_calls import ScriptedCallee, ScriptedCaller, settle
from tests.unit.runtime.test_calls import switchboard

OUTSIDE = Facts(Direction.INBOUND, "+33639981234", "", "+33199001234", "l")


async def test_only_who_took_the_call_of_a_group_is_busy(monkeypatch):
    calls: Calls
    background: Background
    calls, _, background = switchboard(monkeypatch)
    caller = ScriptedCaller([], "caller")
    call = calls.start(OUTSIDE, caller, "n")
    await settle()
    group = tuple(ScriptedCallee([], name) for name in ("alice", "bruno", "chloe"))
    call.rings(group)
    call.answered_by(group[1], 1001.0)
    assert calls.busy_people() == {"bruno"}
    assert call.person_ids == ("alice", "bruno", "chloe"), "the record names all who rang"
    assert live_of(call).person_ids == ("bruno",), "the pages show who talks"
    caller.hangs_up()
    await background.finish(1)
