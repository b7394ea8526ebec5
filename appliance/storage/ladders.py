"""The SIP messages of the last calls, kept on the disk: a call's ladder can be read after a restart."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.storage.database import Database

CALLS_KEPT = 300


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One message: `at` in epoch seconds, whether we sent it, its two ends (host, port), its text."""

    at: float
    sent: bool
    transport: str
    local: tuple[str, int]
    remote: tuple[str, int]
    text: str


class Ladders:
    """The messages of the last CALLS_KEPT calls. Every function may raise StorageError."""

    def __init__(self, database: Database, calls_kept: int = CALLS_KEPT) -> None:
        self._database = database
        self._calls_kept = calls_kept

    async def add(self, ladders: Mapping[str, Sequence[LadderRow]]) -> None:
        """Keep the messages of these calls, by call, and forget those of the oldest beyond CALLS_KEPT."""
        packed = [(call_id, _pack(list(rows))) for call_id, rows in ladders.items()]
        kept = self._calls_kept

        def insert(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT INTO ladders (call_id, messages) VALUES (?, ?)", packed)
            newest = connection.execute("SELECT max(id) FROM ladders").fetchone()[0] or 0
            connection.execute("DELETE FROM ladders WHERE id <= ?", (newest - kept,))

        await self._database.write(insert)

    async def get(self, call_id: str) -> list[LadderRow]:
        """The messages of a call in their order; empty when they are not kept any more."""

        def select(connection: sqlite3.Connection) -> list[tuple[bytes]]:
            return connection.execute(
                "SELECT messages FROM ladders WHERE call_id = ? ORDER BY id", (call_id,)
            ).fetchall()

        return [row for (packed,) in await self._database.read(select) for row in _unpack(packed)]


def _pack(rows: list[LadderRow]) -> bytes:
    listed = [(row.at, row.sent, row.transport, row.local, row.remote, row.text) for row in rows]
    return zlib.compress(json.dumps(listed).encode(), 1)


def _unpack(packed: bytes) -> list[LadderRow]:
    return [
        LadderRow(at, sent, transport, (local[0], local[1]), (remote[0], remote[1]), text)
        for at, sent, transport, local, remote, text in json.loads(zlib.decompress(packed))
    ]
