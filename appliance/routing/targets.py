"""Targets: who of a node's candidates can be rung at this moment, and why the others are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from appliance import numbers
from appliance.configuration.destinations import RingOutcome
from appliance.routing.facts import Facts
from appliance.routing.forwarding import in_force
from appliance.routing.introductions import introduction
from appliance.routing.limits import barred_number
from appliance.routing.nodes import Candidate, RingNode
from appliance.routing.outbound import external_target, lines_outside
from appliance.routing.plan import Plan
from appliance.routing.refusals import refusal, rings_now
from appliance.routing.steps import Introduction, PhoneTarget, Target
from appliance.routing.trail import Reason
from appliance.routing.world import World

# The outcome told when several ended differently: the first of these.
TELLING = (RingOutcome.DECLINED, RingOutcome.BUSY, RingOutcome.NO_ANSWER, RingOutcome.UNREACHABLE)
_NO_LINE_REASONS = frozenset({"no_line", "lines_down", "lines_full", "other_pbx_down"})


@dataclass(frozen=True, slots=True)
class Found:
    """Whom to ring, their names, and the reasons of those passed over.

    `asked`: the names of those who must press 1. `outcome` is what it comes to when there is no target;
    `no_line`: for want of a line.
    """

    targets: tuple[Target, ...]
    names: tuple[str, ...]
    asked: tuple[str, ...]
    passed_over: tuple[Reason, ...]
    outcome: RingOutcome
    no_line: bool


def find_targets(plan: Plan, node: RingNode, facts: Facts, world: World, now: datetime) -> Found:
    """The node's targets in this world, each phone and number once."""
    candidates = node.candidates
    if node.dials_called:
        candidates = (Candidate(numbers.national(facts.called, plan.country), external=facts.called),)
    targets: list[Target] = []
    names: list[str] = []
    asked: list[str] = []
    passed_over: list[Reason] = []
    outcomes: list[RingOutcome] = []
    for each in candidates:
        candidate = rings_now(each, world, now)
        refused = _signed_out(node, each, world) or refusal(each, facts, world, now)
        refused = refused or _forwards(plan, each, world, now)
        if refused is None and not (candidate.phones or candidate.external) and candidate is not each:
            refused = Reason("devices_off", {"person": each.name}), RingOutcome.NO_ANSWER
        own = [] if refused else list(_targets(plan, node, candidate, facts, world))
        if own:
            targets.extend(own)
            names.append(candidate.name)
            if any(target.introduction and target.introduction.ask for target in own):
                asked.append(candidate.name)
            continue
        reason, outcome = refused or (
            _why_unreachable(plan, node, candidate, facts, world),
            RingOutcome.UNREACHABLE,
        )
        passed_over.append(reason)
        outcomes.append(outcome)
    return Found(
        targets=tuple(dict.fromkeys(targets)),
        names=tuple(names),
        asked=tuple(asked),
        passed_over=tuple(passed_over),
        outcome=min(outcomes, key=TELLING.index, default=RingOutcome.UNREACHABLE),
        no_line=any(reason.code in _NO_LINE_REASONS for reason in passed_over),
    )


def _signed_out(node: RingNode, candidate: Candidate, world: World) -> tuple[Reason, RingOutcome] | None:
    """Why a member who has signed out of the group is passed over (RING-5)."""
    if candidate.person_id is None or not node.group_id:
        return None
    if node.group_id not in world.person(candidate.person_id).signed_out:
        return None
    parameters = {"person": candidate.name, "group": node.label.get("name", "")}
    return Reason("signed_out", parameters), RingOutcome.DECLINED


def _forwards(
    plan: Plan, candidate: Candidate, world: World, now: datetime
) -> tuple[Reason, RingOutcome] | None:
    """Why a member who forwards their calls is passed over: a forward never takes a group's call (RING-9)."""
    scheduled = world.clock_trusted and in_force(candidate.scheduled, plan.zone_name, now) is not None
    if candidate.forward_active or scheduled:
        return Reason("forwards_elsewhere", {"person": candidate.name}), RingOutcome.DECLINED
    return None


def _targets(
    plan: Plan, node: RingNode, candidate: Candidate, facts: Facts, world: World
) -> Iterator[Target]:
    for phone in candidate.phones:
        if phone in world.registered:
            told = _introduction(plan, node, candidate, facts, False)
            yield PhoneTarget(phone, candidate.person_id or "", told, redirected=node.redirected)
    number = candidate.external
    if number is None or number == facts.caller:
        return
    if not (node.any_line or node.only_line) and barred_number(plan.limits, number, plan.country) is not None:
        return
    target = external_target(plan, node, number, candidate.person_id, facts, world)
    if target is not None:
        told = _introduction(plan, node, candidate, facts, candidate.confirm)
        yield replace(target, introduction=told)


def _introduction(
    plan: Plan, node: RingNode, candidate: Candidate, facts: Facts, asked_outside: bool
) -> Introduction | None:
    called = plan.number_names.get(facts.called, "")
    return introduction(node.handover, facts, called, plan.country, candidate.language, asked_outside)


def _why_unreachable(plan: Plan, node: RingNode, candidate: Candidate, facts: Facts, world: World) -> Reason:
    person = {"person": candidate.name}
    if candidate.external is not None and candidate.external == facts.caller:
        return Reason("is_caller", person)
    if node.only_line:
        return Reason("other_pbx_down", {"line": plan.line_names.get(node.only_line, "")})
    if candidate.external is not None and not candidate.phones:
        barred = barred_number(plan.limits, candidate.external, plan.country)
        if barred is not None:
            return barred
        lines = lines_outside(plan, facts)
        if any(line in world.lines_up for line in lines):
            return Reason("lines_full")
        return Reason("lines_down" if lines else "no_line")
    return Reason("nobody_registered" if candidate.phones else "no_phone", person)


def why_turn(node: RingNode) -> list[Reason]:
    """Why a node of turns rings the one it does."""
    assert node.turns is not None
    return [Reason(f"turn_{node.turns.order}", {"person": each.name}) for each in node.candidates]


def rung(node: RingNode) -> str:
    """Who was rung: whose turn it was, else the name of the person or the group."""
    return node.candidates[0].name if node.turns is not None else node.label.get("name", "")
