"""The queue of e-mails to send, one for each message: durable, tried again until it went."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.storage.database import Database

LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """An e-mail that is due: for which message, and how often it was tried already."""

    message_id: str
    attempts: int


def put(connection: sqlite3.Connection, message_id: str, now: float) -> None:
    """Queue a message's e-mail within a transaction, due at once; one sent or failed starts again."""
    connection.execute(
        "INSERT INTO mail (message_id, state, queued_at, next_try) VALUES (?, 'queued', ?, ?)"
        " ON CONFLICT (message_id) DO UPDATE SET state = 'queued', next_try = excluded.next_try,"
        " attempts = 0, sent_at = NULL, error = '', detail = ''",
        (message_id, now, now),
    )


def set_sent(connection: sqlite3.Connection, message_id: str, now: float, error: str, detail: str) -> None:
    """Say within a transaction that the server took an e-mail; `error` when only for some addresses."""
    connection.execute(
        "UPDATE mail SET state = 'sent', next_try = NULL, attempts = attempts + 1, sent_at = ?, error = ?,"
        " detail = ? WHERE message_id = ?",
        (now, error, detail[:LONGEST_DETAIL], message_id),
    )


def drop(connection: sqlite3.Connection, message_id: str) -> None:
    """Take a message's e-mail off the queue within a transaction, unless it was sent."""
    connection.execute("DELETE FROM mail WHERE message_id = ? AND state <> 'sent'", (message_id,))


class MailQueue:
    """The queue in the database. Every coroutine may raise StorageError.

    An e-mail is queued, sending, sent, or failed; only a person's wish puts a failed one back into the queue.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recover(self) -> None:
        """Say that what was being sent when the box stopped is not any more; called once at start."""
        await self._run("UPDATE mail SET state = 'queued' WHERE state = 'sending'")

    async def due(self, now: float, limit: int = 20) -> list[QueuedMail]:
        """The e-mails whose time has come, those that wait longest first, with what was interrupted."""

        def select(connection: sqlite3.Connection) -> list[tuple[str, int]]:
            return connection.execute(
                "SELECT message_id, attempts FROM mail WHERE state IN ('queued', 'sending') AND next_try <= ?"
                " ORDER BY next_try, queued_at LIMIT ?",
                (now, limit),
            ).fetchall()

        return [QueuedMail(*row) for row in await self._database.read(select)]

    async def next_due(self) -> float | None:
        """When the next e-mail is due (epoch seconds); None when none waits."""

        def select(connection: sqlite3.Connection) -> float | None:
            moment: float | None = connection.execute(
                "SELECT min(next_try) FROM mail WHERE state = 'queued' AND next_try IS NOT NULL"
            ).fetchone()[0]
            return moment

        return await self._database.read(select)

    async def waiting(self) -> int:
        """How many e-mails have not gone yet."""

        def count(connection: sqlite3.Connection) -> int:
            select = "SELECT count(*) FROM mail WHERE state IN ('queued', 'sending')"
            return int(connection.execute(select).fetchone()[0])

        return await self._database.read(count)

    async def trouble(self) -> str:
        """Why the e-mails that wait have not gone, a code of mail.errors; "" where none was in the way."""

        def select(connection: sqlite3.Connection) -> str:
            found = connection.execute(
                "SELECT error FROM mail WHERE state IN ('queued', 'sending') AND error <> ''"
                " ORDER BY attempts DESC, queued_at LIMIT 1"
            ).fetchone()
            return str(found[0]) if found else ""

        return await self._database.read(select)

    async def mark_sending(self, message_id: str) -> None:
        """Say that an e-mail is on its way."""
        await self._run("UPDATE mail SET state = 'sending' WHERE message_id = ?", message_id)

    async def mark_failed(self, message_id: str, error: str, detail: str) -> None:
        """Say that an e-mail will not go, and why: a code of mail.errors and what the server said."""
        await self._run(
            "UPDATE mail SET state = 'failed', next_try = NULL, attempts = attempts + 1, error = ?,"
            " detail = ? WHERE message_id = ?",
            error,
            detail[:LONGEST_DETAIL],
            message_id,
        )

    async def postpone(self, next_tries: Mapping[str, float], error: str, detail: str) -> None:
        """Say why some e-mails did not go now, and when (epoch seconds) each is tried again."""
        rows = [(moment, error, detail[:LONGEST_DETAIL], key) for key, moment in next_tries.items()]

        def update(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE mail SET state = 'queued', next_try = ?, attempts = attempts + 1, error = ?,"
                " detail = ? WHERE message_id = ? AND state <> 'sent'",
                rows,
            )

        await self._database.write(update)

    async def explain(self, error: str) -> None:
        """Say why nothing goes at all for now, without counting an attempt."""
        await self._run(
            "UPDATE mail SET error = ?, detail = '' WHERE state IN ('queued', 'sending') AND error <> ?",
            error,
            error,
        )

    async def hurry(self, now: float) -> None:
        """Make everything that waits due now: the mail settings have changed, or the network is back."""
        await self._run("UPDATE mail SET next_try = ? WHERE state = 'queued' AND next_try > ?", now, now)

    async def _run(self, statement: str, *values: object) -> None:
        await self._database.write(lambda connection: connection.execute(statement, values).rowcount)
