"""Subscriptions on the disk: the lamps of phones go on after a restart of the box."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from appliance.storage.database import Database


class SubscriptionStore:
    """The subscriptions in the database, a JSON record each. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, key: str, expires_at: float, record: Mapping[str, Any]) -> None:
        """Keep one; `expires_at` in epoch seconds."""
        row = (key, expires_at, json.dumps(record))

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO subscriptions VALUES (?,?,?)", row)

        await self._database.write(change)

    async def forget(self, key: str) -> None:
        """Forget one."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM subscriptions WHERE key = ?", (key,))

        await self._database.write(change)

    async def load(self, now: float) -> list[tuple[float, dict[str, Any]]]:
        """Those that have not run out: (epoch seconds of their end, record); the others are forgotten."""

        def change(connection: sqlite3.Connection) -> list[tuple[float, str]]:
            connection.execute("DELETE FROM subscriptions WHERE expires_at <= ?", (now,))
            return connection.execute("SELECT expires_at, record FROM subscriptions").fetchall()

        return [(expires_at, json.loads(text)) for expires_at, text in await self._database.write(change)]
