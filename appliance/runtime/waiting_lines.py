"""Waiting lines: who waits in the queue of which group, in which place, and for how long by experience."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from statistics import fmean

from appliance.calls.call import Call, QueuePlace
from appliance.control.live import Waiting

# So many waits that ended with somebody answering tell how fast a queue moves.
REMEMBERED = 20


class WaitingLines:
    """Computed from the calls in progress: a call that ends has left its queue. `epoch` gives the present."""

    def __init__(self, calls: Callable[[], Collection[Call]], epoch: Callable[[], float]) -> None:
        self._calls = calls
        self._epoch = epoch
        self._seen: dict[str, tuple[QueuePlace, int]] = {}
        self._paces: dict[str, deque[float]] = {}

    def counts(self) -> Mapping[str, int]:
        """How many wait for each group that somebody waits for."""
        return Counter(call.waiting.group_id for call in self._calls() if call.waiting is not None)

    def place(self, call: Call) -> int:
        """A caller's place in their queue, from 1."""
        return 1 + sum(_is_before(other, call) for other in self._calls())

    def is_next(self, call: Call) -> bool:
        """Whether nobody waits before this caller, but those who are being rung for."""
        return not any(_is_before(other, call) and not other.ringing for other in self._calls())

    def expected(self, call: Call) -> float | None:
        """How many seconds a caller will probably wait: their place, times how long a place took lately."""
        pace = self._paces.get(call.waiting.group_id) if call.waiting else None
        return fmean(pace) * self.place(call) if pace else None

    def live(self, call: Call) -> Waiting | None:
        """A caller's place, as the API tells it; None for who waits in no queue."""
        if call.waiting is None:
            return None
        expected = self.expected(call)
        return Waiting(
            group_id=call.waiting.group_id,
            place=self.place(call),
            since=call.waiting.since,
            expected=None if expected is None else round(expected),
        )

    def follow(self, call: Call) -> None:
        """A call has changed: whoever joins a queue or is answered tells how fast it moves."""
        if call.waiting is not None:
            self._seen.setdefault(call.id, (call.waiting, self.place(call)))
        elif call.id in self._seen:
            place, position = self._seen.pop(call.id)
            if call.callee is not None:
                pace = self._paces.setdefault(place.group_id, deque(maxlen=REMEMBERED))
                pace.append(max(0.0, self._epoch() - place.since) / position)

    def ended(self, call: Call) -> None:
        """A call is over."""
        self._seen.pop(call.id, None)


def _is_before(other: Call, call: Call) -> bool:
    one, own = other.waiting, call.waiting
    if one is None or own is None or one.group_id != own.group_id:
        return False
    return (one.began, other.id) < (own.began, call.id)
