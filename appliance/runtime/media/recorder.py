"""Recording what the far end says, until it presses a key, falls silent or has said enough."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appliance.media import g711, samples
from appliance.media.silence import SilenceDetector
from appliance.media.timeline import Timeline
from appliance.runtime.media.recording_files import RecordingThread

TICKS_A_PIECE = 25  # half a second: with what is not final yet, less than the second that may be lost


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """When a recording ends by itself; a digit of `stop_digits` ends it at once."""

    max_seconds: float
    silence_seconds: float
    stop_digits: str = "#"


@dataclass(frozen=True, slots=True)
class RecordingEnd:
    """Why a recording ended, and how long it is. `spoken_seconds` tells whether anything was said."""

    reason: Literal["digit", "silence", "maximum", "closed"]
    seconds: float
    spoken_seconds: float


class Recorder:
    """One recording in progress. `ended` becomes true once there is a reason to stop."""

    def __init__(self, thread: RecordingThread, path: Path, limits: RecordingLimits, now: float) -> None:
        self._limits = limits
        self._timeline = Timeline(now)
        self._silence = SilenceDetector()
        self._writing = thread.open(path)
        self._bytes = 0
        self._reason: Literal["digit", "silence", "maximum", "closed"] = "closed"
        self.ended = asyncio.Event()

    def packet(self, codec_name: str, payload: bytes, ssrc: int, timestamp: int, now: float) -> None:
        """Take in one packet of G.711."""
        self._timeline.place(g711.decode(codec_name, payload), ssrc, timestamp, now)

    def digit(self, digit: str) -> bool:
        """Whether a digit ends the recording."""
        if digit not in self._limits.stop_digits:
            return False
        self.stop("digit")
        return True

    def stop(self, reason: Literal["digit", "silence", "maximum", "closed"]) -> None:
        """End it for that reason, unless it has one already."""
        if not self.ended.is_set():
            self._reason = reason
            self.ended.set()

    def tick(self, number: int, moment: float) -> None:
        """Hand over what is final, and see whether it is enough."""
        if number % TICKS_A_PIECE or self.ended.is_set():
            return
        self._write(self._timeline.take(moment))
        if self._writing.error:
            self.stop("closed")
        elif self._silence.quiet_seconds >= self._limits.silence_seconds:
            self.stop("silence")
        elif self._bytes >= self._most_bytes:
            self.stop("maximum")

    async def finish(self, now: float) -> RecordingEnd:
        """Complete the file, also when the waiting task is cancelled meanwhile. Raises OSError."""
        self.ended.set()
        self._write(self._timeline.finish(now))
        closing = asyncio.wrap_future(self._writing.close())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await asyncio.wait((closing,))
            raise
        return RecordingEnd(
            self._reason, self._bytes / (samples.RATE * samples.WIDTH), self._silence.spoken_seconds
        )

    @property
    def _most_bytes(self) -> int:
        return int(self._limits.max_seconds * samples.RATE) * samples.WIDTH

    def _write(self, sound: bytes) -> None:
        sound = sound[: self._most_bytes - self._bytes]
        self._silence.feed(sound)
        self._bytes += len(sound)
        self._writing.append(sound)
