"""Queues: who waits, for how long, and who is rung for them (RING-5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.people import GroupOrder
from appliance.configuration.queues import Queue
from appliance.routing.decide import Position, next_step
from appliance.routing.explain import explain
from appliance.routing.plan import compile_plan
from appliance.routing.steps import HangUp, KeepCallBack, Keys, Outcome, Ring, TakeMessage, Wait
from appliance.routing.world import DayState, PersonNow, World
from tests.unit.routing.small_office import CALLER, EVERYBODY, MONDAY, NOBODY, changed, inbound, small_office

QUEUE = Queue(max_wait=100, max_waiting=2)
OFFICE = changed(small_office(), "groups", "sales", queue=QUEUE, max_wait=15)
TALKS = PersonNow(talking=1)
ALL_TALK = replace(EVERYBODY, people=dict.fromkeys(("alice", "bruno", "chloe"), TALKS))


class Caller:
    """A caller of the group, in a world that tests change."""

    def __init__(self, world: World = EVERYBODY, office=OFFICE) -> None:
        self.world = world
        self.plan = compile_plan(office)
        self.last = next_step(self.plan, inbound(), world, MONDAY)

    @property
    def step(self) -> object:
        return self.last.step

    @property
    def codes(self) -> list[str]:
        return [entry.reason.code for entry in self.last.trail]

    @property
    def rung(self) -> set[str]:
        assert isinstance(self.step, Ring)
        return {target.person_id for target in self.step.targets}

    def goes_on(self, outcome: Outcome, took: float | None = None, world: World | None = None) -> None:
        self.world = world or self.world
        kept = Position(*list(self.last.position))
        self.last = next_step(self.plan, inbound(), self.world, MONDAY, kept, outcome, took)


@pytest.mark.feature("RING-5")
def test_the_free_ones_ring_and_the_busy_ones_do_not():
    caller = Caller(replace(EVERYBODY, people={"alice": TALKS}))
    assert caller.rung == {"bruno", "chloe"} and caller.step.seconds == 15
    assert caller.step.group_id == "sales"


@pytest.mark.feature("RING-5")
def test_a_caller_waits_while_everybody_talks_and_is_served_when_their_turn_comes():
    caller = Caller(ALL_TALK)
    assert isinstance(caller.step, Wait) and caller.codes[-1] == "queue_waits"
    assert (caller.step.seconds, caller.step.pause) == (100, 0)
    caller.goes_on(Outcome.DONE, 30.0, replace(ALL_TALK, people={"alice": TALKS, "bruno": TALKS}))
    assert caller.rung == {"chloe"} and "queue_turn" in caller.codes
    caller.goes_on(Outcome.NO_ANSWER, 15.0)
    assert isinstance(caller.step, Wait) and caller.codes == ["no_answer", "queue_waits_on"]
    assert (caller.step.seconds, caller.step.pause) == (55, 5)
    caller.goes_on(Outcome.NO_ANSWER)
    assert isinstance(caller.step, TakeMessage) and "queue_over" in caller.codes


@pytest.mark.feature("RING-5")
def test_who_comes_later_waits_behind_the_others_though_somebody_is_free():
    caller = Caller(replace(EVERYBODY, waiting={"sales": 1}))
    assert isinstance(caller.step, Wait) and "queue_behind" in caller.codes
    assert isinstance(Caller(replace(EVERYBODY, waiting={"other": 9})).step, Ring)


@pytest.mark.feature("RING-5")
def test_a_full_queue_is_passed_at_once():
    caller = Caller(replace(ALL_TALK, waiting={"sales": 2}))
    assert isinstance(caller.step, TakeMessage) and "queue_full" in caller.codes


@pytest.mark.feature("RING-5", "RING-6")
@pytest.mark.parametrize("waiting", [{}, {"sales": 1}])
def test_nobody_waits_for_people_who_are_not_there(waiting: dict[str, int]):
    gone = dict.fromkeys(("alice", "bruno"), PersonNow(day=DayState.ENDED))
    world = World(
        registered=frozenset({"alice-desk", "bruno-desk"}),
        lines_up=NOBODY.lines_up,
        people=gone,
        waiting=waiting,
    )
    caller = Caller(world)
    assert isinstance(caller.step, TakeMessage)
    assert [code for code in caller.codes if code in ("day_ended", "nobody_registered")] == [
        "day_ended",
        "day_ended",
        "nobody_registered",
    ]
    assert "queue_nobody" in caller.codes


@pytest.mark.feature("RING-5")
def test_who_waits_goes_on_at_once_when_the_last_leaves():
    caller = Caller(ALL_TALK)
    caller.goes_on(Outcome.UNREACHABLE, 7.0, NOBODY)
    assert isinstance(caller.step, TakeMessage) and "queue_nobody" in caller.codes


@pytest.mark.feature("RING-5")
def test_in_turn_each_free_member_is_rung_once_before_anybody_twice():
    office = changed(OFFICE, "groups", "sales", order=GroupOrder.ROUND_ROBIN)
    caller = Caller(replace(EVERYBODY, people={"bruno": TALKS}), office)
    met = []
    for _ in range(3):
        met += sorted(caller.rung)
        world = replace(caller.world, last_rung={"sales": met[-1]})
        caller.goes_on(Outcome.NO_ANSWER, 2.0, world)
        assert isinstance(caller.step, Wait)
        caller.goes_on(Outcome.DONE, 5.0)
    assert met == ["alice", "chloe", "alice"]


@pytest.mark.feature("RING-5")
def test_every_step_costs_patience_so_that_each_call_ends():
    caller = Caller()
    steps = 0
    while isinstance(caller.step, Ring | Wait):
        caller.goes_on(Outcome.DECLINED if isinstance(caller.step, Ring) else Outcome.DONE, 0.0)
        steps += 1
    assert isinstance(caller.step, TakeMessage) and steps == 100


@pytest.mark.feature("RING-5", "TIME-5")
def test_the_explanation_goes_the_same_way():
    found = explain(compile_plan(OFFICE), inbound(), ALL_TALK, MONDAY)
    assert [type(each.step) for each in found.decisions] == [Wait, TakeMessage]
    free = explain(compile_plan(OFFICE), inbound(), EVERYBODY, MONDAY)
    assert [type(each.step) for each in free.decisions] == [Ring, Wait, TakeMessage]


@pytest.mark.feature("RING-5", "OUT-6")
def test_who_waits_may_press_1_and_is_called_by_the_group():
    caller = Caller(ALL_TALK, offering())
    assert caller.step.call_back
    caller.goes_on(Keys("1"), 20.0)
    step = caller.step
    assert isinstance(step, KeepCallBack) and "call_back_wanted" in caller.codes
    assert (step.number, step.number_id, step.group_id) == (CALLER, "main", "sales")
    caller.goes_on(Outcome.DONE, 5.0)
    assert isinstance(caller.step, HangUp)


@pytest.mark.feature("RING-5", "OUT-6")
def test_who_cannot_be_kept_waits_on_for_the_time_they_had_left():
    caller = Caller(ALL_TALK, offering())
    caller.goes_on(Keys("1"), 20.0)
    caller.goes_on(Outcome.UNREACHABLE, 5.0)
    assert isinstance(caller.step, Wait) and caller.codes == ["call_back_not_kept", "queue_waits_on"]
    assert caller.step.seconds == 80
    free = replace(ALL_TALK, people={"alice": TALKS})
    caller.goes_on(Outcome.DONE, 10.0, free)
    assert caller.rung == {"bruno", "chloe"}


@pytest.mark.feature("RING-5", "OUT-6")
def test_nobody_is_offered_what_is_not_wanted_or_not_possible():
    assert not Caller(ALL_TALK).step.call_back
    withheld = next_step(compile_plan(offering()), inbound(""), ALL_TALK, MONDAY)
    assert isinstance(withheld.step, Wait) and not withheld.step.call_back


def offering():
    """The office whose queue offers call-backs."""
    queue = QUEUE.model_copy(update={"offer_call_back": True})
    return changed(OFFICE, "groups", "sales", queue=queue)
