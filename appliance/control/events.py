"""The event hub: what happens is published once and told to everyone who listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEPT_EVENTS = 500
LONGEST_QUEUE = 500

# Told to a listener that missed events: it should read everything afresh.
RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `kind` is a word such as phone, line, call, message, mail, configuration.

    `data` is JSON-able and names records by id; it never holds a secret.
    """

    id: int
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


class HubClosed(Exception):
    """The box stops: no more events will come."""


class Subscription:
    """One listener's queue; one that falls too far behind is told to read everything afresh."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        """Queue an event; never waits."""
        if len(self._waiting) >= LONGEST_QUEUE:
            self._waiting.clear()
            event = Event(event.id, RESYNC)
        self._waiting.append(event)
        self._arrived.set()

    def close(self) -> None:
        """Let the listener go, once it has read what waits."""
        self._closed = True
        self._arrived.set()

    async def next(self) -> Event:
        """The next event, in order; raises HubClosed when there will be none."""
        while not self._waiting:
            if self._closed:
                raise HubClosed
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class EventHub:
    """Publishes events and keeps the last KEPT_EVENTS for listeners that come back.

    Event ids start from `first_id`; the runtime gives one that grows from one process to the next (epoch
    milliseconds),
    so that a listener from before a restart is told to resynchronise.
    """

    def __init__(self, first_id: int = 1) -> None:
        self._next_id = first_id
        self._first_id = first_id
        self._kept: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._subscriptions: set[Subscription] = set()

    def publish(self, kind: str, **data: Any) -> None:
        """Tell every listener; never waits."""
        event = Event(self._next_id, kind, data)
        self._next_id += 1
        self._kept.append(event)
        for subscription in self._subscriptions:
            subscription.put(event)

    @property
    def last_id(self) -> int:
        """The id of the newest event, or one less than the first."""
        return self._next_id - 1

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._subscriptions)

    @contextmanager
    def subscribe(self, after: int | None = None) -> Iterator[Subscription]:
        """Listen, from after the event of that id when it is given and still kept."""
        subscription = Subscription()
        for event in self._missed(after):
            subscription.put(event)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Let every listener go: the box stops."""
        for subscription in self._subscriptions:
            subscription.close()

    def _missed(self, after: int | None) -> list[Event]:
        if after is None or after == self.last_id:
            return []
        oldest = self._kept[0].id if self._kept else self._next_id
        if not oldest - 1 <= after <= self.last_id:
            return [Event(self.last_id, RESYNC)]
        return [event for event in self._kept if event.id > after]
