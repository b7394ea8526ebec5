"""Sources of sound that a port plays: PCM at hand, PCM that is still coming."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from appliance.media import samples

# Enough that a busy moment is not heard, little enough that a cancelled source wastes nothing.
AHEAD_SECONDS = 0.5


class Source(Protocol):
    """Sound on demand."""

    def take(self, frames: int) -> bytes | None:
        """PCM for that many frames of 20 ms; None when it is over."""


class Clip:
    """PCM at hand, once or for ever."""

    def __init__(self, sound: bytes, *, loop: bool = False) -> None:
        self._sound = samples.whole_samples(sound)
        self._loop = loop and bool(self._sound)
        self._offset = 0

    def take(self, frames: int) -> bytes | None:
        """The next frames, the last one filled up with silence."""
        size = frames * samples.FRAME_BYTES
        piece = self._sound[self._offset : self._offset + size]
        self._offset += len(piece)
        if self._loop:
            while len(piece) < size:
                more = self._sound[: size - len(piece)]
                self._offset = len(more)
                piece += more
        return piece.ljust(size, b"\0") if piece else None


class Stream:
    """PCM that comes while it is played; silence where it comes too late."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self._ended = False
        self._room = asyncio.Event()

    async def feed(self, pieces: AsyncIterator[bytes]) -> None:
        """Take in all pieces, no faster than they are played."""
        try:
            async for piece in pieces:
                self._sound += piece
                while samples.seconds(self._sound) > AHEAD_SECONDS:
                    self._room.clear()
                    await self._room.wait()
        finally:
            self._ended = True

    def take(self, frames: int) -> bytes | None:
        """The next frames."""
        size = frames * samples.FRAME_BYTES
        if self._ended and not self._sound:
            return None
        piece = bytes(self._sound[:size])
        del self._sound[:size]
        self._room.set()
        return piece.ljust(size, b"\0")
