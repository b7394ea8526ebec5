"""The timeline of a recording: packets laid at their time, whatever their order, and silence in the gaps."""

from __future__ import annotations

from appliance.media import samples
from appliance.media.rtp import timestamp_distance

LATEST_SECONDS = 0.2
# A packet this far from the clock is a source whose timestamps started anew.
FARTHEST_SAMPLES = samples.RATE


class Timeline:
    """Sound by RTP timestamps on one clock; `now` is in seconds.

    What is older than 0.2 s is final and can be taken, so a process that dies loses little.
    """

    __slots__ = ("_anchor", "_began", "_pending", "_source", "_taken")

    def __init__(self, began: float) -> None:
        self._began = began
        self._taken = 0
        self._pending = bytearray()
        self._source: int | None = None
        self._anchor = (0, 0)

    def place(self, sound: bytes, ssrc: int, timestamp: int, now: float) -> None:
        """Lay the PCM of one packet."""
        position = self._position(ssrc, timestamp, now)
        start = (position - self._taken) * samples.WIDTH
        if start < 0:
            sound = sound[-start:]
            start = 0
        if not sound:
            return
        missing = start - len(self._pending)
        if missing > 0:
            self._pending.extend(bytes(missing))
        self._pending[start : start + len(sound)] = sound

    def take(self, now: float) -> bytes:
        """The sound that is final by now and was not taken yet."""
        size = (self._clock(now - LATEST_SECONDS) - self._taken) * samples.WIDTH
        if size <= 0:
            return b""
        return self._take(size)

    def finish(self, now: float) -> bytes:
        """The rest of the sound, up to now."""
        return self._take(max(0, self._clock(now) - self._taken) * samples.WIDTH)

    def _take(self, size: int) -> bytes:
        sound = bytes(self._pending[:size]).ljust(size, b"\0")
        del self._pending[:size]
        self._taken += size // samples.WIDTH
        return sound

    def _clock(self, now: float) -> int:
        return round((now - self._began) * samples.RATE)

    def _position(self, ssrc: int, timestamp: int, now: float) -> int:
        clock = self._clock(now)
        if ssrc == self._source:
            position = self._anchor[0] + timestamp_distance(timestamp, self._anchor[1])
            if abs(position - clock) <= FARTHEST_SAMPLES:
                # The anchor follows, so that a call of days does not meet the wrap of the timestamps.
                self._anchor = (position, timestamp)
                return position
        self._source = ssrc
        position = max(clock, self._taken + len(self._pending) // samples.WIDTH)
        self._anchor = (position, timestamp)
        return position
