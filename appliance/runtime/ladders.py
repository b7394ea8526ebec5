"""Ladders: which SIP messages are of which call, while it goes on and after."""

from __future__ import annotations

import logging
from asyncio import sleep
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import islice
from weakref import WeakKeyDictionary

from appliance.runtime.message_log import MessageLog
from appliance.sip.tracing import TracedMessage, call_id_in
from appliance.storage.errors import StorageError
from appliance.storage.ladders import CALLS_KEPT, LadderRow, Ladders

log = logging.getLogger(__name__)

# So many are read and written at once: a turn of the loop is not to last longer.
CALLS_A_TURN = 20


class CallLadders:
    """The messages of every call: in memory as long as it goes on, on the disk a little after its end.

    They are written some at a time by `keep`, called by the clock: the answer to the last BYE comes a moment
    after the call's end, and a box with much to do is spared a write for each call. `legs` are whatever the
    dialogs were attached to; only their identity counts.
    """

    def __init__(self, kept: Ladders, epoch: Callable[[], float]) -> None:
        self.messages = MessageLog(epoch)
        self._kept = kept
        self._dialogs: WeakKeyDictionary[object, list[str]] = WeakKeyDictionary()
        self._unkept: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def dialog(self, leg: object, call_id: str) -> None:
        """A leg has begun a dialog of that Call-ID."""
        self._dialogs.setdefault(leg, []).append(call_id)

    def knows(self, data: bytes) -> bool:
        """Whether a message is of a call that goes on, or of one whose messages are still remembered."""
        call_id = call_id_in(data)
        if call_id is None:
            return False
        name = call_id.decode("utf-8", "replace")
        return self.messages.knows(data) or any(name in dialogs for dialogs in self._dialogs.values())

    def ended(self, call: str, legs: Iterable[object]) -> None:
        """A call of these legs is over."""
        self.over(call, (call_id for leg in legs for call_id in self._dialogs.get(leg, ())))

    def over(self, call: str, call_ids: Iterable[str]) -> None:
        """A call of dialogs with these Call-IDs is over."""
        self._unkept[call] = tuple(dict.fromkeys(call_ids))
        if len(self._unkept) > CALLS_KEPT:
            self._unkept.popitem(last=False)

    async def keep(self) -> None:
        """Put the messages of the calls that have ended on the disk."""
        while waiting := dict(islice(self._unkept.items(), CALLS_A_TURN)):
            found = {call: self.messages.of(dialogs) for call, dialogs in waiting.items()}
            try:
                if any(found.values()):
                    await self._kept.add({call: [*map(_row, rows)] for call, rows in found.items() if rows})
            except StorageError as error:
                log.warning("the messages of calls could not be kept: %s", error)
            for call in waiting:
                self._unkept.pop(call, None)
            await sleep(0)

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
