"""Sign-ins: which browser has been signed in as whom, until when. Tokens are kept as hashes only."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from appliance.storage.database import Database

LIFETIME = 30 * 86400.0
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in: whose, and until when it holds (epoch seconds). `key` names it among the user's others."""

    user_id: str
    created_at: float
    expires_at: float
    browser: str = ""
    key: str = field(default="", repr=False)


class Sessions:
    """The sign-ins in the database, the latest in memory too. Every coroutine may raise StorageError."""

    def __init__(self, database: Database, tokens: Callable[[], str]) -> None:
        self._database = database
        self._tokens = tokens
        self._remembered: OrderedDict[bytes, Session] = OrderedDict()
        self._deletions = 0

    async def open(self, user_id: str, now: float, *, browser: str = "", lifetime: float = LIFETIME) -> str:
        """Sign a user in; the token to show from now on, which is kept nowhere."""
        token = self._tokens() + self._tokens()
        key = _hash(token)
        session = Session(user_id, now, now + lifetime, browser[:200], key.hex())

        def insert(connection: sqlite3.Connection) -> None:
            row = (key, user_id, now, session.expires_at, session.browser)
            connection.execute("INSERT INTO sessions VALUES (?,?,?,?,?)", row)

        await self._database.write(insert)
        self._remember(key, session)
        return token

    async def find(self, token: str, now: float) -> Session | None:
        """The sign-in that a token stands for; None when there is none or it has ended."""
        key = _hash(token)
        deletions = self._deletions
        session = self._remembered.get(key) or await self._select(key)
        if session is None or session.expires_at <= now:
            self._remembered.pop(key, None)
            return None
        if deletions == self._deletions:  # else what was read may be gone
            self._remember(key, session)
        return session

    async def list(self, user_id: str, now: float) -> list[Session]:
        """A user's sign-ins that hold, newest first."""

        def select(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(
                "SELECT token_hash, user_id, created_at, expires_at, browser FROM sessions"
                " WHERE user_id = ? AND expires_at > ? ORDER BY created_at DESC",
                (user_id, now),
            ).fetchall()

        rows = await self._database.read(select)
        return [_session(*row) for row in rows]

    async def close(self, token: str) -> None:
        """Sign one browser out."""
        await self._delete("token_hash = ?", _hash(token))

    async def close_user(self, user_id: str) -> None:
        """Sign a user out everywhere: after a change of password, or when the user is removed."""
        await self._delete("user_id = ?", user_id)

    async def delete_expired(self, now: float) -> None:
        """Forget the sign-ins that have ended."""
        await self._delete("expires_at <= ?", now)

    async def _select(self, key: bytes) -> Session | None:
        def select(connection: sqlite3.Connection) -> Any:
            return connection.execute(
                "SELECT user_id, created_at, expires_at, browser FROM sessions WHERE token_hash = ?", (key,)
            ).fetchone()

        row = await self._database.read(select)
        return _session(key, *row) if row else None

    async def _delete(self, condition: str, value: object) -> None:
        self._forget()

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute(f"DELETE FROM sessions WHERE {condition}", (value,))

        await self._database.write(delete)
        self._forget()

    def _forget(self) -> None:
        self._deletions += 1
        self._remembered.clear()

    def _remember(self, key: bytes, session: Session) -> None:
        self._remembered[key] = session
        self._remembered.move_to_end(key)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def _session(key: bytes, user_id: str, created_at: float, expires_at: float, browser: str) -> Session:
    return Session(user_id, created_at, expires_at, browser, key.hex())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
