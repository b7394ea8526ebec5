"""The one model of reachability: what a person is doing, and whether they may be rung."""

from datetime import datetime

import pytest

from appliance.routing.steps import Ring
from appliance.routing.world import DayState, PersonNow, PersonState, World, day_now
from tests.unit.routing.small_office import EVERYBODY, PARIS, codes, follow, inbound, inside, small_office


def world(**people: PersonNow) -> World:
    return World(EVERYBODY.registered, lines_up=EVERYBODY.lines_up, people=people)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (PersonNow(), PersonState.FREE),
        (PersonNow(connected=False), PersonState.NOT_CONNECTED),
        (PersonNow(do_not_disturb=True, connected=False), PersonState.DO_NOT_DISTURB),
        (PersonNow(day=DayState.ON_BREAK, do_not_disturb=True), PersonState.ON_BREAK),
        (PersonNow(day=DayState.NOT_STARTED), PersonState.NOT_STARTED),
        (PersonNow(day=DayState.ENDED), PersonState.ENDED),
        (PersonNow(ringing=1, day=DayState.ENDED), PersonState.RINGING),
        (PersonNow(holding=1, ringing=1), PersonState.ON_HOLD),
        (PersonNow(talking=1, holding=1), PersonState.TALKING),
    ],
)
@pytest.mark.feature("RING-6")
def test_the_state_of_a_person(now, state):
    assert now.state is state


def test_calls_are_counted_and_who_only_rings_is_not_on_one():
    now = PersonNow(ringing=1, talking=1, holding=1)
    assert now.calls == 3 and now.on_a_call
    assert not PersonNow(ringing=2).on_a_call


def test_who_is_said_to_be_busy_is_on_a_call():
    busy = World(busy=frozenset({"alice"}), people={"alice": PersonNow(ringing=1)})
    assert busy.person("alice") == PersonNow(ringing=1, talking=1)
    assert busy.person("bruno") == PersonNow()


@pytest.mark.feature("RING-6", "STAT-1")
@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (DayState.NOT_STARTED, "day_not_started"),
        (DayState.ON_BREAK, "on_break"),
        (DayState.ENDED, "day_ended"),
    ],
)
def test_who_is_not_at_work_is_not_rung(day, reason):
    first, *_ = follow(small_office(), inbound(), world=world(alice=PersonNow(day=day)))
    assert isinstance(first.step, Ring)
    assert {target.person_id for target in first.step.targets} == {"bruno", "chloe"}
    assert reason in codes([first])


@pytest.mark.feature("RING-6")
def test_nobody_left_leads_on_at_once():
    away = PersonNow(day=DayState.ON_BREAK)
    decisions = follow(small_office(), inbound(), world=world(alice=away, bruno=away, chloe=away))
    assert not any(isinstance(each.step, Ring) for each in decisions)
    assert "message_taken" in codes(decisions)


@pytest.mark.feature("STAT-1")
def test_an_extension_whose_day_is_over_is_not_rung():
    decisions = follow(small_office(), inside("101"), world=world(alice=PersonNow(day=DayState.ENDED)))
    assert not any(isinstance(each.step, Ring) for each in decisions)


@pytest.mark.feature("STAT-1")
@pytest.mark.parametrize(
    ("since", "now", "state"),
    [
        ((24, 9, 0), (24, 23, 59), DayState.STARTED),
        ((24, 9, 0), (25, 3, 59), DayState.STARTED),
        ((24, 9, 0), (25, 4, 0), DayState.NOT_STARTED),
        ((25, 3, 0), (25, 3, 30), DayState.STARTED),
        ((25, 3, 0), (25, 5, 0), DayState.NOT_STARTED),
        ((25, 4, 0), (25, 4, 0), DayState.STARTED),
    ],
)
def test_a_day_that_nobody_ended_is_over_by_night(since, now, state):
    moments = (datetime(2026, 11, *each, tzinfo=PARIS) for each in (since, now))
    assert day_now(DayState.STARTED, *moments) is state
