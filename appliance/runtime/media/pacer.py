"""One absolute clock of 20 ms for everything that makes sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

FRAME_SECONDS = 0.02
LARGEST_BURST = 3


class Cancellable(Protocol):
    """A timer that can be stopped."""

    def cancel(self) -> None: ...


Tick = Callable[[int, float], None]


class Pacer:
    """Calls every registered tick with its number and the time it was due.

    Ticks lie on a grid from one beginning, so an hour of sound takes an hour whatever each timer's delay.
    After a stall up to three ticks are made up for at once; older ones are given up, and the numbers show
    the gap. With nothing registered no timer runs. `call_at` runs a function at a time of `clock`, as the
    event loop does.
    """

    def __init__(
        self, clock: Callable[[], float], call_at: Callable[[float, Callable[[], None]], Cancellable]
    ) -> None:
        self._clock = clock
        self._call_at = call_at
        self._began = clock()
        self._last = 0
        self._ticks: dict[Tick, None] = {}
        self._timer: Cancellable | None = None
        self._waking = False

    def add(self, tick: Tick) -> None:
        """Begin to call `tick`; once only, however often it is added."""
        self._ticks[tick] = None
        if self._timer is None and not self._waking:
            self._last = self._due()
            self._schedule()

    def remove(self, tick: Tick) -> None:
        """Stop calling it; unknown ones are no error."""
        self._ticks.pop(tick, None)
        if not self._ticks and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Stop everything."""
        self._ticks.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> int:
        return int((self._clock() - self._began) / FRAME_SECONDS + 1e-6)

    def _schedule(self) -> None:
        self._timer = self._call_at(self._began + (self._last + 1) * FRAME_SECONDS, self._wake)

    def _wake(self) -> None:
        due = self._due()
        first = max(self._last + 1, due - LARGEST_BURST + 1)
        self._timer = None
        self._waking = True
        for number in range(first, due + 1):
            self._run(number)
        self._waking = False
        self._last = max(self._last, due)
        if self._ticks:
            self._schedule()

    def _run(self, number: int) -> None:
        moment = self._began + number * FRAME_SECONDS
        for tick in tuple(self._ticks):
            if tick in self._ticks:
                try:
                    tick(number, moment)
                except Exception:
                    # One call's fault must not silence the others.
                    log.exception("a source of sound failed and was stopped")
                    self._ticks.pop(tick, None)
