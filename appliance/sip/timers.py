"""Timers as data: what is due when, in one heap; cancelled ones are left out lazily."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any, Generic, Protocol, TypeVar

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


class Lingering(Protocol):
    """What stays until `due`, unless it is over before."""

    due: float

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done any more when it is due."""


L = TypeVar("L", bound=Lingering)


class Lingerers(Generic[L]):
    """What stays for `seconds`, all equally long: first come, first gone, `ended(item, now)` told of each.

    A busy box remembers thousands of ended transactions; in this row each takes a tenth of a timer.
    """

    def __init__(self, seconds: float, ended: Callable[[L, float], None]) -> None:
        self._seconds = seconds
        self._ended = ended
        self._row: deque[L] = deque()

    def __iter__(self) -> Iterator[L]:
        return (item for item in self._row if not item.is_over)

    def add(self, item: L, now: float) -> None:
        """Let it stay from now on. Times must not go back from one to the next."""
        item.due = now + self._seconds
        self._row.append(item)

    def next_due(self) -> float | None:
        """When the first has to go, None when there is none."""
        row = self._row
        while row and row[0].is_over:
            row.popleft()
        return row[0].due if row else None

    def end_first(self, now: float) -> None:
        """Let the first go."""
        self._ended(self._row.popleft(), now)


class Timers:
    """A queue of timers. Times are seconds on the caller's clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._rows: list[Lingerers[Any]] = []
        self._sequence = 0
        self._dead = 0

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[float]:
        """When each is due that waits, in no order."""
        yield from (due for due, _, timer in self._heap if timer.action is not None)
        yield from (item.due for row in self._rows for item in row)

    def at(self, due: float, action: Action) -> Timer:
        """Run `action(now)` in the first `advance` at or after `due`."""
        self._sequence += 1
        timer = Timer(self, due, action)
        heappush(self._heap, (due, self._sequence, timer))
        return timer

    def lingerers(self, seconds: float, ended: Callable[[L, float], None]) -> Lingerers[L]:
        """A row of things that stay for so long; `advance` lets go of those that are due."""
        row = Lingerers(seconds, ended)
        self._rows.append(row)
        return row

    def next_due(self) -> float | None:
        """When the earliest timer is due, None when there is none."""
        due = self._next_timer()
        for row in self._rows:
            first = row.next_due()
            if first is not None and (due is None or first < due):
                due = first
        return due

    def _next_timer(self) -> float | None:
        heap = self._heap
        while heap and heap[0][2].action is None:
            heappop(heap)
            self._dead -= 1
        return heap[0][0] if heap else None

    def advance(self, now: float) -> None:
        """Run every timer due, in order. Timers these set for the past run in the same call."""
        while (due := self.next_due()) is not None and due <= now:
            if due == self._next_timer():
                timer = heappop(self._heap)[2]
                action, timer.action = timer.action, None
                if action is not None:
                    action(now)
            else:
                next(row for row in self._rows if row.next_due() == due).end_first(now)

    def cancelled(self) -> None:
        """One more entry of the heap is dead; sweep when they are the majority."""
        self._dead += 1
        if self._dead > _SWEEP_FROM and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].action is not None]
            heapify(self._heap)
            self._dead = 0
