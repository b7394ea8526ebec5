"""Checks of another phone system's extensions that are dialled as they are: they are nothing else here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.extension_ranges import each_of, ends, has_beginning, holds, overlap
from appliance.configuration.lines import Line
from appliance.configuration.problems import Problem

# Shorter public numbers are of operators for their own customers: extensions may hide those.
PUBLIC = 4
# Of ranges with so many digits every tenth extension tells whether numbers outside look like them.
LONG = 5


def range_problems(configuration: Configuration) -> Iterator[Problem]:
    """Ranges that something else stands in the way of; told where that is typed as well."""
    before: list[tuple[str, str]] = []
    for line in configuration.lines.values():
        if line.extensions_there and line.kind != "pbx":
            yield Problem("lines", line.id, ("extensions_there",), "range_of_trunk")
            continue
        for place, extensions in enumerate(line.extensions_there):
            for code, parameters in _in_the_way(configuration, extensions, before):
                told = {"range": extensions, **parameters}
                yield Problem("lines", line.id, ("extensions_there", place), code, told)
            yield from _hidden(configuration, line, extensions)
            before.append((extensions, line.name))


def _in_the_way(
    configuration: Configuration, extensions: str, before: list[tuple[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What the extensions of a range are already, one example of each kind."""
    country = configuration.office.country if configuration.office else "FR"
    for extension, owner in configuration.extensions().items():
        if holds(extensions, extension):
            yield "range_has_extension", {"extension": extension, "name": owner.name}
            break
    for code in configuration.star_codes.dialled():
        if holds(extensions, code):
            yield "range_has_code", {"code": code}
            break
    outside = outside_among(extensions, country)
    if outside is not None:
        kind = "emergency" if numbers.is_emergency(outside, country) else "public"
        yield f"range_has_{kind}", {"number": outside}
    short = next((each for each in _short_numbers(configuration) if holds(extensions, each[0])), None)
    if short is not None:
        yield "range_has_short", {"code": short[0], "name": short[1]}
    for line in configuration.lines.values():
        if line.prefix and has_beginning(extensions, line.prefix):
            yield "range_behind_prefix", {"prefix": line.prefix, "name": line.name}
            break
    for other, name in before:
        if overlap(extensions, other):
            yield "range_taken", {"other": other, "name": name}
            break


@lru_cache(maxsize=256)
def outside_among(extensions: str, country: str) -> str | None:
    """An emergency or public number among the extensions of a range."""
    for number in sorted(numbers.emergency_numbers(country)):
        if holds(extensions, number):
            return number
    length = len(ends(extensions)[0])
    if length < PUBLIC:
        return None
    step = 10 if length >= LONG else 1
    return next(
        (
            each
            for each in each_of(extensions, step)
            if numbers.is_short_number(each, country) or numbers.dialled(each, country) is not None
        ),
        None,
    )


def _short_numbers(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The code and the name of every short number, the office's and people's own."""
    for short in configuration.outbound.short_numbers:
        yield short.code, short.name
    for person in configuration.people.values():
        for short in person.short_numbers:
            yield short.code, short.name


def _hidden(configuration: Configuration, line: Line, extensions: str) -> Iterator[Problem]:
    """The same, said at the extension, the short number, the code or the prefix."""
    told = {"range": extensions, "name": line.name}
    for collection in ("people", "groups", "menus"):
        for record in configuration.collection(collection).values():
            extension: str = getattr(record, "extension", None) or ""
            if holds(extensions, extension):
                yield Problem(collection, getattr(record, "id", ""), ("extension",), "extension_there", told)
    for place, short in enumerate(configuration.outbound.short_numbers):
        if holds(extensions, short.code):
            yield Problem("outbound", "", ("short_numbers", place, "code"), "extension_there", told)
    for person in configuration.people.values():
        for place, short in enumerate(person.short_numbers):
            if holds(extensions, short.code):
                yield Problem("people", person.id, ("short_numbers", place, "code"), "extension_there", told)
    for code, action in configuration.star_codes.dialled().items():
        if holds(extensions, code):
            yield Problem("star_codes", "", (action.value,), "extension_there", told)
    for other in configuration.lines.values():
        if other.prefix and has_beginning(extensions, other.prefix):
            yield Problem("lines", other.id, ("prefix",), "prefix_hides_range", told)
