"""Calls that leave: by which lines, best first, and which number each of them shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from appliance import numbers
from appliance.routing.facts import Direction, Facts
from appliance.routing.limits import BARRED
from appliance.routing.nodes import RingNode
from appliance.routing.plan import Plan, PresentedNumber
from appliance.routing.steps import ExternalTarget
from appliance.routing.trail import Reason
from appliance.routing.world import World

# The reasons of a trail that the office hears of at once.
ALERTING = frozenset({"emergency_called", "emergency_not_carried", "number_unknown", *BARRED})


def who_calls(facts: Facts) -> str:
    """Who makes a call, in a few characters."""
    number = f" ({facts.caller})" if facts.caller and facts.caller_name else facts.caller
    return f"{facts.caller_name}{number}" or "?"


def external_target(
    plan: Plan, node: RingNode, number: str, person_id: str | None, facts: Facts, world: World
) -> ExternalTarget | None:
    """A number outside with the lines to reach it by; None when no line may carry it now."""
    if node.only_line:
        return _to_other_pbx(plan, node.only_line, number, facts, world)
    shown = shown_number(plan, facts)
    line_ids = lines_for(plan, world, facts, _first_line(plan, facts, shown), node.any_line)
    if not line_ids:
        return None
    who = None if node.any_line else _who_shows(facts)
    shown_on = tuple(_shown_on(plan, line_id, shown, who) for line_id in line_ids)
    withheld = facts.withheld and not node.any_line
    target = ExternalTarget(number, person_id, line_ids, shown_on, node.any_line, withheld)
    mobile = _mobile(plan, node, facts)
    if mobile:
        callers = tuple(mobile if line_id in plan.passes_mobiles else None for line_id in line_ids)
        return replace(target, callers_on=callers if any(callers) else ())
    return _sent_on(plan, node, facts, target)


def _mobile(plan: Plan, node: RingNode, facts: Facts) -> str | None:
    """The mobile that is to be shown instead of a number of ours, if it is (OUT-2).

    Emergency services see the office's number, and whoever is called back sees the one they called.
    """
    outside = facts.direction is Direction.OUTBOUND and not (node.any_line or node.only_line)
    if not outside or facts.withheld or facts.shows:
        return None
    return plan.mobiles.get(facts.caller_person_id or "")


def _to_other_pbx(plan: Plan, line_id: str, number: str, facts: Facts, world: World) -> ExternalTarget | None:
    """An extension of another phone system, which sees ours."""
    if line_id not in world.lines_up or line_id in world.lines_full:
        return None
    ours = plan.shown_by_line.get(line_id)
    shown_on, callers_on = (ours.number if ours else None,), (facts.caller or None,)
    return ExternalTarget(number, None, (line_id,), shown_on, withheld=facts.withheld, callers_on=callers_on)


def _sent_on(plan: Plan, node: RingNode, facts: Facts, target: ExternalTarget) -> ExternalTarget:
    """The target of a call that leaves again (FWD-7): a line that may shows the caller's own number."""
    if facts.direction is Direction.OUTBOUND or node.any_line:
        return target
    inbound = facts.direction is Direction.INBOUND and (not facts.caller or numbers.is_e164(facts.caller))
    callers = tuple(
        facts.caller if inbound and line_id in plan.shows_callers else None for line_id in target.line_ids
    )
    called = facts.called if facts.called in plan.number_ids else ""
    diverted_by = called or ((target.presented or "") if node.redirected else "")
    return replace(
        target,
        callers_on=callers if any(each is not None for each in callers) else (),
        diverted_by=diverted_by,
        redirected=node.redirected,
    )


def wishes(plan: Plan, node: RingNode, facts: Facts, world: World) -> Iterator[Reason]:
    """What was dialled besides the number, a short number or a line; and what is shown to those called."""
    if facts.short:
        number = numbers.national(facts.called, plan.country)
        yield Reason("short_number", {"code": facts.short, "number": number})
    if facts.counted_as:
        yield Reason("other_pbx_calls_out", {"line": plan.line_names.get(facts.line_id or "", "")})
    line = plan.line_names.get(facts.chosen_line_id or "")
    if line is not None and not plan.is_there(node.only_line or "", facts.called):
        yield Reason("line_chosen", {"line": line})
    if facts.withheld and not node.any_line:
        yield Reason("number_withheld")
    elif facts.direction is Direction.OUTBOUND and not (node.any_line or node.only_line):
        yield from _why_shown(plan, node, facts, world)


