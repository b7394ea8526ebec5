"""What was dialled: the number meant, and what else the keys wish for the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import WITHHOLDING, ShortNumber
from appliance.configuration.fields import LONGEST_EXTENSION
from appliance.configuration.lines import Line


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled, read.

    `called`: an extension, a star code, a number in E.164, or what was dialled when it is none of these;
    `internal`: it is one of the first two, here or in another phone system. `line_id`: the line that a prefix
    chose (OUT-3), or the one to the phone system that has the extension (IN-3). `short`: the
    short number that stood for `called` (OUT-11).
    """

    called: str
    internal: bool
    withheld: bool = False
    line_id: str | None = None
    short: str = ""


def read_dialled(configuration: Configuration, text: str, person_id: str | None) -> Dialled:
    """What somebody means by what they dialled.

    Our own extensions and codes come first, then the short numbers of the person, then the office's, then
    extensions of other phone systems, then numbers outside; a prefix before any of these chooses the line.
    """
    text, withheld = without_wishes(text)
    line_id = None
    if not _is_ours(configuration, text):
        line_id, text = _without_prefix(configuration, text)
        text, again = without_wishes(text)
        withheld = withheld or again
    if _is_ours(configuration, text):
        return Dialled(text, True, withheld, line_id)
    country = configuration.office.country if configuration.office else "FR"
    short = None if numbers.is_emergency(text, country) else _short_number(configuration, text, person_id)
    if short is not None:
        return Dialled(short.number, False, withheld, line_id, short.code)
    there = _line_there(configuration, text, line_id, country)
    if there is not None:
        return Dialled(text, True, withheld, there.id)
    if text.startswith("*"):
        return Dialled(text, True, withheld, line_id)
    emergency = numbers.emergency_meant(text, country)
    return Dialled(emergency or numbers.dialled(text, country) or text, False, withheld, line_id)


def _is_ours(configuration: Configuration, text: str) -> bool:
    return text in configuration.extensions() or configuration.star_code(text) is not None


def _line_there(configuration: Configuration, text: str, chosen: str | None, country: str) -> Line | None:
    """The line to the phone system that has that extension: the one that a prefix chose, or by its range."""
    line = configuration.lines.get(chosen) if chosen else configuration.line_there(text)
    if line is None or line.kind != "pbx" or not is_short(text):
        return None
    if line.has_extension(text):
        return None if numbers.is_emergency(text, country) else line
    outside = numbers.is_short_number(text, country) or numbers.dialled(text, country) is not None
    return None if outside else line


def is_short(dialled: str) -> bool:
    """Whether what was dialled can be an extension of another phone system."""
    return dialled.isascii() and dialled.isdigit() and len(dialled) <= LONGEST_EXTENSION


def _without_prefix(configuration: Configuration, text: str) -> tuple[str | None, str]:
    """The line in use whose prefix was dialled, and what came after it."""
    for line in configuration.lines.values():
        if line.prefix and line.enabled and text.startswith(line.prefix) and text != line.prefix:
            return line.id, text[len(line.prefix) :]
    return None, text


def _short_number(configuration: Configuration, text: str, person_id: str | None) -> ShortNumber | None:
    person = configuration.people.get(person_id or "")
    own: Mapping[str, ShortNumber] = {each.code: each for each in person.short_numbers} if person else {}
    shared = (each for each in configuration.outbound.short_numbers if each.code == text)
    return own.get(text) or next(shared, None)


def without_wishes(dialled: str) -> tuple[str, bool]:
    """The number dialled, and whether the caller's own is to be withheld."""
    for keys in WITHHOLDING:
        if dialled.startswith(keys) and len(dialled) > len(keys):
            return dialled.removeprefix(keys), True
    return dialled, False
