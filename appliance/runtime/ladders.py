"""Ladders: which SIP messages are of which call, while it goes on and after."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from weakref import WeakKeyDictionary

from appliance.runtime.message_log import MessageLog
from appliance.sip.tracing import TracedMessage
from appliance.storage.errors import StorageError
from appliance.storage.ladders import LadderRow, Ladders

log = logging.getLogger(__name__)

# The answer to the last BYE comes a moment after the call's end.
LAST_ANSWER_SECONDS = 2.0


class CallLadders:
    """The messages of every call: in memory as long as it goes on, on the disk afterwards.

    `legs` are whatever the dialogs were attached to; only their identity counts.
    """

    def __init__(self, kept: Ladders, epoch: Callable[[], float]) -> None:
        self.messages = MessageLog(epoch)
        self._kept = kept
        self._dialogs: WeakKeyDictionary[object, list[str]] = WeakKeyDictionary()
        self._unkept: dict[str, tuple[str, ...]] = {}
        self._closing = asyncio.Event()

    def dialog(self, leg: object, call_id: str) -> None:
        """A leg has begun a dialog of that Call-ID."""
        self._dialogs.setdefault(leg, []).append(call_id)

    def dialogs_of(self, legs: Iterable[object]) -> tuple[str, ...]:
        """The Call-IDs of these legs, each once."""
        found = (call_id for leg in legs for call_id in self._dialogs.get(leg, ()))
        return tuple(dict.fromkeys(found))

    async def keep(self, call: str, legs: Iterable[object]) -> None:
        """Put the messages of a call that has ended on the disk."""
        dialogs = self._unkept[call] = self.dialogs_of(legs)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_ANSWER_SECONDS):
                    await self._closing.wait()
            rows = [_row(message) for message in self.messages.of(dialogs)]
            if rows:
                await self._kept.add(call, rows)
        except StorageError as error:
            log.warning("the messages of call %s could not be kept: %s", call, error)
        finally:
            del self._unkept[call]

    def close(self) -> None:
        """Wait for no more answers: the box stops."""
        self._closing.set()

    async def of(self, call: str) -> list[TracedMessage]:
        """The messages of a call that has ended, oldest first. Raises StorageError."""
        dialogs = self._unkept.get(call)
        if dialogs is not None:
            return self.messages.of(dialogs)
        return [_message(row) for row in await self._kept.get(call)]


def _row(message: TracedMessage) -> LadderRow:
    return LadderRow(
        message.at,
        message.sent,
        message.transport,
        message.local,
        message.remote,
        message.data.decode("utf-8", "replace"),
    )


def _message(row: LadderRow) -> TracedMessage:
    return TracedMessage(row.at, row.sent, row.transport, row.local, row.remote, row.text.encode())
