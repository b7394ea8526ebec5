"""How much each person has called outside today, over restarts (OUT-10)."""

from __future__ import annotations

import sqlite3

from appliance.storage.database import Database

DAYS_KEPT = "-40 days"


class UsageStore:
    """Calls and seconds by person and day (2026-11-24). Every coroutine may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, person_id: str, day: str, calls: int, seconds: int) -> None:
        """Add calls and seconds to a person's day."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO outbound_usage VALUES (?, ?, ?, ?) ON CONFLICT (person_id, day) DO UPDATE SET"
                " calls = calls + excluded.calls, seconds = seconds + excluded.seconds",
                (person_id, day, calls, seconds),
            )
            connection.execute("DELETE FROM outbound_usage WHERE day < date(?, ?)", (day, DAYS_KEPT))

        await self._database.write(change)

    async def of_day(self, day: str) -> dict[str, tuple[int, int]]:
        """The calls and seconds of everybody who called that day."""

        def select(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
            rows = connection.execute(
                "SELECT person_id, calls, seconds FROM outbound_usage WHERE day = ?", (day,)
            )
            return {person_id: (calls, seconds) for person_id, calls, seconds in rows}

        return await self._database.read(select)
