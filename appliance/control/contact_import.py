"""Contacts out of a file: received and shown first, taken in once somebody has said what each column is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.contact_cards import read_table
from appliance.configuration.contact_files import FIELDS, Table, TableError, as_records, guess
from appliance.configuration.contacts import MOST_CONTACTS, Contact
from appliance.configuration.folding import folded
from appliance.control.bodies import answer, body
from appliance.control.changes import wrong
from appliance.control.contacts import TAG, check_contact, keep, new_contact_id
from appliance.control.errors import ApiError, FieldError, not_found, refusal
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.control.uploads import uploaded_chunks
from appliance.control.validation import validated

LARGEST_FILE = 10 * 1024 * 1024
SHOWN_ROWS = 5
MOST_FAULTS = 200
# Files that wait for somebody's word, the newest; they are gone with the process.
MOST_WAITING = 3

WAITING: web.AppKey[OrderedDict[str, Table]] = web.AppKey("waiting_imports", OrderedDict)


class ImportPreview(BaseModel):
    """A file received: its columns, what each seems to be, and its first rows."""

    id: str
    headings: tuple[str, ...]
    mapping: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


Column = Annotated[str, Field(max_length=20)]


class ImportWish(BaseModel):
    """What each column is (empty: left out); `known`: what to do with those whose number is known already.

    `only_good`: leave out the rows that cannot be taken, rather than take none. `dry_run`: say what would be.
    """

    model_config = ConfigDict(extra="forbid")

    mapping: Annotated[tuple[Column, ...], Field(max_length=200)]
    known: Literal["keep", "update"] = "update"
    only_good: bool = False
    dry_run: bool = False


class RowFault(BaseModel):
    """Why a row cannot be taken: the line of the file, and the error at its field."""

    line: int
    error: FieldError


class ImportResult(BaseModel):
    """What has been, or would be, made of the file; `faults` are the first of them, `bad` counts all rows."""

    added: int
    updated: int
    kept: int
    bad: int
    faults: tuple[RowFault, ...]
    done: bool


async def receive(request: web.Request) -> web.Response:
    """Take a file and show what is in it; nothing is kept yet."""
    box = box_of(request)
    if box.configuration.office is None:
        raise refusal(409, "not_set_up")
    content = b"".join([chunk async for chunk in uploaded_chunks(request, LARGEST_FILE)])
    try:
        table = await box.in_thread(lambda: read_table(content))
    except TableError as error:
        raise wrong("file", error.code, line=str(error.line)) from None
    waiting, identifier = request.app[WAITING], box.token()[:16]
    waiting[identifier] = table
    while len(waiting) > MOST_WAITING:
        waiting.popitem(last=False)
    return answer(_preview(identifier, table), 201)


async def show(request: web.Request) -> web.Response:
    """A file that waits, once more."""
    return answer(_preview(request.match_info["id"], _waiting(request)))


def _preview(identifier: str, table: Table) -> ImportPreview:
    return ImportPreview(
        id=identifier,
        headings=table.headings,
        mapping=guess(table.headings),
        rows=tuple(tuple(cell[:80] for cell in row) for row in table.rows[:SHOWN_ROWS]),
        total=len(table.rows),
    )


def _waiting(request: web.Request) -> Table:
    table = request.app[WAITING].get(request.match_info["id"])
    if table is None:
        raise not_found()
    return table


async def take_in(request: web.Request) -> web.Response:
    """Take the contacts of a file in, all or none."""
    box, table, wish = box_of(request), _waiting(request), await body(request, ImportWish)
    _check_mapping(wish, table)
    existing = await box.contacts.everything()
    judge = _Judge(box.configuration, existing, wish.known, lambda: new_contact_id(box))
    await box.in_thread(lambda: judge.rows(as_records(table, wish.mapping)))
    if len(existing) + judge.added > MOST_CONTACTS:
        raise wrong("file", "too_many_rows", line=str(MOST_CONTACTS))
    done = not wish.dry_run and (wish.only_good or not judge.bad)
    if done:
        await keep(box, *judge.changed.values(), by=identity_of(request))
        request.app[WAITING].pop(request.match_info["id"], None)
    result = ImportResult(
        added=judge.added,
        updated=judge.updated,
        kept=judge.kept,
        bad=judge.bad,
        faults=tuple(judge.faults),
        done=done,
    )
    return answer(result)


def _check_mapping(wish: ImportWish, table: Table) -> None:
    seen: set[str] = set()
    if len(wish.mapping) != len(table.headings):
        raise wrong("mapping", "too_short", min_length=str(len(table.headings)))
    for place, field in enumerate(wish.mapping):
        if field and field not in FIELDS:
            raise wrong(f"mapping.{place}", "enum")
        if field and field != "number" and field in seen:
            raise wrong(f"mapping.{place}", "column_twice")
        seen.add(field)
    if not seen & {"name", "company"}:
        raise wrong("mapping", "name_column_missing")


class _Judge:
    """Makes contacts of rows, or faults; runs in a thread, on what it was given alone."""

    def __init__(
        self,
        configuration: Configuration,
        existing: Sequence[Contact],
        known: str,
        new_id: Callable[[], str],
    ) -> None:
        office = configuration.office
        self._configuration = configuration
        self._country = office.country if office else "FR"
        self._known = known
        self._new_id = new_id
        self._by_number = {number: contact for contact in existing for number in contact.numbers}
        people = configuration.people.values()
        self._people = {folded(person.name): person.id for person in people}
        self._people.update({person.extension: person.id for person in people})
        self.changed: dict[str, Contact] = {}
        self.added = self.updated = self.kept = self.bad = 0
        self.faults: list[RowFault] = []

    def rows(self, records: Iterator[tuple[int, dict[str, object]]]) -> None:
        """Judge every row."""
        for line, record in records:
            try:
                self._row(record)
            except ApiError as error:
                self.bad += 1
                room = MOST_FAULTS - len(self.faults)
                self.faults += [RowFault(line=line, error=each) for each in error.errors[:room]]

    def _row(self, record: dict[str, object]) -> None:
        owner = str(record.pop("owner", ""))
        owner_id = self._people.get(folded(owner)) if owner else None
        if owner and owner_id is None:
            raise wrong("owner", "unknown_person")
        sent = {**record, "id": self._new_id(), "owner_id": owner_id}
        contact = validated(Contact, sent, self._country)
        check_contact(self._configuration, contact)
        known = {found.id: found for number in contact.numbers if (found := self._by_number.get(number))}
        if len(known) > 1:
            names = ", ".join(found.name for found in known.values())
            raise wrong("numbers", "number_of_contact", name=names)
        if known and self._known == "keep":
            self.kept += 1
            return
        if known:
            (before,) = known.values()
            contact = validated(Contact, _merged(before, contact), self._country)
            self.updated += before.id not in self.changed
        else:
            self.added += 1
        self.changed[contact.id] = contact
        self._by_number.update(dict.fromkeys(contact.numbers, contact))


def _merged(before: Contact, row: Contact) -> dict[str, Any]:
    """A contact with what a row says of them; what the row leaves empty stays."""
    said = {name: value for name, value in dict(row).items() if value and name not in ("id", "numbers")}
    numbers = tuple(dict.fromkeys((*before.numbers, *row.numbers)))
    return {**dict(before), **said, "numbers": numbers}


_FILE = {"type": "string", "format": "binary"}
ROUTES = (
    Route(
        "POST",
        "/contacts/imports",
        receive,
        Access.ADMINISTRATOR,
        "Send a file of contacts (CSV or vCard); nothing is kept yet",
        TAG,
        takes=_FILE,
        takes_type="application/octet-stream",
        gives=ImportPreview,
        status=201,
    ),
    Route(
        "GET",
        "/contacts/imports/{id}",
        show,
        Access.ADMINISTRATOR,
        "A file of contacts that waits",
        TAG,
        gives=ImportPreview,
    ),
    Route(
        "POST",
        "/contacts/imports/{id}",
        take_in,
        Access.ADMINISTRATOR,
        "Take the contacts of a file in",
        TAG,
        takes=ImportWish,
        gives=ImportResult,
    ),
)
