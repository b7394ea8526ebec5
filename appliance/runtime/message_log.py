"""The SIP messages of the last calls, in memory: what the ladder of a call is drawn from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from appliance.sip.flow import Flow
from appliance.sip.tracing import TracedMessage, call_id_in, covered

MOST_OCTETS = 3 * 2**20
MOST_OF_A_DIALOG = 200
# What keeping a message takes beyond its text.
OVERHEAD = 700


class MessageLog:
    """Messages by Call-ID, from the INVITE on; the oldest Call-IDs give way when there is too much.

    Registrations and checks, which no call began with, are not kept.
    """

    def __init__(self, epoch: Callable[[], float], most_octets: int = MOST_OCTETS) -> None:
        self._epoch = epoch
        self._most_octets = most_octets
        self._dialogs: OrderedDict[bytes, list[tuple[float, bool, Flow, bytes]]] = OrderedDict()
        self._octets = 0

    def note(self, sent: bool, flow: Flow, data: bytes) -> None:
        """Keep a message if it is of a call."""
        call_id = call_id_in(data)
        if call_id is None:
            return
        messages = self._dialogs.get(call_id)
        if messages is None:
            if not data.startswith(b"INVITE "):
                return
            messages = self._dialogs[call_id] = []
        if len(messages) < MOST_OF_A_DIALOG:
            messages.append((self._epoch(), sent, flow, data))
            self._octets += len(data) + OVERHEAD
            while self._octets > self._most_octets:
                self._forget_oldest()

    def knows(self, data: bytes) -> bool:
        """Whether a message is of a call that is still remembered."""
        return call_id_in(data) in self._dialogs

    def of(self, call_ids: Iterable[str]) -> list[TracedMessage]:
        """What passed in those dialogs, in the order of time, secrets covered."""
        found = [
            message
            for call_id in dict.fromkeys(call_ids)
            for message in self._dialogs.get(call_id.encode(), ())
        ]
        found.sort(key=lambda message: message[0])
        return [
            TracedMessage(at, sent, flow.transport, flow.local, flow.remote, covered(data))
            for at, sent, flow, data in found
        ]

    def _forget_oldest(self) -> None:
        _, messages = self._dialogs.popitem(last=False)
        self._octets -= sum(len(data) + OVERHEAD for *_, data in messages)
