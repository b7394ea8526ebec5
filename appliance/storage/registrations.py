"""Registrations on the disk: which phones are where, so that a restart of the box cuts nobody off."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.storage.database import Database


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One binding of RFC 3261 10, with the flow its requests are sent to; `expires_at` in epoch seconds."""

    aor: str
    contact: str
    expires_at: float
    transport: str
    local: tuple[str, int]
    remote: tuple[str, int]
    connection: int | None = None
    call_id: str = ""
    cseq: int = 0
    instance: str | None = None
    user_agent: str = ""
    q: float = 1.0
    path: tuple[str, ...] = ()
    reg_id: str = ""
    params: tuple[tuple[str, str | None], ...] = ()


class Registrations:
    """The bindings in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, rows: Sequence[RegistrationRow] = (), removed: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Keep bindings and forget others, named by (aor, contact); safe on the disk when this returns."""
        values = [(row.aor, row.contact, row.expires_at, _encode(row)) for row in rows]

        def change(connection: sqlite3.Connection) -> None:
            for key in removed:
                connection.execute("DELETE FROM registrations WHERE aor = ? AND contact = ?", key)
            for value in values:
                connection.execute("INSERT OR REPLACE INTO registrations VALUES (?,?,?,?)", value)

        await self._database.write(change)

    async def load(self, now: float) -> list[RegistrationRow]:
        """The bindings that have not expired."""

        def select(connection: sqlite3.Connection) -> list[tuple[str, str, float, str]]:
            return connection.execute("SELECT * FROM registrations WHERE expires_at > ?", (now,)).fetchall()

        return [_decode(*row) for row in await self._database.read(select)]

    async def delete_expired(self, now: float) -> int:
        """Forget the bindings that have expired; how many there were."""

        def delete(connection: sqlite3.Connection) -> int:
            return connection.execute("DELETE FROM registrations WHERE expires_at <= ?", (now,)).rowcount

        return await self._database.write(delete)


def _encode(row: RegistrationRow) -> str:
    return json.dumps(
        (
            row.transport,
            row.local,
            row.remote,
            row.connection,
            row.call_id,
            row.cseq,
            row.instance,
            row.user_agent,
            row.q,
            row.path,
            row.reg_id,
            row.params,
        )
    )


def _decode(aor: str, contact: str, expires_at: float, text: str) -> RegistrationRow:
    transport, local, remote, *rest = json.loads(text)
    connection, call_id, cseq, instance, user_agent, q, path, *more = rest
    return RegistrationRow(
        aor,
        contact,
        expires_at,
        transport,
        (local[0], local[1]),
        (remote[0], remote[1]),
        connection,
        call_id,
        cseq,
        instance,
        user_agent,
        q,
        tuple(path),
        more[0] if more else "",
        tuple((name, value) for name, value in more[1]) if more else (),
    )
