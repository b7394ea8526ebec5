"""Working days on the disk: who has started, is on a break or has left, over restarts (STAT-1)."""

from __future__ import annotations

import sqlite3

from appliance.storage.database import Database


class WorkingDays:
    """How each person's day stands, in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, person_id: str, state: str, since: float) -> None:
        """Keep a state with the moment it was taken up, in epoch seconds."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO working_days VALUES (?,?,?)", (person_id, state, since)
            )

        await self._database.write(change)

    async def load(self) -> list[tuple[str, str, float]]:
        """Every (person, state, since)."""

        def select(connection: sqlite3.Connection) -> list[tuple[str, str, float]]:
            return connection.execute("SELECT person_id, state, since FROM working_days").fetchall()

        return await self._database.read(select)
