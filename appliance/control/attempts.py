"""Attempts at guessing: failures count against their keys, and too many make whoever has the key wait."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from math import ceil

REMEMBERED_KEYS = 2000


class Attempts:
    """At most so many failures per key in `window` seconds, as each key's limit has it.

    Memory is bounded: the oldest keys are forgotten first.
    """

    def __init__(self, window: float = 300.0) -> None:
        self._window = window
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, limits: Mapping[str, int], now: float) -> int:
        """Seconds until another attempt is allowed; 0 when it is now."""
        return max((self._wait(key, limit, now) for key, limit in limits.items()), default=0)

    def _wait(self, key: str, limit: int, now: float) -> int:
        failures = [moment for moment in self._failures.get(key, ()) if moment > now - self._window]
        if len(failures) < limit:
            return 0
        return max(1, ceil(failures[-limit] + self._window - now))

    def failed(self, limits: Mapping[str, int], now: float) -> None:
        """Count a failure."""
        for key, limit in limits.items():
            recent = [moment for moment in self._failures.pop(key, ()) if moment > now - self._window]
            self._failures[key] = [*recent, now][-limit:]
        while len(self._failures) > REMEMBERED_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, limits: Mapping[str, int]) -> None:
        """Forget the failures of these keys."""
        for key in limits:
            self._failures.pop(key, None)
