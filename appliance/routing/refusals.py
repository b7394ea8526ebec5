"""Refusals: why somebody who could be reached is not to be rung (RING-6, RING-7, FWD-6)."""

from __future__ import annotations

from datetime import datetime

from appliance.configuration.destinations import RingOutcome
from appliance.routing.by_hours import state_at
from appliance.routing.facts import Facts
from appliance.routing.nodes import Candidate
from appliance.routing.trail import Reason
from appliance.routing.world import DayState, World

_DAY_REASONS = {
    DayState.NOT_STARTED: "day_not_started",
    DayState.ON_BREAK: "on_break",
    DayState.ENDED: "day_ended",
}


def refusal(
    candidate: Candidate, facts: Facts, world: World, now: datetime
) -> tuple[Reason, RingOutcome] | None:
    """Why a candidate is passed over, and what that comes to for the call; None: they may be rung."""
    if candidate.person_id is None:
        return None
    person = {"person": candidate.name}
    if candidate.person_id == facts.caller_person_id:
        return Reason("is_caller", person), RingOutcome.BUSY
    present = world.person(candidate.person_id)
    if present.day is not DayState.STARTED:
        return Reason(_DAY_REASONS[present.day], person), RingOutcome.DECLINED
    if candidate.do_not_disturb and not _passes(candidate, facts):
        return Reason("do_not_disturb", person), RingOutcome.DECLINED
    if present.calls >= candidate.max_calls:
        code = "person_busy" if present.on_a_call else "rung_already"
        return Reason(code, {**person, "calls": str(present.calls)}), RingOutcome.BUSY
    if present.on_a_call and candidate.second_call_elsewhere:
        if state_at(candidate.hours, world, now) in candidate.second_call_elsewhere:
            return Reason("person_busy", person), RingOutcome.BUSY
    return None


def _passes(candidate: Candidate, facts: Facts) -> bool:
    """Whether a caller rings somebody who does not want to be disturbed."""
    is_vip = facts.known is not None and facts.known.vip
    return is_vip or bool(facts.caller and facts.caller in candidate.passes)


def rings_now(candidate: Candidate, world: World, now: datetime) -> Candidate:
    """The candidate less the devices that do not ring at these hours (RING-8)."""
    if not candidate.silent:
        return candidate
    silent = candidate.silent.get(state_at(candidate.hours, world, now), frozenset())
    return candidate.without(silent)
