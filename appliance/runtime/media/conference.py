"""A conference: several ports, each hearing all the others."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from appliance.media import g711, samples
from appliance.media.mixing import MOST_BEHIND, Voice, heard_by_each
from appliance.runtime.media.media_port import MediaPort
from appliance.runtime.media.pacer import Pacer

MOST_SEATS = 64


class Seat:
    """One port's part in a conference, until it is closed; a context manager.

    The port leaves its bridge for it. It is what the port plays, too: its prompts and digits go first.
    """

    def __init__(self, room: Conference, port: MediaPort) -> None:
        self.voice = Voice()
        self._room = room
        self._port = port
        self._heard = bytearray()
        if port.bridge:
            port.bridge.close()
        port.set_routes({}, self)
        port.listen(self._packet)
        port.sender.set_tone(self)

    def mute(self, muted: bool) -> None:
        """Keep the far side's sound from the others, as of somebody who has put them on hold."""
        self.voice.muted = muted

    def hear(self, frame: bytes) -> None:
        """What the others say, 20 ms of it."""
        self._heard += frame
        del self._heard[: max(0, len(self._heard) - MOST_BEHIND)]

    def take(self, frames: int) -> bytes:
        """What is sent next."""
        size = frames * samples.FRAME_BYTES
        piece = bytes(self._heard[:size])
        del self._heard[:size]
        return piece.ljust(size, b"\0")

    def refresh(self) -> None:
        """Nothing to find again: sound is decoded as it comes."""

    def digit(self, source: MediaPort, digit: str) -> None:
        """Digits are for us alone."""

    def close(self) -> None:
        """Leave; may be called again."""
        self._room.leave(self)
        if self._port.bridge is self:
            self._port.listen(None)
            self._port.sender.set_tone(None)
            self._port.set_routes({}, None)

    def _packet(self, codec_name: str, payload: bytes, ssrc: int, timestamp: int) -> None:
        self.voice.add(g711.decode(codec_name, payload), ssrc, timestamp)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Conference:
    """Mixes what its seats say at each tick of the one clock."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._seats: list[Seat] = []

    def take_part(self, port: MediaPort) -> Seat:
        """A seat for a port. Raises ValueError when all are taken."""
        if len(self._seats) >= MOST_SEATS:
            raise ValueError(f"a conference has {MOST_SEATS} seats")
        seat = Seat(self, port)
        self._seats.append(seat)
        self._pacer.add(self.tick)
        return seat

    def leave(self, seat: Seat) -> None:
        """Forget a seat; without any the clock is left too."""
        if seat in self._seats:
            self._seats.remove(seat)
        if not self._seats:
            self._pacer.remove(self.tick)

    def tick(self, number: int, moment: float) -> None:
        """Mix one frame for everybody."""
        frames = [seat.voice.frame() for seat in self._seats]
        for seat, heard in zip(self._seats, heard_by_each(frames), strict=True):
            seat.hear(heard)
