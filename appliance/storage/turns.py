"""Turns on the disk: whom each group has rung last, and when people were last on the phone (RING-5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from appliance.storage.database import Database


class TurnStore:
    """Turns in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save_rung(self, group_id: str, person_id: str) -> None:
        """Keep whom a group has rung last."""
        await self._save("INSERT OR REPLACE INTO last_rung VALUES (?,?)", [(group_id, person_id)])

    async def save_idle(self, people: Iterable[str], since: float) -> None:
        """Keep since when these people are off the phone, in epoch seconds."""
        rows = [(person_id, since) for person_id in people]
        await self._save("INSERT OR REPLACE INTO idle_since VALUES (?,?)", rows)

    async def _save(self, statement: str, rows: Sequence[tuple[str, str | float]]) -> None:
        def change(connection: sqlite3.Connection) -> None:
            connection.executemany(statement, rows)

        await self._database.write(change)

    async def load(self) -> tuple[dict[str, str], dict[str, float]]:
        """Whom each group has rung last, and since when people are idle."""

        def select(connection: sqlite3.Connection) -> tuple[dict[str, str], dict[str, float]]:
            rung = connection.execute("SELECT group_id, person_id FROM last_rung").fetchall()
            idle = connection.execute("SELECT person_id, since FROM idle_since").fetchall()
            return dict(rung), dict(idle)

        return await self._database.read(select)
