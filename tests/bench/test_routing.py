"""What a decision, a plan and the checks of a year cost in the largest office: printed, never asserted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance.configuration.checks import problems
from appliance.control.hours_checks import hour_problems
from appliance.routing.all_well import all_well
from appliance.routing.decide import next_step
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import compile_plan
from appliance.routing.steps import HangUp, Outcome
from tests.support.large_office import NUMBERS, large_office, number_of

pytestmark = pytest.mark.bench

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))


def median(work: Callable[[], object], times: int) -> float:
    """The median of so many runs, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def test_what_a_decision_takes_of_100_microseconds() -> None:
    office = large_office()
    assert problems(office) == ()
    plan, world = compile_plan(office), all_well(office)
    plan.prepare(NOW)
    taken = []
    for place in range(NUMBERS):
        facts = Facts(Direction.INBOUND, "+33639981234", "", number_of(place), f"l{place % 4}")
        for hours in range(0, 24 * 7, 5):
            now, position, outcome = NOW + timedelta(hours=hours), None, None
            while True:
                started = time.perf_counter()
                decision = next_step(plan, facts, world, now, position, outcome)
                taken.append(time.perf_counter() - started)
                if isinstance(decision.step, HangUp):
                    break
                position, outcome = decision.position, Outcome.NO_ANSWER
    typical = statistics.median(taken) * 1e6
    worst = statistics.quantiles(taken, n=100)[98] * 1e6
    share = typical / 100
    print(f"\nnext_step: {typical:.0f} µs median ({share:.0%}), {worst:.0f} µs p99, {len(taken)} decisions")


def test_what_a_plan_takes_of_200_milliseconds() -> None:
    office = large_office()
    compiled = median(lambda: compile_plan(office), 7) * 1e3
    plan = compile_plan(office)
    print(f"\ncompile_plan: {compiled:.1f} ms median ({compiled / 200:.0%}), {len(plan.nodes)} nodes")


def test_what_the_checks_before_saving_take_of_a_second() -> None:
    office = large_office()
    checked = median(lambda: problems(office), 5) * 1e3
    hours = median(lambda: hour_problems(office, NOW), 5) * 1e3
    assert hour_problems(office, NOW) == ()
    share = (checked + hours) / 1000
    print(f"\nchecks: {checked:.1f} ms; every hour of a year: {hours:.1f} ms ({share:.0%})")
