"""Who has signed out of which ring group, on the disk, over restarts (RING-5)."""

from __future__ import annotations

import sqlite3

from appliance.storage.database import Database


class MembershipStore:
    """Members who have signed out, in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, group_id: str, person_id: str, since: float | None) -> None:
        """Keep that a member has signed out since a moment, in epoch seconds; None: they are in again."""

        def change(connection: sqlite3.Connection) -> None:
            if since is None:
                query = "DELETE FROM signed_out WHERE group_id = ? AND person_id = ?"
                connection.execute(query, (group_id, person_id))
            else:
                row = (group_id, person_id, since)
                connection.execute("INSERT OR REPLACE INTO signed_out VALUES (?,?,?)", row)

        await self._database.write(change)

    async def load(self) -> list[tuple[str, str]]:
        """Every (group, person) of who has signed out."""

        def select(connection: sqlite3.Connection) -> list[tuple[str, str]]:
            return connection.execute("SELECT group_id, person_id FROM signed_out").fetchall()

        return await self._database.read(select)
