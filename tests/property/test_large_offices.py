"""The largest offices, of random settings in random worlds: every call ends, and only who may be rung is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import WITHHOLDING, ShortNumber
from appliance.configuration.people import Person
from appliance.routing.asking import MOST_QUESTIONS
from appliance.routing.decide import Decision, next_step
from appliance.routing.dialled import read_dialled
from appliance.routing.facts import Direction, Facts, KnownCaller
from appliance.routing.graph import graph
from appliance.routing.nodes import QueueNode
from appliance.routing.plan import Plan, compile_plan
from appliance.routing.steps import (
    Announce,
    Ask,
    Ended,
    ExternalTarget,
    HangUp,
    Keys,
    Outcome,
    Ring,
    Tone,
    Wait,
)
from appliance.routing.world import DayState, PersonNow, World
from tests.property import offices, saved_offices
from tests.property.test_routing_paths import lies_on

MOST_PEOPLE, MOST_GROUPS, MOST_NUMBERS = 60, 20, 30
CALLS_OF_AN_OFFICE = 25
PREFIXES = ("801", "*123*", "#9")
SHORT_NUMBERS = tuple(
    ShortNumber(code=code, name="Taxi", number=offices.OUTSIDE) for code in ("55", "*5", "#7")
)
EMERGENCIES = ("15", "112", "18", "116117")
ENDS = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.DECLINED, Outcome.UNREACHABLE, Outcome.DONE)
WAITS = (Outcome.DONE, Outcome.NO_ANSWER, Outcome.UNREACHABLE)


@contextmanager
def of_size(people: int, groups: int, numbers: int) -> Iterator[None]:
    """The builders of `offices` make offices of that size meanwhile."""
    sizes = {"PEOPLE": ("p", people), "GROUPS": ("g", groups), "NUMBERS": ("n", numbers)}
    with pytest.MonkeyPatch.context() as patch:
        for name, (letter, count) in sizes.items():
            patch.setattr(offices, name, tuple(f"{letter}{place}" for place in range(count)))
        yield


def large_office(chance: Random) -> Configuration:
    """An office of up to the largest size that may be saved."""
    size = [chance.randint(most // 2, most) for most in (MOST_PEOPLE, MOST_GROUPS, MOST_NUMBERS)]
    with of_size(*size):
        office = saved_offices.saved_office(chance.randrange(2**48))
    return next(each for each in (with_dialling(chance, office), office) if not problems(each))


def with_dialling(chance: Random, office: Configuration) -> Configuration:
    """The same with a prefix for each line and short numbers for everybody, which may hide something."""
    for line, prefix in zip(office.lines.values(), chance.sample(PREFIXES, len(PREFIXES)), strict=False):
        office = office.with_record("lines", line.id, line.model_copy(update={"prefix": prefix}))
    outbound = office.outbound.model_copy(update={"short_numbers": SHORT_NUMBERS})
    return office.with_singleton("outbound", outbound)


def world_of(chance: Random, office: Configuration) -> World:
    """A moment of that office: anybody may be away, on a call or gone, any line down."""
    people = list(office.people)

    def some(values: object, share: float) -> frozenset[str]:
        return frozenset(each for each in values if chance.random() < share)  # type: ignore[attr-defined]

    return World(
        registered=some(office.phones, chance.choice((0.0, 0.5, 0.9, 1.0))),
        busy=some(people, chance.choice((0.0, 0.2, 0.9))),
        lines_up=some(office.lines, chance.choice((0.0, 0.7, 1.0))),
        lines_full=some(office.lines, 0.1),
        clock_trusted=chance.random() < 0.9,
        emergency_lately=chance.random() < 0.1,
        failures=some(("disk", "settings", "media"), 0.1),
        people={each: person_now(chance) for each in people if chance.random() < 0.6},
        last_rung={each: chance.choice(people) for each in office.groups if chance.random() < 0.5},
        idle_since={each: chance.uniform(0, 2e9) for each in people if chance.random() < 0.5},
        number_calls={each: chance.randint(0, 4) for each in office.numbers if chance.random() < 0.5},
        waiting={each: chance.randint(0, 50) for each in office.groups if chance.random() < 0.5},
    )


def person_now(chance: Random) -> PersonNow:
    return PersonNow(
        ringing=chance.choice((0, 0, 1, 2)),
        talking=chance.choice((0, 0, 1, 2)),
        holding=chance.choice((0, 0, 1)),
        day=chance.choice((DayState.STARTED, DayState.STARTED, *DayState)),
    )


def call_of(chance: Random, office: Configuration) -> Facts:
    """Somebody calls: from outside, a colleague, or somebody inside who calls out."""
    caller = chance.choice(list(office.people.values()))
    if chance.random() < 0.5:
        owner = chance.choice((None, "gone", *office.people))
        known = KnownCaller("c1", "Zoé", owner, chance.random() < 0.5) if chance.random() < 0.4 else None
        number = chance.choice(list(office.numbers.values()))
        outsider = chance.choice(("", "+33612345678", offices.OUTSIDE, "+33162123456"))
        return Facts(Direction.INBOUND, outsider, "", number.number, number.line_id, known=known)
    short = [each.code for each in (*caller.short_numbers, *office.outbound.short_numbers)] or ["3900"]
    other = ("*43", "999", offices.OUTSIDE, *EMERGENCIES)
    meant = chance.choice((tuple(office.extensions()), short, other))
    return dialled_call(chance, office, caller, chance.choice(meant))


def dialled_call(chance: Random, office: Configuration, caller: Person, meant: str) -> Facts:
    """Somebody inside dials that, maybe after the prefix of a line, or hiding their number."""
    prefixes = [line.prefix for line in office.lines.values() if line.prefix and line.enabled]
    before = chance.choice(("", "", "", *WITHHOLDING[:1])) + chance.choice(("", "", *prefixes))
    dialled = read_dialled(office, before + meant, caller.id)
    return Facts(
        Direction.INTERNAL if dialled.internal else Direction.OUTBOUND,
        caller.extension,
        caller.name,
        dialled.called,
        caller_person_id=caller.id,
        withheld=dialled.withheld,
        chosen_line_id=dialled.line_id,
        short=dialled.short,
    )


def outcome_of(chance: Random, decision: Decision) -> Ended:
    """How the step before has ended."""
    if isinstance(decision.step, Wait):
        return chance.choice(WAITS)
    if isinstance(decision.step, Ask):
        return Keys(chance.choice(("", "55", *sorted(decision.step.answers))))
    return chance.choice(ENDS)


def followed(
    plan: Plan, office: Configuration, call: Facts, chance: Random
) -> Iterator[tuple[World, Decision]]:
    """Each decision of a call to its end, the world changing at each; fails when it has none."""
    drawing = graph(plan, plan.entry(call))
    queues = sum(isinstance(node, QueueNode) for node in plan.nodes.values())
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(525_000))
    decision: Decision | None = None
    for _ in range(2 * (len(plan.nodes) + 1) + MOST_QUESTIONS * 20 + 61 * queues):
        before = decision.position if decision else None
        ended = outcome_of(chance, decision) if decision else None
        world = world_of(chance, office)
        decision = next_step(plan, call, world, now, before, ended, chance.uniform(0, 100))
        lies_on(drawing, decision, before.node if before else None)
        yield world, decision
        if isinstance(decision.step, HangUp):
            return
    pytest.fail(f"the path of {call} does not end")


def may_be_rung(plan: Plan, office: Configuration, call: Facts, world: World, step: Ring) -> None:
    """Fails when the step rings somebody who may not be rung, or carries help anywhere but to a line."""
    assert step.targets and step.seconds > 0
    for target in step.targets:
        person = office.people.get(target.person_id or "")
        if person is not None:
            vip = call.known is not None and call.known.vip
            assert not person.do_not_disturb or call.caller in person.do_not_disturb_except or vip
            assert world.person(person.id).calls < person.max_calls
            assert world.person(person.id).day is DayState.STARTED
            assert person.id != call.caller_person_id
        if isinstance(target, ExternalTarget):
            assert target.line_ids and set(target.line_ids) <= set(plan.line_ids)
        else:
            assert target.phone_id in world.registered and office.phones[target.phone_id].enabled


@pytest.mark.feature("RING-5", "RING-6", "FWD-7", "OUT-9")
@settings(max_examples=max(6, settings().max_examples // 6))
@given(st.integers(0, 2**48))
def test_every_call_of_a_large_office_ends_and_rings_only_who_may_be_rung(seed: int) -> None:
    chance = Random(seed)
    office = large_office(chance)
    plan = compile_plan(office)
    for _ in range(CALLS_OF_AN_OFFICE):
        call = call_of(chance, office)
        for world, decision in followed(plan, office, call, chance):
            if isinstance(decision.step, Ring):
                may_be_rung(plan, office, call, world, decision.step)


@pytest.mark.feature("OUT-3", "OUT-9", "OUT-10", "OUT-11")
@settings(max_examples=max(6, settings().max_examples // 6))
@given(st.integers(0, 2**48))
def test_an_emergency_call_of_a_large_office_goes_to_lines_alone(seed: int) -> None:
    chance = Random(seed)
    office = large_office(chance)
    plan = compile_plan(office)
    for called in EMERGENCIES:
        caller = chance.choice(list(office.people.values()))
        call = dialled_call(chance, office, caller, called)
        assert (call.direction, call.called) == (Direction.OUTBOUND, called)
        steps = [decision.step for _, decision in followed(plan, office, call, chance)]
        assert isinstance(steps[0], Ring) == bool(plan.line_ids)
        for step in steps:
            assert isinstance(step, Ring | Announce | Tone | HangUp)
            if isinstance(step, Ring):
                (target,) = step.targets
                assert isinstance(target, ExternalTarget) and target.number == called
                assert set(target.line_ids) == set(plan.line_ids)
