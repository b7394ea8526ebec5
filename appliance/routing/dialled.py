"""What was dialled: the number meant, and what else the keys wish for the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import WITHHOLDING, ShortNumber


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled, read.

    `called`: an extension, a star code, a number in E.164, or what was dialled when it is none of these;
    `internal`: it is one of the first two. `line_id`: the line that a prefix chose (OUT-3). `short`: the
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
    numbers outside; a prefix before any of these chooses the line.
    """
    text, withheld = without_wishes(text)
    line_id = None
    if not _is_ours(configuration, text):
        line_id, text = _without_prefix(configuration, text)
        text, again = without_wishes(text)
        withheld = withheld or again
    country = configuration.office.country if configuration.office else "FR"
    if _is_ours(configuration, text):
        return Dialled(text, True, withheld, line_id)
    short = None if numbers.is_emergency(text, country) else _short_number(configuration, text, person_id)
    if short is not None:
        return Dialled(short.number, False, withheld, line_id, short.code)
    if text.startswith("*"):
        return Dialled(text, True, withheld, line_id)
    return Dialled(numbers.dialled(text, country) or text, False, withheld, line_id)


def _is_ours(configuration: Configuration, text: str) -> bool:
    return text in configuration.extensions() or configuration.star_code(text) is not None


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
