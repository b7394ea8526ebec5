"""The security log: what was refused at the doors, bounded in number, for people to read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from appliance.storage.database import Database

EVENTS_KEPT = 2000


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something refused: `at` in epoch seconds, `kind` a code, the address and user name concerned."""

    at: float
    kind: str
    address: str = ""
    user: str = ""
    count: int = 1


class SecurityLog:
    """The last EVENTS_KEPT events. Every function may raise StorageError."""

    def __init__(self, database: Database, kept: int = EVENTS_KEPT) -> None:
        self._database = database
        self._kept = kept

    async def add(self, event: SecurityEvent) -> None:
        """Write an event down, and forget the oldest beyond those kept."""
        row, kept = (event.at, event.kind, event.address, event.user, event.count), self._kept

        def insert(connection: sqlite3.Connection) -> None:
            cursor = connection.execute(
                "INSERT INTO security_events (at, kind, address, user, count) VALUES (?,?,?,?,?)", row
            )
            connection.execute("DELETE FROM security_events WHERE id <= ?", ((cursor.lastrowid or 0) - kept,))

        await self._database.write(insert)

    async def list(self, limit: int = 200) -> list[SecurityEvent]:
        """The newest events, newest first."""

        def select(connection: sqlite3.Connection) -> list[tuple[float, str, str, str, int]]:
            return connection.execute(
                "SELECT at, kind, address, user, count FROM security_events ORDER BY id DESC LIMIT ?",
                (limit,),
            ).fetchall()

        return [SecurityEvent(*row) for row in await self._database.read(select)]
