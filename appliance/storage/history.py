"""The history of calls: one record for each, with the trail of reasons."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from appliance.storage.database import Database


class LegFigures(BaseModel):
    """How one leg's audio fared, in packets; `far_` is what the far end reported of what we sent (RTCP).

    The scores are estimates from 1 (unbearable) to 4.4 of what we heard of it and what it heard of us.
    `strangers` counts packets from an address that was never agreed on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""
    codec: str = ""
    sent: int = 0
    received: int = 0
    lost: int = 0
    jitter_ms: float = 0.0
    far_lost: int | None = None
    far_jitter_ms: float | None = None
    round_trip_ms: float | None = None
    strangers: int = 0
    score: float = 1.0
    far_score: float | None = None
    encrypted: bool = False


class AudioFault(BaseModel):
    """A side that was not heard though it should have been: `code` is the likely cause, `at` in epoch s."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label: str
    at: float


class CallRecord(BaseModel):
    """One call that ended. Times are epoch seconds; `trail` and `steps` are JSON-able, as routing gave them.

    `direction` is inbound, internal or outbound; `outcome` says how it went (answered, message, voicemail
    where none was left, unanswered, ...); `ended_by` is caller, callee or box. `person_ids` are all those the
    call concerned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    direction: str
    started_at: float
    answered_at: float | None = None
    ended_at: float | None = None
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    number_id: str | None = None
    line_id: str | None = None
    caller_person_id: str | None = None
    answered_by: str | None = None
    person_ids: tuple[str, ...] = ()
    outcome: str = ""
    ended_by: str = ""
    trail: tuple[dict[str, Any], ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    message_id: str | None = None
    configuration_version: int = 0
    legs: tuple[LegFigures, ...] = ()
    audio_faults: tuple[AudioFault, ...] = ()


class HistoryFilter(BaseModel):
    """Which calls to list: all that match every field set. `text` is looked for in numbers and names.

    `since` (included) and `until` (excluded) are epoch seconds. Digits in `text` match a number in national
    or international form.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    since: float | None = None
    until: float | None = None
    direction: str | None = None
    outcome: str | None = None
    person_id: str | None = None
    number_id: str | None = None


class HistoryPage(BaseModel):
    """One page of calls, newest first; `total` counts those of all pages, `page` starts at 1."""

    records: tuple[CallRecord, ...]
    total: int
    page: int = Field(ge=1)
    page_size: int = Field(ge=1)


class History:
    """The calls in the database. Every function may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: CallRecord) -> None:
        """Keep a call; one of the same id is replaced."""
        row = _row(record)

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO calls VALUES (?,?,?,?,?,?,?,?,?,?)", row)

        await self._database.write(insert)

    async def get(self, call_id: str) -> CallRecord | None:
        """One call, or None."""

        def select(connection: sqlite3.Connection) -> Any:
            return connection.execute("SELECT record FROM calls WHERE id = ?", (call_id,)).fetchone()

        row = await self._database.read(select)
        return CallRecord.model_validate_json(row[0]) if row else None

    async def list(
        self, wanted: HistoryFilter | None = None, page: int = 1, page_size: int = 50
    ) -> HistoryPage:
        """One page of the calls that match, newest first."""
        where, values = _where(wanted or HistoryFilter())
        page = max(page, 1)

        def select(connection: sqlite3.Connection) -> tuple[int, list[tuple[str]]]:
            total = connection.execute(f"SELECT count(*) FROM calls{where}", values).fetchone()[0]
            rows = connection.execute(
                f"SELECT record FROM calls{where} ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?",
                (*values, page_size, (page - 1) * page_size),
            ).fetchall()
            return total, rows

        total, rows = await self._database.read(select)
        records = tuple(CallRecord.model_validate_json(row[0]) for row in rows)
        return HistoryPage(records=records, total=total, page=page, page_size=page_size)

    async def versions_used(self) -> frozenset[int]:
        """The versions of the settings that some call ran with."""

        def select(connection: sqlite3.Connection) -> frozenset[int]:
            rows = connection.execute(
                "SELECT DISTINCT json_extract(record, '$.configuration_version') FROM calls"
            )
            return frozenset(int(version) for (version,) in rows if version is not None)

        return await self._database.read(select)

    async def delete_before(self, moment: float) -> int:
        """Forget the calls that started before a moment; how many there were."""

        def delete(connection: sqlite3.Connection) -> int:
            return connection.execute("DELETE FROM calls WHERE started_at < ?", (moment,)).rowcount

        return await self._database.write(delete)


def _row(record: CallRecord) -> tuple[Any, ...]:
    people = f" {' '.join(record.person_ids)} " if record.person_ids else ""
    return (
        record.id,
        record.started_at,
        record.direction,
        record.outcome,
        record.caller,
        record.caller_name,
        record.called,
        record.number_id,
        people,
        record.model_dump_json(),
    )


def _where(wanted: HistoryFilter) -> tuple[str, Sequence[Any]]:
    """The SQL condition that a filter means, and its values."""
    parts: list[tuple[str, Any]] = []
    if wanted.since is not None:
        parts.append(("started_at >= ?", wanted.since))
    if wanted.until is not None:
        parts.append(("started_at < ?", wanted.until))
    for column in ("direction", "outcome", "number_id"):
        if (value := getattr(wanted, column)) is not None:
            parts.append((f"{column} = ?", value))
    if wanted.person_id is not None:
        parts.append((f"people LIKE ? {_ESCAPE}", f"% {_escaped(wanted.person_id)} %"))
    conditions = [condition for condition, _ in parts]
    values = [value for _, value in parts]
    if text := wanted.text.strip():
        conditions.append(f"({' OR '.join(f'{name} LIKE ? {_ESCAPE}' for name in _SEARCHED)})")
        number = f"%{_escaped(_digits(text) or text)}%"
        values += [number, f"%{_escaped(text)}%", number]
    return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values


_SEARCHED = ("caller", "caller_name", "called")
_ESCAPE = "ESCAPE '\\'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _digits(text: str) -> str:
    """The digits a number in any form shares with E.164: no separator, trunk zero, international prefix."""
    if any(character.isalpha() for character in text):
        return ""
    return "".join(character for character in text if character in "0123456789").lstrip("0")
