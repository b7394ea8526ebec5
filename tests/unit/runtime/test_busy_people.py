"""Who counts as busy while a call to several people goes on."""

from appliance.routing.facts import Direction, Facts
from appliance.routing.trail import Reason, TrailEntry
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


async def test_a_number_has_the_calls_that_it_had_room_for(monkeypatch):
    calls: Calls
    background: Background
    calls, _, background = switchboard(monkeypatch)
    callers = [ScriptedCaller([], f"caller-{place}") for place in range(3)]
    one, other, beyond = (calls.start(OUTSIDE, caller, "n") for caller in callers)
    assert calls.of_numbers() == {}, "who is only arriving does not count against themselves"
    for call, code in ((one, "number_has_room"), (other, "number_has_room"), (beyond, "number_full")):
        call.trail[:] = [TrailEntry("called:n", None, Reason(code))]
    assert calls.of_numbers() == {"n": 2}
    await settle()
    for caller in callers:
        caller.hangs_up()
    await background.finish(1)
    assert calls.of_numbers() == {}