def _why_shown(plan: Plan, node: RingNode, facts: Facts, world: World) -> Iterator[Reason]:
    """Why the first line shows the number that it shows, where somebody chose it."""
    shown = shown_number(plan, facts)
    lines = lines_for(plan, world, facts, _first_line(plan, facts, shown), False)
    if not lines:
        return
    line, mobile = lines[0], _mobile(plan, node, facts)
    if mobile is not None and line in plan.passes_mobiles:
        yield Reason("mobile_shown", {"number": numbers.national(mobile, plan.country)})
        return
    if mobile is not None:
        yield Reason("mobile_not_passed", {"line": plan.line_names[line]})
    if _shown_on(plan, line, shown, _who_shows(facts)) is None and line in plan.shown_by_line:
        yield Reason("no_number_shown", {"person": facts.caller_name, "line": plan.line_names[line]})
    elif shown is not None and not facts.shows:
        number = numbers.national(shown.number, plan.country)
        code = "chosen_number_shown" if shown.line_id == line else "chosen_number_elsewhere"
        yield Reason(code, {"number": number, "person": facts.caller_name, "line": plan.line_names[line]})


def shown_number(plan: Plan, facts: Facts) -> PresentedNumber | None:
    """The number of ours shown to somebody outside.

    The one that was called, or that is chosen for its forwards (OUT-8); or the one of the person who calls.
    """
    if facts.direction is Direction.INBOUND:
        called = facts.called if facts.called in plan.number_ids else None
        chosen = plan.forwards_show.get(facts.called)
        return chosen or (PresentedNumber(called, facts.line_id or "") if called else None)
    return _wished_number(plan, facts) or plan.shown_by_person.get(facts.caller_person_id or "")


def _wished_number(plan: Plan, facts: Facts) -> PresentedNumber | None:
    """The number that is to be shown instead of the person's, if they may show it (OUT-1, OUT-4)."""
    if not facts.shows or not plan.may_show(facts.caller_person_id, facts.shows):
        return None
    every = (number for own in plan.numbers_by_line.values() for number in own)
    return next((number for number in every if number.number == facts.shows), None)


def lines_for(plan: Plan, world: World, facts: Facts, first: str | None, any_line: bool) -> tuple[str, ...]:
    """The lines to try, best first (OUT-9): `first`, then the office's order.

    With `any_line`, those that are full or thought to be down come after the others.
    """
    usable = lines_outside(plan, facts)
    up = [line for line in usable if line in world.lines_up and line not in world.lines_full]
    up.sort(key=lambda line: line != first)
    if any_line:
        up.extend(line for line in usable if line not in up)
    return tuple(up)


def lines_outside(plan: Plan, facts: Facts) -> tuple[str, ...]:
    """The lines that may carry a call, in the office's order; never back to the system that makes it."""
    return tuple(line for line in plan.line_ids if not facts.counted_as or line != facts.line_id)


def _who_shows(facts: Facts) -> str | None:
    """The person who shows a number; empty for whoever calls from another phone system."""
    return "" if facts.counted_as else facts.caller_person_id


def _first_line(plan: Plan, facts: Facts, shown: PresentedNumber | None) -> str | None:
    """The line preferred: the chosen one, the person's own, or that of the number shown."""
    if facts.chosen_line_id in plan.line_ids:
        return facts.chosen_line_id
    preferred = plan.line_by_person.get(facts.caller_person_id or "")
    return preferred or (shown.line_id if shown else None)


def _shown_on(plan: Plan, line_id: str, shown: PresentedNumber | None, person_id: str | None) -> str | None:
    """What a line shows: providers refuse numbers that are not theirs, so another line shows its own.

    Nobody shows a number that they may not show (OUT-1, OUT-4), save to the emergency services.
    """
    if shown is not None and shown.line_id == line_id:
        return shown.number
    for own in plan.numbers_by_line.get(line_id, ()):
        if person_id is None or plan.may_show(person_id, own.number):
            return own.number
    return None
