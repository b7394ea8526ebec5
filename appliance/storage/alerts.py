"""Alerts: what the office must know of at once, kept until it is seen and everybody was written to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.storage.database import Database

ALERTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Alert:
    """Something grave: `at` in epoch seconds, `code` of routing's reasons, what it is about.

    `seen_at`: when somebody dealt with it. `attempts`: how often its e-mail was tried.
    """

    id: int
    at: float
    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    seen_at: float | None = None
    attempts: int = 0


class Alerts:
    """The alerts, with the queue of their e-mails. Every coroutine may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, at: float, code: str, parameters: Mapping[str, str]) -> Alert:
        """Write an alert down, its e-mail due at once; the oldest beyond those kept are forgotten."""
        row = (at, code, json.dumps(dict(parameters)), at)

        def insert(connection: sqlite3.Connection) -> int:
            cursor = connection.execute(
                "INSERT INTO alerts (at, code, parameters, next_try) VALUES (?, ?, ?, ?)", row
            )
            identifier = int(cursor.lastrowid or 0)
            connection.execute("DELETE FROM alerts WHERE id <= ?", (identifier - ALERTS_KEPT,))
            return identifier

        return Alert(await self._database.write(insert), at, code, dict(parameters))

    async def newest(self, limit: int = 100) -> list[Alert]:
        """The newest alerts, newest first."""
        return await self._select("ORDER BY id DESC LIMIT ?", limit)

    async def unseen(self) -> list[Alert]:
        """The alerts that nobody has seen, oldest first."""
        return await self._select("WHERE seen_at IS NULL ORDER BY id")

    async def due(self, now: float, limit: int = 20) -> list[Alert]:
        """The alerts whose e-mail is due, oldest first."""
        return await self._select("WHERE next_try <= ? ORDER BY id LIMIT ?", now, limit)

    async def mark_seen(self, identifier: int, now: float) -> None:
        """Say that somebody has dealt with an alert; one that is gone is no matter."""
        await self._run("UPDATE alerts SET seen_at = ? WHERE id = ? AND seen_at IS NULL", now, identifier)

    async def mark_sent(self, identifier: int) -> None:
        """Say that an alert's e-mail has gone, or that there is nobody to write to."""
        await self._run("UPDATE alerts SET next_try = NULL WHERE id = ?", identifier)

    async def postpone(self, identifier: int, moment: float) -> None:
        """Say when (epoch seconds) an alert's e-mail is tried again."""
        await self._run(
            "UPDATE alerts SET next_try = ?, attempts = attempts + 1 WHERE id = ?", moment, identifier
        )

    async def _select(self, condition: str, *values: object) -> list[Alert]:
        statement = f"SELECT id, at, code, parameters, seen_at, attempts FROM alerts {condition}"

        def select(connection: sqlite3.Connection) -> list[Alert]:
            rows = connection.execute(statement, values).fetchall()
            return [
                Alert(identifier, at, code, json.loads(parameters), seen_at, attempts)
                for identifier, at, code, parameters, seen_at, attempts in rows
            ]

        return await self._database.read(select)

    async def _run(self, statement: str, *values: object) -> None:
        await self._database.write(lambda connection: connection.execute(statement, values).rowcount)
