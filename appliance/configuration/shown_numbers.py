"""The numbers of ours that people show to those outside: which they may (OUT-1, OUT-4), and which they do."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.configuration.lines import Number
from appliance.configuration.outbound import Outbound
from appliance.configuration.people import Person


def why_not_shown(outbound: Outbound, person: Person, number_id: str) -> str:
    """The code of what keeps somebody from showing a number; "" for nothing."""
    people = outbound.reserved.get(number_id)
    if people and person.id not in people:
        return "number_reserved"
    allowed = person.allowed_number_ids
    return "" if allowed is None or number_id in allowed else "number_not_allowed"


def may_show(outbound: Outbound, person: Person, number_id: str) -> bool:
    """Whether somebody may show a number: one of their list if they have one, and not reserved to others."""
    return not why_not_shown(outbound, person, number_id)


def own_number(outbound: Outbound, numbers: Mapping[str, Number], person: Person) -> Number | None:
    """What somebody shows: the number they chose, else the first of their list; None: what the line shows."""
    chosen = person.presented_number_id
    wished = (chosen,) if chosen else person.allowed_number_ids or ()
    found = (numbers[each] for each in wished if each in numbers and may_show(outbound, person, each))
    return next(found, None)


def without_number(people: Mapping[str, Person], number_id: str) -> dict[str, Person]:
    """People whose lists name that number no more; who may show it alone shows none of ours any more."""
    return {identifier: _less(person, number_id) for identifier, person in people.items()}


def _less(person: Person, number_id: str) -> Person:
    allowed = person.allowed_number_ids
    if allowed is None or number_id not in allowed:
        return person
    kept = tuple(each for each in allowed if each != number_id)
    return person.model_copy(update={"allowed_number_ids": kept})
