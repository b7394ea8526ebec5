"""Call-back requests on the disk: those who are to be called, and what came of it (OUT-6)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from appliance.configuration.call_backs import CallBackRequest, CallBackState
from appliance.storage.database import Database

KEPT_SECONDS = 90 * 86400.0
_OPEN = (CallBackState.WAITING.value, CallBackState.TRYING.value)


class CallBackStore:
    """The requests in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, request: CallBackRequest) -> None:
        """Keep a request as it is now."""
        row = (request.id, request.state.value, request.asked_at, request.model_dump_json())

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO call_backs VALUES (?,?,?,?)", row)

        await self._database.write(change)

    async def open(self) -> list[CallBackRequest]:
        """Those who are still to be called, whoever asked first first."""
        query = "SELECT record FROM call_backs WHERE state IN (?,?) ORDER BY asked_at, id"
        return await self._select(query, _OPEN)

    async def ended(self, limit: int) -> list[CallBackRequest]:
        """Those that are over, the newest first."""
        query = "SELECT record FROM call_backs WHERE state NOT IN (?,?) ORDER BY asked_at DESC, id LIMIT ?"
        return await self._select(query, (*_OPEN, limit))

    async def prune(self, now: float) -> None:
        """Forget those that have been over for long."""

        def change(connection: sqlite3.Connection) -> None:
            query = "DELETE FROM call_backs WHERE state NOT IN (?,?) AND asked_at < ?"
            connection.execute(query, (*_OPEN, now - KEPT_SECONDS))

        await self._database.write(change)

    async def _select(self, query: str, values: tuple[str | int, ...]) -> list[CallBackRequest]:
        def select(connection: sqlite3.Connection) -> list[CallBackRequest]:
            return list(_read(row[0] for row in connection.execute(query, values)))

        return await self._database.read(select)


def _read(records: Iterable[str]) -> Iterator[CallBackRequest]:
    """The requests that can be read: one that cannot harms no other."""
    for record in records:
        try:
            yield CallBackRequest.model_validate_json(record)
        except ValidationError:
            continue
