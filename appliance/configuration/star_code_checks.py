"""Checks of the star codes: none stands in the way of another, of an extension or an emergency number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.problems import Problem
from appliance.configuration.star_codes import ARGUMENTS, Action, StarCodes


def star_code_problems(configuration: Configuration) -> Iterator[Problem]:
    """Codes that another code, an extension or an emergency number stands in the way of."""
    table = configuration.star_codes
    country = configuration.office.country if configuration.office else "FR"
    extensions = configuration.extensions()
    first: dict[str, Action] = {}
    for action in Action:
        code = table.code(action)
        if not code:
            continue
        told = {"code": code}
        if code in first:
            yield _problem(action, "star_code_taken", {**told, "action": first[code].value})
        first.setdefault(code, action)
        if code in extensions:
            yield _problem(action, "star_code_is_extension", {**told, "name": extensions[code].name})
        if numbers.is_emergency(code, country):
            yield _problem(action, "star_code_is_emergency", told)
        if action in ARGUMENTS and code[0] not in "*#":
            yield _problem(action, "star_code_needs_star", told)
        yield from _hidden(action, code, table)
    yield from _calendars(configuration)


def _calendars(configuration: Configuration) -> Iterator[Problem]:
    """Opening hours that have the same number: a code with that number would mean both."""
    first: dict[str, str] = {}
    for calendar in configuration.calendars.values():
        if not calendar.code:
            continue
        if calendar.code in first:
            told = {"name": first[calendar.code]}
            yield Problem("calendars", calendar.id, ("code",), "calendar_code_taken", told)
        first.setdefault(calendar.code, calendar.name)


def _hidden(action: Action, code: str, table: StarCodes) -> Iterator[Problem]:
    """A code that begins with one after which something is dialled would be taken for that."""
    for other in ARGUMENTS:
        shorter = table.code(other)
        if shorter and code != shorter and code.startswith(shorter):
            yield _problem(action, "star_code_hidden", {"code": shorter})


def _problem(action: Action, code: str, parameters: Mapping[str, str]) -> Problem:
    return Problem("star_codes", "", (action.value,), code, parameters)
