"""The person responsible rings first: for the contact who calls, or for the number called (IN-5, IN-6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.configuration.destinations import RingOutcome, ToExternal, ToPerson
from appliance.configuration.lines import Number, OwnerFirst, PersonUnanswered
from appliance.configuration.people import Person
from appliance.routing.facts import Facts
from appliance.routing.nodes import ONWARD, Exit, PlanNode
from appliance.routing.ringing import Onward, Ringing, everywhere
from appliance.routing.trail import Reason

if TYPE_CHECKING:
    from appliance.routing.contexts import Context
    from appliance.routing.paths import Paths


@dataclass(frozen=True, slots=True)
class OwnerNode(PlanNode):
    """Who is responsible for the call: ways ONWARD, and `person:{id}` to each who may be.

    `number_owner`: the person responsible for the number; None where the contact's counts.
    """

    number_owner: str | None = None


def owner_node(paths: Paths, number: Number, onward: str, context: Context, place: str) -> OwnerNode:
    """The node before the route of open hours; `onward` is the route's first node."""
    ways = {ONWARD: Exit(f"{place}>{ONWARD}", onward, "otherwise")}
    by_contact = number.owner_first is OwnerFirst.CONTACT
    for person in _people(paths, number):
        target = reach_person(paths, person, number.owner_unanswered, onward, context, place)
        way = f"person:{person.id}"
        parameters = {"name": person.name}
        ways[way] = Exit(f"{place}>{way}", target, "responsible", parameters, folded=by_contact)
    return OwnerNode(
        id=place,
        kind="owner",
        label={"name": number.name},
        record=("numbers", number.id),
        ways=ways,
        number_owner=None if by_contact else number.owner_id or "",
    )


def _people(paths: Paths, number: Number) -> Iterator[Person]:
    people = paths.configuration.people
    if number.owner_first is OwnerFirst.CONTACT:
        yield from people.values()
    elif (owner := people.get(number.owner_id or "")) is not None:
        yield owner


def reach_person(
    paths: Paths, person: Person, unanswered: PersonUnanswered, onward: str, context: Context, place: str
) -> str:
    """The first node that rings a person; what follows is what `unanswered` says, `onward` the route."""
    to_person = ToPerson(person_id=person.id)
    if unanswered is PersonUnanswered.MAILBOX:
        after = paths.after(to_person, context)
        there = paths.last_ring(Ringing(place, after), context, after)
        return paths.destination(to_person, there, context)
    after = everywhere(onward)
    if unanswered is PersonUnanswered.MOBILE and person.mobile is not None:
        mobile = ToExternal(number=person.mobile, confirm=person.confirm_mobile)
        there = Ringing(f"{place}/mobile:{person.id}", after)
        after = everywhere(paths.destination(mobile, there, context))
    return paths.destination(to_person, Ringing(place, _onward(after, onward)), context)


def _onward(after: Onward, onward: str) -> Onward:
    """Who declines a call does not want it on their mobile either."""
    return {**after, RingOutcome.DECLINED: onward}


def way_by_owner(node: OwnerNode, facts: Facts) -> tuple[str, Reason]:
    """The way out, and why."""
    if node.number_owner is not None:
        way = f"person:{node.number_owner}"
        if way in node.ways:
            person = node.ways[way].parameters["name"]
            return way, Reason("owner_of_number", {"person": person, "number": node.label["name"]})
        return ONWARD, Reason("number_without_owner", {"number": node.label["name"]})
    if facts.known is None:
        return ONWARD, Reason("caller_not_known")
    contact = {"contact": facts.known.name}
    way = f"person:{facts.known.owner_id}"
    if way not in node.ways:
        return ONWARD, Reason("contact_without_owner", contact)
    return way, Reason("owner_of_contact", {**contact, "person": node.ways[way].parameters["name"]})
