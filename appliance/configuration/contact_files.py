"""Contacts in files: tables of spreadsheets (CSV) and cards of address books (vCard), read and written.

Both become a Table; which column is what is guessed from its heading and may be said otherwise. Linear in
the length of the text; nothing but TableError is raised.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from appliance.configuration.contacts import MOST_NUMBERS, Contact
from appliance.configuration.folding import folded

# What a column may be.
FIELDS = ("name", "first_name", "company", "number", "email", "owner", "source", "vip", "note")

_HEADINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "name": (
            "name nom fullname displayname nomcomplet nomdefamille lastname surname familyname contact "
            "nomaffiche nomprenom"
        ).split(),
        "first_name": "firstname prenom givenname".split(),
        "company": "company societe entreprise organization organisation organizationname raisonsociale "
        "client compte account".split(),
        "number": "number numero phone telephone tel mobile portable gsm fixe telephonefixe telephonemobile "
        "mobilephone businessphone homephone phonenumber numerodetelephone workphone telephoneprofessionnel "
        "bureau standard".split(),
        "email": "email mail courriel adressemail adresseemail emailaddress adresseelectronique".split(),
        "owner": "owner responsable commercial proprietaire accountmanager person personne".split(),
        "source": "source origine provenance leadsource".split(),
        "vip": "vip prioritaire important".split(),
        "note": "note notes comment comments commentaire commentaires remarque remarques".split(),
    }
)
YES = frozenset({"1", "x", "yes", "y", "true", "oui", "o", "vrai", "vip"})
DELIMITERS = ",;\t|"
MOST_COLUMNS = 200
MOST_ROWS = 20_000
LONGEST_CELL = 20_000


class TableError(ValueError):
    """A file that is no table of contacts; `code` says why, `line` where (from 1; 0: nowhere)."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code}, line {line}")
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, rows of as many cells, and the line of the file at which each row begins."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else what Windows writes in France."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_csv(text: str) -> Table:
    """Rows with headings in the first; the delimiter is the one that stands there most."""
    if "\0" in text:
        raise TableError("file_not_text")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((start, [cell.strip() for cell in row]))
            start = reader.line_num + 1
            if len(found) > MOST_ROWS + 1:
                raise TableError("too_many_rows", start)
    except csv.Error:
        raise TableError("row_malformed", start) from None
    if len(found) < 2:
        raise TableError("table_empty")
    headings = tuple(found[0][1])
    if len(headings) > MOST_COLUMNS:
        raise TableError("too_many_columns", 1)
    width = len(headings)
    return Table(
        headings,
        tuple((*row[:width], *[""] * (width - len(row))) for _, row in found[1:]),
        tuple(line for line, _ in found[1:]),
    )


def guess(headings: Sequence[str]) -> tuple[str, ...]:
    """What each column seems to be; empty for one to leave out. Only numbers may come more than once."""
    found: list[str] = []
    for heading in headings:
        field = _field_of(heading)
        found.append("" if field in found and field != "number" else field)
    return tuple(found)


def _field_of(heading: str) -> str:
    plain = _plain(heading)
    for field, known in _HEADINGS.items():
        if plain in known:
            return field
    bare = plain.rstrip("0123456789")
    for field in ("number", "email"):
        if any(bare.startswith(word) for word in _HEADINGS[field] if len(word) >= 3):
            return field
    return ""


def _plain(text: str) -> str:
    return "".join(character for character in folded(text) if character.isascii() and character.isalnum())


def as_records(table: Table, mapping: Sequence[str]) -> Iterator[tuple[int, dict[str, object]]]:
    """Each row as the fields of a contact, with its line; `owner` is the name or extension of a person."""
    for line, row in zip(table.lines, table.rows, strict=True):
        cells: dict[str, list[str]] = {}
        for field, cell in zip(mapping, row, strict=False):
            if field in FIELDS and cell:
                cells.setdefault(field, []).append(cell)
        yield line, _record(cells)


def _record(cells: Mapping[str, list[str]]) -> dict[str, object]:
    one = {field: values[0] for field, values in cells.items()}
    company = one.get("company", "")
    name = " ".join(part for part in (one.get("first_name", ""), one.get("name", "")) if part)
    numbers = [part for cell in cells.get("number", ()) for part in _several(cell)]
    return {
        "name": name or company,
        "company": company,
        "numbers": numbers[: MOST_NUMBERS + 1],
        "email": one.get("email") or None,
        "owner": one.get("owner", ""),
        "source": one.get("source", ""),
        "vip": one.get("vip", "").casefold() in YES,
        "note": one.get("note", ""),
    }


def _several(cell: str) -> list[str]:
    """The numbers in one cell: exports put several between these signs."""
    for separator in (":::", ";", ",", "\n"):
        cell = cell.replace(separator, "|")
    return [part.strip() for part in cell.split("|") if part.strip()]


# What a spreadsheet would take for a formula is written with an apostrophe before it.
_FORMULA = ("=", "@", "\t", "\r")


def as_csv(contacts: Sequence[Contact], people: Mapping[str, str]) -> str:
    """Contacts as a table that `read_table` reads back; `people` are names by id."""
    most = max((len(contact.numbers) for contact in contacts), default=1) or 1
    out = _Lines()
    writer = csv.writer(out)
    writer.writerow(
        ("name", "company", *(f"number {place + 1}" for place in range(most)), "email", "owner", "source")
        + ("vip", "note")
    )
    for contact in contacts:
        numbers = (*contact.numbers, *[""] * (most - len(contact.numbers)))
        owner = people.get(contact.owner_id or "", "")
        vip = "yes" if contact.vip else ""
        texts = (contact.email or "", owner, contact.source, vip, contact.note)
        writer.writerow([*map(_safe, (contact.name, contact.company)), *numbers, *map(_safe, texts)])
    return "".join(out.written)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Lines:
    """What `csv` writes to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> int:
        """Keep a line."""
        self.written.append(text)
        return len(text)
