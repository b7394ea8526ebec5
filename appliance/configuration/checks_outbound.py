"""Checks of what is set for calls to the outside."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.problems import Problem
from appliance.configuration.shown_numbers import why_not_shown


def outbound_problems(configuration: Configuration) -> Iterator[Problem]:
    """What does not hold together in the settings of calls to the outside."""
    yield from _line_order(configuration)
    yield from _reserved(configuration)
    yield from _shown(configuration)


def _line_order(configuration: Configuration) -> Iterator[Problem]:
    order = configuration.outbound.line_order
    for place, line_id in enumerate(order):
        if line_id not in configuration.lines:
            yield Problem("outbound", "", ("line_order", place), "unknown_line")
        elif line_id in order[:place]:
            name = configuration.lines[line_id].name
            yield Problem("outbound", "", ("line_order", place), "line_twice", {"name": name})


def _reserved(configuration: Configuration) -> Iterator[Problem]:
    for number_id, people in configuration.outbound.reserved.items():
        if number_id not in configuration.numbers:
            yield Problem("outbound", "", ("reserved", number_id), "unknown_number")
        if any(person_id not in configuration.people for person_id in people):
            yield Problem("outbound", "", ("reserved", number_id), "unknown_person")


def _shown(configuration: Configuration) -> Iterator[Problem]:
    for person in configuration.people.values():
        for place, number_id in enumerate(person.allowed_number_ids or ()):
            if number_id not in configuration.numbers:
                yield Problem("people", person.id, ("allowed_number_ids", place), "unknown_number")
        number = configuration.numbers.get(person.presented_number_id or "")
        if number is not None and (code := why_not_shown(configuration.outbound, person, number.id)):
            parameters = {"name": number.name, "person": person.name}
            yield Problem("people", person.id, ("presented_number_id",), code, parameters)
