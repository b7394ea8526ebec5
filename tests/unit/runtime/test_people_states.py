"""Every person at this moment: calls, working day, phones, as decisions, lamps and pages are told."""

from datetime import UTC, datetime

import pytest

from appliance.routing.facts import Direction, Facts
from appliance.routing.world import DayState, PersonState
from appliance.runtime.background import Background
from appliance.runtime.people_states import PeopleStates
from tests.support.scripted_calls import ScriptedCallee, ScriptedCaller, scripted_call
from tests.unit.routing.small_office import changed, small_office

INSIDE = Facts(Direction.INTERNAL, "101", "Alice", "102", None, "alice")


class Disk:
    """Working days that are kept in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, float]] = {}

    async def save(self, person_id: str, state: str, since: float) -> None:
        self.rows[person_id] = (state, since)

    async def load(self) -> list[tuple[str, str, float]]:
        return [(key, *row) for key, row in self.rows.items()]


class Office:
    """People states of the small office, with a clock and phones that tests set."""

    def __init__(self, disk: Disk | None = None) -> None:
        self.settings = changed(small_office(), "people", "alice", working_day=True)
        self.disk = disk or Disk()
        self.told: list[str] = []
        self.background = Background()
        self.time = datetime(2026, 11, 24, 9, 0, tzinfo=UTC).timestamp()
        self.registered = frozenset({"alice-desk"})
        self.calls = []
        self.states = PeopleStates(
            self.disk,
            self.background,
            self,
            lambda: self.time,
            lambda epoch: datetime.fromtimestamp(epoch, UTC),
            lambda: self.settings,
            lambda: self.registered,
            frozenset,
            lambda: self.calls,
        )

    def publish(self, kind: str, **data: str) -> None:
        self.told.append(f"{kind} {data['id']}")

    def state(self, person: str) -> PersonState:
        return self.states.everybody()[person].state


@pytest.mark.feature("STAT-1")
async def test_a_day_is_started_paused_ended_and_kept():
    office = Office()
    assert office.state("alice") is PersonState.NOT_STARTED
    for day, state in (
        (DayState.STARTED, PersonState.FREE),
        (DayState.ON_BREAK, PersonState.ON_BREAK),
        (DayState.ENDED, PersonState.ENDED),
    ):
        assert office.states.set_day("alice", day)
        assert office.state("alice") is state
    assert office.told == ["person alice"] * 3
    await office.background.finish(1)
    again = Office(office.disk)
    await again.states.restore()
    assert again.state("alice") is PersonState.ENDED
    again.time += 20 * 3600
    assert again.state("alice") is PersonState.NOT_STARTED


@pytest.mark.feature("STAT-1")
async def test_who_does_not_use_the_day_always_counts_as_there():
    office = Office()
    assert not office.states.set_day("bruno", DayState.ENDED)
    assert not office.states.set_day("nobody", DayState.ENDED)
    assert office.states.everybody()["bruno"].day is DayState.STARTED
    assert office.told == [] and office.disk.rows == {}


@pytest.mark.feature("RING-6")
async def test_what_people_do_in_calls():
    office = Office()
    call = scripted_call(ScriptedCaller([], "caller"), INSIDE)
    office.calls.append(call)
    callee = ScriptedCallee([], "bruno")
    call.rings((callee,))
    assert office.state("alice") is PersonState.TALKING
    assert office.state("bruno") is PersonState.RINGING
    call.answered_by(callee, 1.0)
    assert office.state("bruno") is PersonState.TALKING
    call.holds(callee, True)
    assert office.state("bruno") is PersonState.ON_HOLD
    assert office.states.everybody()["bruno"].calls == 1


async def test_who_has_no_phone_there_is_not_connected():
    office = Office()
    assert office.state("chloe") is PersonState.NOT_CONNECTED
    office.registered = frozenset({"chloe-desk"})
    assert office.state("chloe") is PersonState.FREE
    assert {live.person_id: live.connected for live in office.states.live()} == {
        "alice": False,
        "bruno": False,
        "chloe": True,
    }


@pytest.mark.feature("FWD-2", "STAT-1")
def test_whoever_forwards_all_calls_is_told_of_as_a_call_would_find_it():
    office = Office()

    def forwards() -> bool:
        return {each.person_id: each.forwards for each in office.states.live()}["bruno"]

    assert not forwards()
    to = {"kind": "external", "number": "+33639981234"}
    morning = {"first": "2026-11-24", "ranges": [{"start": "08:00", "end": "10:00"}], "destination": to}
    office.settings = changed(office.settings, "people", "bruno", scheduled_forwards=[morning])
    assert forwards()
    office.time += 3600
    assert not forwards()
    office.settings = changed(
        office.settings, "people", "bruno", forward_active=True, forward_to=to, scheduled_forwards=[]
    )
    assert forwards()
