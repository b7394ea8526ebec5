"""Lines of a box without telephony that can play dead."""

from __future__ import annotations

from collections.abc import Callable


class PlayedLines:
    """Does for the operators' forwards what the lines do; `up` tells those that carry calls otherwise."""

    def __init__(self, up: Callable[[], frozenset[str]], now: Callable[[], float]) -> None:
        self._up, self._now = up, now
        self._until: dict[str, float] = {}

    def up(self) -> frozenset[str]:
        return frozenset(line for line in self._up() if not self.dead_seconds(line))

    def play_dead(self, line_id: str, seconds: float) -> None:
        self._until[line_id] = self._now() + seconds

    def dead_seconds(self, line_id: str) -> float:
        return max(0.0, self._until.get(line_id, 0.0) - self._now())
