"""Cards of address books (vCard 2.1, 3.0, 4.0: RFC 6350) as a table; what is not asked for is passed over.

Written here: the packages there are either keep every property in memory as objects of their own or are no
longer looked after, and contacts need eight properties. One pass over the text.
"""

from __future__ import annotations

import binascii
import quopri
from collections.abc import Iterator

from appliance.configuration.contact_files import MOST_ROWS, Table, TableError, decoded, read_csv
from appliance.configuration.contacts import MOST_NUMBERS

_COLUMNS = ("name", "company", *["number"] * MOST_NUMBERS, "email", "note", "source")
_NUMBERS_AT, _EMAIL_AT, _NOTE_AT, _SOURCE_AT = 2, 2 + MOST_NUMBERS, 3 + MOST_NUMBERS, 4 + MOST_NUMBERS


def read_table(content: bytes) -> Table:
    """The table of a file, of cards or of rows; raises TableError."""
    text = decoded(content)
    return read_cards(text) if is_cards(text) else read_csv(text)


def is_cards(text: str) -> bool:
    """Whether a file holds cards."""
    return text.lstrip()[:11].upper() == "BEGIN:VCARD"


def read_cards(text: str) -> Table:
    """The cards of a file, a row each; raises TableError."""
    rows: list[tuple[str, ...]] = []
    starts: list[int] = []
    card: list[str] | None = None
    family = ""
    start = 0
    for line, content in _unfolded(text):
        name, parameters, value = _property(content)
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            card, start, family = [""] * len(_COLUMNS), line, ""
        elif card is None:
            raise TableError("card_malformed", line)
        elif name == "END" and value.strip().upper() == "VCARD":
            card[0] = card[0] or family or card[1]
            rows.append(tuple(card))
            starts.append(start)
            card = None
        elif name == "N":
            parts = [_plain(part) for part in _split(_decoded(value, parameters), ";")]
            family = " ".join(part for part in (*parts[1:2], *parts[:1]) if part)
        else:
            _take(card, name, _decoded(value, parameters))
        if len(rows) > MOST_ROWS:
            raise TableError("too_many_rows", line)
    if card is not None:
        raise TableError("card_malformed", start)
    if not rows:
        raise TableError("table_empty")
    return Table(_COLUMNS, tuple(rows), tuple(starts))


def _take(card: list[str], name: str, value: str) -> None:
    """Put one property where it belongs, if anywhere; the first of each kind counts, and every number."""
    if name == "TEL":
        number = value.removeprefix("tel:").strip()
        for place in range(_NUMBERS_AT, _EMAIL_AT):
            if card[place] == number:
                return
            if not card[place]:
                card[place] = number
                return
        return
    if name == "ORG":
        text = " ".join(filter(None, (_plain(part) for part in _split(value, ";"))))
    else:
        text = _plain(value)
    at = {"FN": 0, "ORG": 1, "EMAIL": _EMAIL_AT, "NOTE": _NOTE_AT, "CATEGORIES": _SOURCE_AT}.get(name)
    if at is not None and not card[at]:
        card[at] = text


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each property with the line it begins at: lines that begin with a space go on (RFC 6350 3.2).

    In 2.1 a quoted-printable value goes on after a line that ends with an equals sign.
    """
    held: list[str] = []
    start = 0
    for line, content in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        soft = bool(held) and held[-1].endswith("=") and "QUOTED-PRINTABLE" in held[0][:200].upper()
        if held and soft:
            held[-1] = held[-1][:-1]
            held.append(content)
        elif held and content[:1] in (" ", "\t"):
            held.append(content[1:])
        else:
            if held and (whole := "".join(held)).strip():
                yield start, whole
            held, start = [content], line
    if held and (whole := "".join(held)).strip():
        yield start, whole


def _property(content: str) -> tuple[str, str, str]:
    """The name without its group, the parameters, and the value."""
    head, _, value = content.partition(":")
    name, _, parameters = head.partition(";")
    return name.rpartition(".")[2].strip().upper(), parameters.upper(), value


def _decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    try:
        return quopri.decodestring(value.encode("utf-8")).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return value


def _split(value: str, separator: str) -> list[str]:
    """The parts between separators that are not escaped."""
    parts: list[str] = []
    part: list[str] = []
    escaped = False
    for character in value:
        if character == separator and not escaped:
            parts.append("".join(part))
            part = []
        else:
            part.append(character)
        escaped = character == "\\" and not escaped
    return [*parts, "".join(part)]


def _plain(value: str) -> str:
    """A value without its escapes (RFC 6350 3.4)."""
    if "\\" not in value:
        return value.strip()
    found: list[str] = []
    escaped = False
    for character in value:
        if escaped:
            found.append("\n" if character in "nN" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            found.append(character)
    return "".join(found).strip()
