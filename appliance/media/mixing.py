"""Mixing: the two sides of a conversation as one sound, kept together by the clock."""

from __future__ import annotations

from appliance.media import samples


class Mixer:
    """Joins two sounds that arrive in pieces of different lengths into one mono sound."""

    __slots__ = ("_sides",)

    def __init__(self) -> None:
        self._sides = (bytearray(), bytearray())

    def add(self, side: int, sound: bytes) -> None:
        """Append to side 0 or 1."""
        self._sides[side].extend(sound)

    def take(self) -> bytes:
        """All that both sides have, mixed."""
        ready = min(map(len, self._sides))
        return self._take(ready)

    def finish(self) -> bytes:
        """The rest, the shorter side ending in silence."""
        return self._take(max(map(len, self._sides)))

    def _take(self, size: int) -> bytes:
        first, second = (bytes(side[:size]) for side in self._sides)
        for side in self._sides:
            del side[:size]
        return samples.mix(first, second)
