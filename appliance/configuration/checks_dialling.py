"""Checks of line prefixes and short numbers: none hides anything else that may be dialled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import WITHHOLDING, ShortNumber
from appliance.configuration.problems import Problem
from appliance.configuration.references import Path
from appliance.configuration.star_codes import ARGUMENTS, StarCodes


def dialling_problems(configuration: Configuration) -> Iterator[Problem]:
    """Prefixes and short numbers that stand in the way of something else, or of each other."""
    yield from _prefixes(configuration)
    yield from _extensions(configuration)
    shared = configuration.outbound.short_numbers
    yield from _short_numbers(configuration, "outbound", "", shared)
    for person in configuration.people.values():
        yield from _short_numbers(configuration, "people", person.id, person.short_numbers)


def _country(configuration: Configuration) -> str:
    return configuration.office.country if configuration.office else "FR"


def _prefixes(configuration: Configuration) -> Iterator[Problem]:
    before: dict[str, str] = {}
    for line in configuration.lines.values():
        prefix = line.prefix
        if prefix is None:
            continue
        for code, parameters in _hidden_by(configuration, prefix):
            yield Problem("lines", line.id, ("prefix",), code, {"prefix": prefix, **parameters})
        for other, name in before.items():
            if other.startswith(prefix) or prefix.startswith(other):
                yield Problem("lines", line.id, ("prefix",), "prefix_taken", {"name": name, "prefix": other})
        before.setdefault(prefix, line.name)


def _hidden_by(configuration: Configuration, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    country = _country(configuration)
    for extension, owner in configuration.extensions().items():
        if extension.startswith(prefix):
            yield "prefix_hides_extension", {"extension": extension, "name": owner.name}
    for code in (*configuration.star_codes.dialled(), *WITHHOLDING):
        if code.startswith(prefix) or _is_argument_of(prefix, code, configuration.star_codes):
            yield "prefix_hides_code", {"code": code}
    if not numbers.is_digits(prefix):
        return
    if numbers.is_calling_code(prefix):
        yield "prefix_is_country_code", {}
    emergency = sorted(one for one in numbers.emergency_numbers(country) if one.startswith(prefix))
    if emergency:
        yield "prefix_hides_emergency", {"number": emergency[0]}
    elif number := numbers.number_beginning_with(prefix, country):
        yield "prefix_hides_number", {"number": number}


def _is_argument_of(prefix: str, code: str, table: StarCodes) -> bool:
    """Whether a prefix would be taken for a code and what is dialled after it."""
    takes_something = code in WITHHOLDING or table.dialled().get(code) in ARGUMENTS
    return takes_something and prefix.startswith(code)


def _extensions(configuration: Configuration) -> Iterator[Problem]:
    """Extensions that a prefix or a short number hides, said where the extension is typed too."""
    prefixes = {line.prefix: line.name for line in configuration.lines.values() if line.prefix}
    shared = {short.code: short.name for short in configuration.outbound.short_numbers}
    if not prefixes and not shared:
        return
    for collection in ("people", "groups", "menus"):
        for record in configuration.collection(collection).values():
            extension: str = getattr(record, "extension", None) or ""
            place = (collection, getattr(record, "id", ""), ("extension",))
            for prefix, name in prefixes.items():
                if extension.startswith(prefix):
                    yield Problem(*place, "extension_behind_prefix", {"name": name, "prefix": prefix})
            if extension in shared:
                parameters = {"name": shared[extension], "extension": extension}
                yield Problem(*place, "extension_is_short", parameters)


def _short_numbers(
    configuration: Configuration, collection: str, identifier: str, listed: Sequence[ShortNumber]
) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for place, short in enumerate(listed):
        path: Path = ("short_numbers", place, "code")
        told = {"code": short.code}
        if short.code in first:
            yield Problem(collection, identifier, path, "short_twice", {**told, "name": first[short.code]})
        first.setdefault(short.code, short.name)
        for code, parameters in _stands_for_something(configuration, short.code):
            yield Problem(collection, identifier, path, code, {**told, **parameters})


def _stands_for_something(configuration: Configuration, code: str) -> Iterator[tuple[str, dict[str, str]]]:
    country = _country(configuration)
    if numbers.is_emergency(code, country):
        yield "short_is_emergency", {}
    elif numbers.is_short_number(code, country):
        yield "short_is_public", {}
    owner = configuration.extensions().get(code)
    if owner is not None:
        yield "short_is_extension", {"name": owner.name}
    if configuration.star_code(code) is not None:
        yield "short_is_code", {}
    for line in configuration.lines.values():
        if line.prefix and code.startswith(line.prefix):
            yield "short_behind_prefix", {"name": line.name, "prefix": line.prefix}
