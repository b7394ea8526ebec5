"""Every decision lies on the drawn path, every path ends, and none ends in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.configuration.answering import HumanAnswer
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.files import from_document, to_document
from appliance.configuration.people import Person
from appliance.configuration.shown_numbers import may_show
from appliance.routing.asking import MOST_QUESTIONS
from appliance.routing.decide import Decision, Position, next_step
from appliance.routing.explain import Explanation, explain, sentences
from appliance.routing.facts import Direction, Facts
from appliance.routing.graph import CONDITIONS, KINDS, Graph, graph
from appliance.routing.nodes import QueueNode
from appliance.routing.plan import LOOP, Plan, compile_plan
from appliance.routing.steps import (
    Announce,
    Ask,
    Ended,
    ExternalTarget,
    HangUp,
    KeepCallBack,
    Keys,
    Outcome,
    PhoneTarget,
    Ring,
    TakeMessage,
    Tone,
    Wait,
)
from appliance.routing.trail import REASONS
from appliance.routing.world import DayState, World
from tests.property.offices import OUTSIDE, offices
from tests.property.saved_offices import saved_offices
from tests.property.worlds import facts, inbound_facts, inside_facts, moments, worlds

ring_outcomes = st.sampled_from(
    (
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.DECLINED,
        Outcome.UNREACHABLE,
        Outcome.NO_SUCH_NUMBER,
        Outcome.DONE,
    )
)


def lies_on(drawing: Graph, decision: Decision, came_from: str | None) -> None:
    """Fails unless the decision passes only nodes and edges of the drawing, each leading to the next."""
    nodes = {node.id for node in drawing.nodes}
    edges = {edge.id: edge for edge in drawing.edges}
    at = came_from or drawing.nodes[0].id
    for entry in decision.trail:
        assert entry.node in nodes
        assert entry.node == at
        if entry.edge is not None:
            edge = edges[entry.edge]
            assert edge.source == entry.node
            at = edge.target
    assert decision.position.node == at


@pytest.mark.feature("TIME-5")
@given(offices | saved_offices, facts, st.data())
def test_decisions_lie_on_the_drawn_path_which_ends(
    configuration: Configuration, call: Facts, data: st.DataObject
) -> None:
    plan = compile_plan(configuration)
    drawing = graph(plan, plan.entry(call))
    decision: Decision | None = None
    # Each question may lead back once; without keys no path comes back to where it was.
    # Each step in a queue costs a second at least, of a minute at most; a call-back not kept follows it.
    queues = sum(isinstance(node, QueueNode) for node in plan.nodes.values())
    for _ in range(2 * (len(plan.nodes) + 1) + MOST_QUESTIONS * 20 + 122 * queues):
        before = decision.position if decision else None
        outcome = _outcome(data, decision) if decision else None
        took = data.draw(st.none() | st.floats(0, 100))
        # Between two steps the world, and even the hour, may change.
        decision = next_step(plan, call, data.draw(worlds), data.draw(moments), before, outcome, took)
        lies_on(drawing, decision, before.node if before else None)
        kept = Position(*json.loads(json.dumps(decision.position)))
        assert kept == decision.position
        if isinstance(decision.step, HangUp):
            return
    pytest.fail("the path does not end")


def _outcome(data: st.DataObject, decision: Decision) -> Ended:
    if isinstance(decision.step, KeepCallBack):
        return data.draw(st.sampled_from((Outcome.DONE, Outcome.UNREACHABLE)))
    if isinstance(decision.step, Wait):
        keys = (Keys("1"),) if decision.step.call_back else ()
        return data.draw(st.sampled_from((Outcome.DONE, Outcome.NO_ANSWER, Outcome.UNREACHABLE, *keys)))
    if not isinstance(decision.step, Ask):
        return data.draw(ring_outcomes)
    return Keys(data.draw(st.sampled_from(("", "55", *sorted(decision.step.answers)))))


@given(saved_offices, inbound_facts, worlds, moments, ring_outcomes)
def test_no_caller_meets_silence(
    configuration: Configuration, call: Facts, world: World, now: datetime, outcome: Outcome
) -> None:
    plan = compile_plan(configuration)
    explanation = explain(plan, call, world, now, outcome)
    last = explanation.decisions[-1]
    chosen = plan.nodes[last.position.node].kind
    # Of a number that is not ours the operator tells the caller, for nothing.
    assert isinstance(last.step, Announce | TakeMessage | Tone) or chosen in {"hang_up", "unknown"}


@pytest.mark.feature("RING-6", "RING-7", "RING-8", "FWD-6")
@given(offices, facts, worlds, moments)
def test_rings_only_who_can_be_rung(
    configuration: Configuration, call: Facts, world: World, now: datetime
) -> None:
    plan = compile_plan(configuration)
    for decision in explain(plan, call, world, now).decisions:
        if not isinstance(decision.step, Ring):
            continue
        assert decision.step.targets and decision.step.seconds > 0
        in_queue = isinstance(plan.nodes[decision.position.node], QueueNode)
        for target in decision.step.targets:
            person = configuration.people.get(target.person_id or "")
            if person is not None:
                passes = call.caller in person.do_not_disturb_except or (call.known and call.known.vip)
                assert not person.do_not_disturb or passes
                assert world.person(person.id).calls < person.max_calls
                assert world.person(person.id).day is DayState.STARTED
                assert _kind_of(configuration, target) in _kinds_now(configuration, plan, person, now)
                assert person.id != call.caller_person_id
                assert decision.step.group_id not in world.person(person.id).signed_out
                assert not in_queue or world.person(person.id).calls == 0
            if isinstance(target, ExternalTarget):
                assert target.line_ids
                assert target.number != call.caller
                assert set(target.line_ids) <= set(plan.line_ids)
            else:
                assert target.phone_id in world.registered
                assert configuration.phones[target.phone_id].enabled


@pytest.mark.feature("CONF-1")
@given(offices, facts, worlds, moments)
def test_no_voicemail_outside_takes_a_call_unless_that_is_wanted(
    configuration: Configuration, call: Facts, world: World, now: datetime
) -> None:
    plan = compile_plan(configuration)
    for decision in explain(plan, call, world, now).decisions:
        node = plan.nodes[decision.position.node]
        if not isinstance(decision.step, Ring) or "route:" not in node.id:
            continue
        number = node.id.rpartition("route:")[2].partition("/")[0]
        wanted = configuration.numbers[number].human_answer
        for target in decision.step.targets:
            asked = target.introduction is not None and target.introduction.ask is not None
            if wanted is HumanAnswer.EVERYBODY or node.kind == "backup" and wanted is HumanAnswer.OUTSIDE:
                assert asked
            elif wanted is HumanAnswer.NOBODY or not isinstance(target, ExternalTarget):
                assert not asked


def _kind_of(configuration: Configuration, target: ExternalTarget | PhoneTarget) -> DeviceKind:
    if isinstance(target, ExternalTarget):
        return DeviceKind.EXTERNAL
    return configuration.phones[target.phone_id].kind


def _kinds_now(
    configuration: Configuration, plan: Plan, person: Person, now: datetime
) -> frozenset[DeviceKind]:
    """The kinds of devices on which somebody may be rung at a moment."""
    office = configuration.office
    calendar = person.calendar_id or (office.calendar_id if office else None)
    hours = {each.calendar.id: each for each in plan.hours}.get(calendar or "")
    chosen = person.devices_by_hours
    state = hours.at(now).state if hours else HoursState.OPEN
    if state is HoursState.HOLIDAY and state not in chosen:
        state = HoursState.CLOSED
    return frozenset(chosen.get(state, DeviceKind))


@pytest.mark.feature("FWD-7")
@given(offices, facts, worlds, moments, ring_outcomes)
def test_nobody_sends_a_call_on_twice_in_a_row_of_forwards(
    configuration: Configuration, call: Facts, world: World, now: datetime, outcome: Outcome
) -> None:
    plan = compile_plan(configuration)
    for decision in explain(plan, call, world, now, outcome).decisions:
        sent = [entry.node for entry in decision.trail if entry.reason.code == "forwards_all"]
        assert len(sent) == len(set(sent))


@given(offices)
def test_loops_are_cut_in_the_plan_and_refused_by_the_checks(configuration: Configuration) -> None:
    if LOOP in compile_plan(configuration).nodes:
        assert "route_loops" in {problem.code for problem in problems(configuration)}


@given(saved_offices)
def test_what_may_be_saved_has_no_loop(configuration: Configuration) -> None:
    assert LOOP not in compile_plan(configuration).nodes


@given(offices, facts, worlds, moments)
def test_everything_drawn_and_said_has_words(
    configuration: Configuration, call: Facts, world: World, now: datetime
) -> None:
    plan = compile_plan(configuration)
    drawing = graph(plan, plan.entry(call))
    assert {node.kind for node in drawing.nodes} <= KINDS.keys()
    assert {edge.condition for edge in drawing.edges} <= CONDITIONS.keys()
    for edge in drawing.edges:
        CONDITIONS[edge.condition].format_map(edge.parameters)
    explanation = explain(plan, call, world, now)
    assert {entry.reason.code for entry in explanation.trail} <= REASONS.keys()
    assert all(sentences(explanation))


@given(offices)
def test_an_office_survives_its_file(configuration: Configuration) -> None:
    assert from_document(json.loads(json.dumps(to_document(configuration)))) == configuration


@pytest.mark.feature("BACKUP-1")
@given(saved_offices, inbound_facts, moments)
def test_backup_is_rung_when_no_phone_is_connected(
    configuration: Configuration, call: Facts, now: datetime
) -> None:
    people = {
        key: person.model_copy(
            update={
                "mobile": None,
                "do_not_disturb": False,
                "forward_active": False,
                "scheduled_forwards": (),
                "forwards": {},
                "devices_by_hours": {},
            }
        )
        for key, person in configuration.people.items()
    }
    plan = compile_plan(replace(configuration, people=people))
    number = configuration.numbers.get(plan.number_ids.get(call.called, ""))
    office = configuration.office
    backup = (number and number.backup_number) or (office and office.backup_number)
    assume(number and backup and plan.line_ids)
    explanation = explain(plan, call, World(lines_up=frozenset(configuration.lines)), now)
    somebody = any(node.startswith(("person:", "group:")) and "@route:" in node for node in explanation.nodes)
    elsewhere = any(node.startswith(("number:", "external:", "menu:")) for node in explanation.nodes[1:])
    if somebody and not elsewhere:
        assert backup in set(_dialled(explanation))


def _dialled(explanation: Explanation) -> Iterator[str]:
    for decision in explanation.decisions:
        if isinstance(decision.step, Ring):
            for target in decision.step.targets:
                if isinstance(target, ExternalTarget):
                    yield target.number


@pytest.mark.feature("OUT-9", "OUT-10")
@given(offices, inside_facts, worlds, moments, st.sampled_from(("15", "112", "18", "116117")))
def test_an_emergency_call_goes_to_lines_alone_whatever_is_set(
    configuration: Configuration, call: Facts, world: World, now: datetime, called: str
) -> None:
    plan = compile_plan(configuration)
    explanation = explain(plan, replace(call, called=called), world, now)
    step = explanation.decisions[0].step
    if not plan.line_ids:
        assert isinstance(step, Announce)
        return
    assert isinstance(step, Ring)
    (target,) = step.targets
    assert isinstance(target, ExternalTarget) and target.number == called
    assert set(target.line_ids) == set(plan.line_ids)
    ours = {number.number for number in configuration.numbers.values()}
    assert set(target.shown_on) <= {*ours, None}


@pytest.mark.feature("OUT-1", "OUT-4")
@given(offices, inside_facts, worlds, moments)
def test_nobody_shows_a_number_that_they_may_not(
    configuration: Configuration, call: Facts, world: World, now: datetime
) -> None:
    caller = configuration.people["p0"]
    outside = replace(call, called=OUTSIDE, direction=Direction.OUTBOUND, caller_person_id=caller.id)
    for decision in explain(compile_plan(configuration), outside, world, now).decisions:
        targets = decision.step.targets if isinstance(decision.step, Ring) else ()
        shown = {number for each in targets if isinstance(each, ExternalTarget) for number in each.shown_on}
        barred = (each for each in configuration.numbers.values() if each.number in shown)
        assert all(may_show(configuration.outbound, caller, each.id) for each in barred)
