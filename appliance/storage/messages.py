"""Voice messages: begun before the first sound is recorded, so that none is lost, then kept and listed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from appliance.configuration.configuration import Configuration
from appliance.storage import mail_queue
from appliance.storage.audio_files import complete_header
from appliance.storage.data_folder import sync_folder
from appliance.storage.database import Database
from appliance.storage.errors import storage_error

SHORTEST_SECONDS = 1.0

MailState = Literal["none", "queued", "sending", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message being recorded: the recorder writes the WAV file at `path`."""

    id: str
    path: Path


class Message(BaseModel):
    """A message that was left. Times are epoch seconds, `size` bytes of sound file.

    `mail_state` tells where its e-mail is, `mail_error` (a code of mail.errors) why it is not there yet,
    `mail_detail` what the server said, `mail_next_try` when it is tried again.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    mailbox_id: str
    caller: str
    caller_name: str
    called: str
    call_id: str
    received_at: float
    seconds: float
    size: int
    heard_at: float | None = None
    deleted_at: float | None = None
    mail_state: MailState = "none"
    mail_error: str = ""
    mail_detail: str = ""
    mail_attempts: int = 0
    mail_next_try: float | None = None
    mail_sent_at: float | None = None


class MessagePage(BaseModel):
    """One page of messages, newest first; `total` counts those of all pages, `page` starts at 1."""

    messages: tuple[Message, ...]
    total: int
    page: int
    page_size: int


class MailboxCount(BaseModel):
    """How many messages a mailbox holds, and how many of them nobody has heard."""

    total: int
    unheard: int


_COLUMNS = (
    "messages.id, mailbox_id, caller, caller_name, called, call_id, received_at, seconds, size, heard_at,"
    " deleted_at, coalesce(mail.state, 'none'), coalesce(mail.error, ''), coalesce(mail.detail, ''),"
    " coalesce(mail.attempts, 0), mail.next_try, mail.sent_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM messages LEFT JOIN mail ON mail.message_id = messages.id"
_KEPT = "messages.state = 'kept' AND deleted_at IS NULL"


class MessageStore:
    """The messages of all mailboxes: rows in the database, sound in `folder`/<mailbox id>/<message id>.wav.

    `configuration` gives the settings of the moment: a message in a mailbox with e-mail addresses is queued
    for mail in the same transaction that keeps it. Every coroutine may raise StorageError.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        tokens: Callable[[], str],
        configuration: Callable[[], Configuration],
    ) -> None:
        self._database = database
        self._folder = folder
        self._tokens = tokens
        self._configuration = configuration

    async def begin(
        self, mailbox_id: str, caller: str, caller_name: str, called: str, now: float, *, call_id: str = ""
    ) -> MessageDraft:
        """Make room for a message about to be recorded, which began at `now`."""
        message_id = self._tokens()
        draft = MessageDraft(message_id, self._path(mailbox_id, message_id))
        row = (draft.id, mailbox_id, caller, caller_name, called, call_id, now)

        def insert(connection: sqlite3.Connection) -> None:
            draft.path.parent.mkdir(mode=0o700, exist_ok=True)
            connection.execute(
                "INSERT INTO messages (id, mailbox_id, state, caller, caller_name, called, call_id,"
                " received_at)"
                " VALUES (?, ?, 'recording', ?, ?, ?, ?, ?)",
                row,
            )

        await self._database.write(insert)
        return draft

    async def finish(self, draft: MessageDraft, seconds: float) -> Message:
        """Keep a recorded message, on the disk when this returns; its e-mail is then queued if one is wanted.

        `seconds` gives way to the length of the file when the two differ. Raises KeyError when it was not
        begun.
        """
        found, size = await self._database.in_thread(partial(_settle, draft.path))
        return await self._keep(draft.id, found or seconds, size)

    async def abandon(self, draft: MessageDraft) -> None:
        """Forget a message in which nothing was said."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM messages WHERE id = ? AND state = 'recording'", (draft.id,))

        await self._database.write(delete)
        await self._database.in_thread(lambda: draft.path.unlink(missing_ok=True))

    async def recover(self, now: float) -> tuple[Message, ...]:
        """Keep what was being recorded when the box last stopped, and sounds that the index does not know.

        To be called once at start, before any call; recordings of less than a second are forgotten.
        """
        drafts = await self._database.read(
            lambda connection: connection.execute(
                "SELECT id, mailbox_id FROM messages WHERE state = 'recording'"
            ).fetchall()
        )
        await self._adopt_strays()
        kept = []
        for message_id, mailbox_id in drafts:
            draft = MessageDraft(message_id, self._path(mailbox_id, message_id))
            seconds, size = await self._database.in_thread(partial(_settle, draft.path))
            if seconds < SHORTEST_SECONDS:
                await self.abandon(draft)
            else:
                kept.append(await self._keep(message_id, seconds, size))
        return tuple(kept)

    async def get(self, message_id: str) -> Message | None:
        """One message, deleted or not; None when there is none, or it is still being recorded."""
        rows = await self._select("messages.id = ? AND messages.state = 'kept'", (message_id,))
        return rows[0] if rows else None

    async def list(
        self,
        mailbox_ids: Collection[str] | None = None,
        page: int = 1,
        page_size: int = 50,
        *,
        unheard_only: bool = False,
    ) -> MessagePage:
        """One page of the messages of some mailboxes (None: of all), newest first."""
        where, values = _KEPT, tuple(mailbox_ids or ())
        if mailbox_ids is not None:
            where += f" AND mailbox_id IN ({','.join('?' * len(values))})"
        if unheard_only:
            where += " AND heard_at IS NULL"
        page = max(page, 1)

        def count(connection: sqlite3.Connection) -> int:
            row = connection.execute(f"SELECT count(*) FROM messages WHERE {where}", values).fetchone()
            return int(row[0])

        total = await self._database.read(count)
        limits = (page_size, (page - 1) * page_size)
        order = " ORDER BY received_at DESC, messages.id LIMIT ? OFFSET ?"
        messages = await self._select(where + order, (*values, *limits))
        return MessagePage(messages=messages, total=total, page=page, page_size=page_size)

    async def counts(self) -> dict[str, MailboxCount]:
        """How many messages each mailbox holds; one without any is absent."""

        def select(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(
                "SELECT mailbox_id, count(*), sum(heard_at IS NULL) FROM messages"
                f" WHERE {_KEPT} GROUP BY mailbox_id"
            ).fetchall()

        rows = await self._database.read(select)
        return {mailbox: MailboxCount(total=total, unheard=unheard) for mailbox, total, unheard in rows}

    async def mark_heard(self, message_id: str, heard: bool, now: float) -> bool:
        """Say that a message was heard, or not; False when there is no such message."""
        heard_at = now if heard else None

        def update(connection: sqlite3.Connection) -> bool:
            return (
                connection.execute(
                    f"UPDATE messages SET heard_at = ? WHERE id = ? AND {_KEPT}", (heard_at, message_id)
                ).rowcount
                > 0
            )

        return await self._database.write(update)

    async def delete(self, message_id: str, now: float) -> bool:
        """Delete a message's sound and take it off the lists; False when there is no such message.

        The row stays a while, so that the history can say what became of it. Its e-mail, if not sent yet,
        is not.
        """

        def update(connection: sqlite3.Connection) -> tuple[str] | None:
            row: tuple[str] | None = connection.execute(
                f"UPDATE messages SET deleted_at = ? WHERE id = ? AND {_KEPT} RETURNING mailbox_id",
                (now, message_id),
            ).fetchone()
            if row:
                mail_queue.drop(connection, message_id)
            return row

        row = await self._database.write(update)
        if row is None:
            return False
        await self._remove_sound(row[0], message_id)
        return True

    async def mail_sent(
        self, message_id: str, now: float, *, delete: bool, error: str = "", detail: str = ""
    ) -> None:
        """Say that the mail server took a message's e-mail; with `delete`, the message goes too."""

        def update(connection: sqlite3.Connection) -> tuple[str] | None:
            mail_queue.set_sent(connection, message_id, now, error, detail)
            row: tuple[str] | None = None
            if delete:
                row = connection.execute(
                    f"UPDATE messages SET deleted_at = ? WHERE id = ? AND {_KEPT} RETURNING mailbox_id",
                    (now, message_id),
                ).fetchone()
            return row

        row = await self._database.write(update)
        if row is not None:
            await self._remove_sound(row[0], message_id)

    async def retry_mail(self, message_id: str, now: float) -> bool:
        """Queue a message's e-mail again, to be tried at once; False when there is no such message."""

        def update(connection: sqlite3.Connection) -> bool:
            select = f"SELECT 1 FROM messages WHERE id = ? AND {_KEPT}"
            found = connection.execute(select, (message_id,)).fetchone() is not None
            if found:
                mail_queue.put(connection, message_id, now)
            return found

        return await self._database.write(update)

    def audio_path(self, message: Message) -> Path:
        """Where a message's sound is: WAV, 8 kHz, mono, 16 bits. Gone once the message is deleted."""
        return self._path(message.mailbox_id, message.id)

    async def older_than(self, mailbox_id: str, moment: float) -> tuple[str, ...]:
        """The ids of a mailbox's messages received before a moment, less those whose e-mail is to go."""

        def select(connection: sqlite3.Connection) -> list[tuple[str]]:
            return connection.execute(
                "SELECT messages.id FROM messages LEFT JOIN mail ON mail.message_id = messages.id"
                f" WHERE {_KEPT} AND mailbox_id = ? AND received_at < ?"
                " AND coalesce(mail.state, 'none') NOT IN ('queued', 'sending')",
                (mailbox_id, moment),
            ).fetchall()

        return tuple(row[0] for row in await self._database.read(select))

    async def forget_deleted(self, moment: float) -> int:
        """Drop the rows of messages deleted before a moment; how many there were."""

        def delete(connection: sqlite3.Connection) -> int:
            return connection.execute("DELETE FROM messages WHERE deleted_at < ?", (moment,)).rowcount

        return await self._database.write(delete)

    async def _keep(self, message_id: str, seconds: float, size: int) -> Message:
        configuration = self._configuration()

        def update(connection: sqlite3.Connection) -> None:
            row = connection.execute(
                "UPDATE messages SET state = 'kept', seconds = ?, size = ? WHERE id = ?"
                " RETURNING mailbox_id, received_at",
                (seconds, size, message_id),
            ).fetchone()
            if row is None:
                raise KeyError(message_id)
            mailbox = configuration.mailboxes.get(row[0])
            if mailbox is not None and mailbox.emails:
                mail_queue.put(connection, message_id, row[1] + seconds)

        await self._database.write(update)
        message = await self.get(message_id)
        if message is None:
            raise KeyError(message_id)
        return message

    async def _select(self, where: str, values: tuple[Any, ...]) -> tuple[Message, ...]:
        def select(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(f"{_SELECT} WHERE {where}", values).fetchall()

        rows = await self._database.read(select)
        return tuple(Message(**dict(zip(Message.model_fields, row, strict=True))) for row in rows)

    async def _adopt_strays(self) -> None:
        """Index the sounds without a row, as after the loss of the database; remove the deleted."""

        def known(connection: sqlite3.Connection) -> dict[str, bool]:
            return dict(connection.execute("SELECT id, deleted_at IS NOT NULL FROM messages").fetchall())

        deleted = await self._database.read(known)
        strays = await self._database.in_thread(lambda: _strays(self._folder, deleted))

        def adopt(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR IGNORE INTO messages VALUES (?, ?, 'kept', '', '', '', '', ?, ?, ?, NULL, NULL)",
                strays,
            )

        if strays:
            await self._database.write(adopt)

    async def _remove_sound(self, mailbox_id: str, message_id: str) -> None:
        path = self._path(mailbox_id, message_id)
        await self._database.in_thread(lambda: path.unlink(missing_ok=True))

    def _path(self, mailbox_id: str, message_id: str) -> Path:
        return self._folder / mailbox_id / f"{message_id}.wav"


def _settle(path: Path) -> tuple[float, int]:
    """Complete a recording's header and put it on the disk: its seconds and bytes, zero if there is none."""
    try:
        seconds = complete_header(path)
        with open(path, "rb") as file:
            os.fsync(file.fileno())
        sync_folder(path.parent)
        return seconds, path.stat().st_size
    except FileNotFoundError:
        return 0.0, 0
    except OSError as error:
        raise storage_error(error) from error


def _strays(folder: Path, deleted: dict[str, bool]) -> list[tuple[str, str, float, float, int]]:
    """The sounds that no row names, as id, mailbox, start, seconds, bytes.

    `deleted` says of each message with a row whether it is deleted; the sounds of those that are, are
    removed.
    """
    found = []
    for path in folder.glob("*/*.wav"):
        if deleted.get(path.stem):
            path.unlink(missing_ok=True)
        if path.stem in deleted:
            continue
        ended_at = path.stat().st_mtime
        seconds, size = _settle(path)
        if seconds >= SHORTEST_SECONDS:
            found.append((path.stem, path.parent.name, ended_at - seconds, seconds, size))
    return found
