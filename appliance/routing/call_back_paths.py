"""Call-backs offered on the path of a call: press 1, and somebody calls (OUT-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import RingOutcome, ToCallBack
from appliance.configuration.people import GroupOrder
from appliance.routing.contexts import Context
from appliance.routing.facts import Direction, Facts
from appliance.routing.limits import barred_number
from appliance.routing.nodes import ONWARD, Exit, PlanNode
from appliance.routing.ringing import Ringing
from appliance.routing.steps import Ask, KeepCallBack, Keys, Speech
from appliance.routing.trail import Reason

if TYPE_CHECKING:
    from appliance.routing.plan import Plan

KEY = "1"
WANTED = Keys(KEY)
SECONDS = 6


class Wish(NamedTuple):
    """Who calls back: a person or a ring group; and the number of ours that was called."""

    number_id: str | None = None
    person_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class CallBackNode(PlanNode):
    """Offers to call the caller back; ONWARD for who does not want it, or cannot be called."""

    wish: Wish = Wish()


def call_back_node(
    configuration: Configuration, destination: ToCallBack, place: str, ringing: Ringing, context: Context
) -> Sequence[PlanNode]:
    """The node of such a destination."""
    person = configuration.people.get(destination.person_id or "")
    group = configuration.groups.get(destination.group_id or "")
    named = group or person
    onward = ringing.onward[RingOutcome.NO_ANSWER]
    record = ("groups", group.id) if group else ("people", person.id) if person else None
    number_id = context.number.id if context.number else None
    return [
        CallBackNode(
            id=place,
            kind="call_back",
            label={"name": named.name if named else "", "order": group.order.value if group else ""},
            record=record,
            ways={ONWARD: Exit(f"{place}>{ONWARD}", onward, "no_call_back")},
            wish=Wish(number_id, person.id if person else None, group.id if group else None),
        )
    ]


def why_not(plan: Plan, facts: Facts) -> Reason | None:
    """Why a caller cannot be called back; None when they can.

    A number that costs extra may be shown by anybody: calling it back would cost the office.
    """
    if facts.direction is not Direction.INBOUND:
        return Reason("call_back_inside")
    if not numbers.is_e164(facts.caller) or facts.caller in plan.number_ids:
        return Reason("call_back_no_number")
    if barred_number(plan.limits, facts.caller, plan.country) is not None:
        return Reason("call_back_barred", {"number": numbers.national(facts.caller, plan.country)})
    return None


def wanted(node: PlanNode) -> Reason:
    """That the caller wants it, and in which order the group is asked to make the call (RING-5)."""
    order = node.label.get("order", "")
    code = f"call_back_wanted_{order}" if order not in ("", GroupOrder.TOGETHER) else "call_back_wanted"
    return Reason(code, {"name": node.label["name"]})


def offer(facts: Facts) -> Ask:
    """The question whether they want it."""
    return Ask(Speech(prompt_name="call_back_offer", language=facts.language), frozenset({KEY}), SECONDS)


def keep(wish: Wish, plan: Plan, facts: Facts) -> KeepCallBack:
    """The step once they have pressed 1."""
    said = {"number": numbers.national(facts.caller, plan.country)}
    return KeepCallBack(
        number=facts.caller,
        name=facts.caller_name,
        number_id=wish.number_id,
        person_id=wish.person_id,
        group_id=wish.group_id,
        thanks=Speech(prompt_name="call_back_kept", language=facts.language, parameters=said),
        sorry=Speech(prompt_name="call_back_not_kept", language=facts.language),
    )
