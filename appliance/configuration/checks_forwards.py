"""Checks of a person's forwards: where they lead, and that scheduled ones have their days and hours."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.configuration.destinations import ToPerson
from appliance.configuration.forwards import never_happens
from appliance.configuration.people import Person
from appliance.configuration.problems import Problem
from appliance.configuration.references import Path
from appliance.configuration.routes import forwards_of


def forward_problems(person: Person) -> Iterator[Problem]:
    """What is wrong with the forwards of one person."""
    if person.forward_active and person.forward_to is None:
        yield Problem("people", person.id, ("forward_to",), "forward_missing")
    for place in forwards_of(person):
        if isinstance(place.destination, ToPerson) and place.destination.person_id == person.id:
            yield Problem("people", person.id, place.path, "forward_to_self")
    for number, each in enumerate(person.scheduled_forwards):
        path: Path = ("scheduled_forwards", number)
        if each.last is not None and each.last < each.first:
            yield Problem("people", person.id, (*path, "last"), "dates_reversed")
        elif never_happens(each):
            yield Problem("people", person.id, (*path, "rule"), "rule_never")
