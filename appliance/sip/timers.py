"""Timers as data: what is due when, in one heap; cancelled ones are left out lazily."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

Action = Callable[[float], None]

_SWEEP_FROM = 64


class Timer:
    """One action due at a time; `cancel` may be called at any moment, also twice."""

    __slots__ = ("_queue", "action", "due")

    def __init__(self, queue: Timers, due: float, action: Action) -> None:
        self._queue = queue
        self.due = due
        self.action: Action | None = action

    def cancel(self) -> None:
        """Never run it."""
        if self.action is not None:
            self.action = None
            self._queue.cancelled()


class Timers:
    """A queue of timers. Times are seconds on the caller's clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._sequence = 0
        self._dead = 0

    def __len__(self) -> int:
        return len(self._heap) - self._dead

    def at(self, due: float, action: Action) -> Timer:
        """Run `action(now)` in the first `advance` at or after `due`."""
        self._sequence += 1
        timer = Timer(self, due, action)
        heappush(self._heap, (due, self._sequence, timer))
        return timer

    def next_due(self) -> float | None:
        """When the earliest timer is due, None when there is none."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            heappop(heap)
            self._dead -= 1
        return heap[0][0] if heap else None

    def advance(self, now: float) -> None:
        """Run every timer due, in order. Timers these set for the past run in the same call."""
        while (due := self.next_due()) is not None and due <= now:
            timer = heappop(self._heap)[2]
            action, timer.action = timer.action, None
            if action is not None:
                action(now)

    def cancelled(self) -> None:
        """One more entry of the heap is dead; sweep when they are the majority."""
        self._dead += 1
        if self._dead > _SWEEP_FROM and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapify(self._heap)
            self._dead = 0
