"""The contacts: in the database, and by number in memory, since every call asks who is calling."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from appliance.configuration.contacts import Contact
from appliance.configuration.folding import folded
from appliance.routing.facts import KnownCaller
from appliance.storage.database import Database

_ESCAPE = "ESCAPE '\\'"


class NumberTaken(Exception):
    """A number of a contact that another contact has already; `place` in its list, `name` of the other."""

    def __init__(self, place: int, number: str, name: str) -> None:
        super().__init__(f"{number} is {name}'s")
        self.place = place
        self.number = number
        self.name = name


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Some contacts by name, and how many there are in all."""

    contacts: tuple[Contact, ...]
    total: int


class ContactBook:
    """Every contact. Coroutines may raise StorageError; `look_up` never waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_number: dict[str, KnownCaller] = {}

    async def restore(self) -> None:
        """Take up who has which number."""

        def select(connection: sqlite3.Connection) -> dict[str, KnownCaller]:
            found: dict[str, KnownCaller] = {}
            for (text,) in connection.execute("SELECT record FROM contacts"):
                found.update(_known(Contact.model_validate_json(text)))
            return found

        self._by_number = await self._database.read(select)

    def look_up(self, number: str) -> KnownCaller | None:
        """Who has that number (E.164)."""
        return self._by_number.get(number)

    async def get(self, identifier: str) -> Contact | None:
        """One contact."""
        return await self._database.read(lambda connection: _get(connection, identifier))

    async def list(self, text: str = "", first: int = 0, count: int = 50) -> ContactPage:
        """Contacts by name; `text` is looked for in names, companies, e-mail addresses and numbers."""
        where, values = _where(text)

        def select(connection: sqlite3.Connection) -> ContactPage:
            total = connection.execute(f"SELECT count(*) FROM contacts{where}", values).fetchone()[0]
            rows = connection.execute(
                f"SELECT record FROM contacts{where} ORDER BY sorted, id LIMIT ? OFFSET ?",
                (*values, count, first),
            ).fetchall()
            return ContactPage(tuple(Contact.model_validate_json(text) for (text,) in rows), total)

        return await self._database.read(select)

    async def everything(self) -> Sequence[Contact]:
        """All contacts by name."""

        def select(connection: sqlite3.Connection) -> list[Contact]:
            rows = connection.execute("SELECT record FROM contacts ORDER BY sorted, id")
            return [Contact.model_validate_json(text) for (text,) in rows]

        return await self._database.read(select)

    async def keep(self, contacts: Sequence[Contact]) -> None:
        """Make or replace contacts, all or none. Raises NumberTaken."""

        def change(connection: sqlite3.Connection) -> tuple[list[str], dict[str, KnownCaller]]:
            gone: list[str] = []
            known: dict[str, KnownCaller] = {}
            for contact in contacts:
                gone += _numbers_of(connection, contact.id)
                _forget(connection, contact.id)
            for contact in contacts:
                _write(connection, contact)
                known.update(_known(contact))
            return gone, known

        gone, known = await self._database.write(change)
        self._changed(gone, known)

    async def change(self, identifier: str, edit: Callable[[Contact], Contact]) -> Contact | None:
        """Change one contact as it stands then; None when there is none. Raises what `edit` raises."""

        def change(connection: sqlite3.Connection) -> tuple[Contact, Contact] | None:
            before = _get(connection, identifier)
            if before is None:
                return None
            after = edit(before)
            _forget(connection, identifier)
            _write(connection, after)
            return before, after

        found = await self._database.write(change)
        if found is None:
            return None
        before, after = found
        self._changed(before.numbers, _known(after))
        return after

    async def delete(self, identifier: str) -> bool:
        """Forget a contact; False when there is none."""

        def change(connection: sqlite3.Connection) -> list[str] | None:
            if _get(connection, identifier) is None:
                return None
            numbers = _numbers_of(connection, identifier)
            _forget(connection, identifier)
            return numbers

        numbers = await self._database.write(change)
        self._changed(numbers or (), {})
        return numbers is not None

    def _changed(self, gone: Iterable[str], known: dict[str, KnownCaller]) -> None:
        for number in gone:
            self._by_number.pop(number, None)
        self._by_number.update(known)

    def __len__(self) -> int:
        return len(self._by_number)


def look_up_beside(path: Path, number: str) -> KnownCaller | None:
    """Who has a number, by the database of a box that does not run; None also where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            contact = _who_has(connection, number)
    except sqlite3.Error:
        return None
    return _known(contact).get(number) if contact else None


def _known(contact: Contact) -> dict[str, KnownCaller]:
    known = KnownCaller(contact.id, contact.shown, contact.owner_id, contact.vip)
    return dict.fromkeys(contact.numbers, known)


def _get(connection: sqlite3.Connection, identifier: str) -> Contact | None:
    row = connection.execute("SELECT record FROM contacts WHERE id = ?", (identifier,)).fetchone()
    return Contact.model_validate_json(row[0]) if row else None


def _who_has(connection: sqlite3.Connection, number: str) -> Contact | None:
    row = connection.execute(
        "SELECT record FROM contacts JOIN contact_numbers ON contact_id = id WHERE number = ?", (number,)
    ).fetchone()
    return Contact.model_validate_json(row[0]) if row else None


def _numbers_of(connection: sqlite3.Connection, identifier: str) -> list[str]:
    rows = connection.execute("SELECT number FROM contact_numbers WHERE contact_id = ?", (identifier,))
    return [number for (number,) in rows]


def _forget(connection: sqlite3.Connection, identifier: str) -> None:
    connection.execute("DELETE FROM contact_numbers WHERE contact_id = ?", (identifier,))
    connection.execute("DELETE FROM contacts WHERE id = ?", (identifier,))


def _write(connection: sqlite3.Connection, contact: Contact) -> None:
    sorted_by = folded(contact.name)
    searched = " ".join((sorted_by, folded(contact.company), folded(contact.email or ""), *contact.numbers))
    connection.execute(
        "INSERT INTO contacts (id, sorted, searched, record) VALUES (?, ?, ?, ?)",
        (contact.id, sorted_by, searched, contact.model_dump_json()),
    )
    for place, number in enumerate(contact.numbers):
        if other := _who_has(connection, number):
            raise NumberTaken(place, number, other.shown)
        connection.execute(
            "INSERT INTO contact_numbers (number, contact_id) VALUES (?, ?)", (number, contact.id)
        )


def _where(text: str) -> tuple[str, tuple[str, ...]]:
    """The SQL condition that every word of a search stands in the contact; digits match any form of a number.

    A number typed in national form is looked for without its leading zero.
    """
    plain = "".join(character for character in text if character not in " .-/()+")
    if plain.isdigit() and len(plain) >= 3:
        words = [plain.removeprefix("00").lstrip("0")]
    else:
        words = folded(text).split()
    words = list(islice(words, 10))
    if not words:
        return "", ()
    condition = " AND ".join([f"searched LIKE ? {_ESCAPE}"] * len(words))
    return f" WHERE {condition}", tuple(f"%{_escaped(word)}%" for word in words)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
