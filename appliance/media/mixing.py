"""Mixing: two sides of a conversation as one sound; several voices, each heard by all the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from appliance.media import samples

# How far a voice begins behind the arrival of its packets, and how far it may fall behind, in octets.
BEHIND, MOST_BEHIND = 2 * samples.FRAME_BYTES, 6 * samples.FRAME_BYTES


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


class Voice:
    """What one of several says: PCM in as it arrives, a frame of 20 ms out at each tick of the clock.

    Begins with a little behind the arrival, so that packets may come unevenly, and never falls far behind.
    """

    __slots__ = ("_last", "_sound", "_speaks", "muted")

    def __init__(self) -> None:
        self._sound = bytearray()
        self._last: tuple[int, int] | None = None
        self._speaks = False
        self.muted = False

    def add(self, sound: bytes, ssrc: int, timestamp: int) -> None:
        """Take in the sound of one packet; one that comes too late, or twice, is dropped."""
        last = self._last
        if last is not None and last[0] == ssrc and (timestamp - last[1] - 1) & 0xFFFFFFFF >= 1 << 31:
            return
        self._last = (ssrc, timestamp)
        self._sound += sound
        del self._sound[: max(0, len(self._sound) - MOST_BEHIND)]

    def frame(self) -> bytes:
        """The next 20 ms; silence while nothing is there."""
        if len(self._sound) < (samples.FRAME_BYTES if self._speaks else BEHIND):
            self._speaks = False
            return samples.SILENCE
        self._speaks = True
        piece = bytes(self._sound[: samples.FRAME_BYTES])
        del self._sound[: samples.FRAME_BYTES]
        return samples.SILENCE if self.muted else piece


def heard_by_each(frames: Sequence[bytes]) -> list[bytes]:
    """For each of several voices, what the others say at once; who is silent costs nothing."""
    speak = [(place, frame) for place, frame in enumerate(frames) if frame is not samples.SILENCE]
    return [
        reduce(samples.mix, (frame for other, frame in speak if other != place), samples.SILENCE)
        for place in range(len(frames))
    ]
