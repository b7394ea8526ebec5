"""The audio end of a bare phone: a UDP socket that says the RTP it is told to, and keeps what it hears."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 15.0
_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
FRAME = 160


@dataclass(frozen=True)
class Heard:
    """One packet as it arrived; `at` is the loop's time."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    at: float


class RawAudio(asyncio.DatagramProtocol):
    """One RTP socket; `heard` is everything that came, in order."""

    def __init__(self, ssrc: int) -> None:
        self.heard: list[Heard] = []
        self.address = ("", 0)
        self._ssrc = ssrc
        self._sequence = 100
        self._timestamp = 5000
        self._arrived = asyncio.Event()
        self._socket: asyncio.DatagramTransport | None = None
        self._speaking: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, host: str = "127.0.0.1", ssrc: int = 0xABCD) -> RawAudio:
        audio = cls(ssrc)
        loop = asyncio.get_running_loop()
        audio._socket, _ = await loop.create_datagram_endpoint(lambda: audio, local_addr=(host, 0))
        audio.address = audio._socket.get_extra_info("sockname")
        return audio

    @property
    def port(self) -> int:
        return self.address[1]

    def datagram_received(self, data: bytes, source: object) -> None:
        _, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        now = asyncio.get_running_loop().time()
        self.heard.append(Heard(second & 0x7F, sequence, timestamp, ssrc, data[_HEADER.size :], now))
        self._arrived.set()

    def error_received(self, error: Exception) -> None:
        """The far end has closed its port: SIP tells about that."""

    def say(self, target: tuple[str, int], payload: bytes = b"\x55" * FRAME, payload_type: int = 8) -> None:
        """Send one packet."""
        assert self._socket is not None
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp += FRAME
        head = _HEADER.pack(0x80, payload_type, self._sequence, self._timestamp, self._ssrc)
        self._socket.sendto(head + payload, target)

    def press(self, target: tuple[str, int], digit: str, payload_type: int = 101) -> None:
        """A key pressed and let go: the first packet and the end three times (RFC 4733)."""
        assert self._socket is not None
        self._timestamp += FRAME
        event = "0123456789*#".index(digit)
        for end, ticks in ((0, 1), (0x80, 5), (0x80, 5), (0x80, 5)):
            self._sequence = (self._sequence + 1) & 0xFFFF
            head = _HEADER.pack(0x80, payload_type, self._sequence, self._timestamp, self._ssrc)
            self._socket.sendto(head + _EVENT.pack(event, end | 10, FRAME * ticks), target)
        self._timestamp += FRAME * 6

    def speak(self, target: tuple[str, int], sound: bytes, payload_type: int = 8) -> None:
        """Send that sound over and over, a packet each 20 ms, until `hush` or `close`."""
        self.hush()
        self._speaking = asyncio.create_task(self._speak(target, sound, payload_type))

    async def _speak(self, target: tuple[str, int], sound: bytes, payload_type: int) -> None:
        loop, number = asyncio.get_running_loop(), 0
        started = loop.time()
        while True:
            at = number * FRAME % len(sound)
            self.say(target, (sound + sound)[at : at + FRAME], payload_type)
            number += 1
            await asyncio.sleep(max(0.0, started + number * 0.02 - loop.time()))

    def hush(self) -> None:
        """Stop speaking."""
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None

    def sound(self, payload_type: int = 8) -> bytes:
        """All that was heard of one payload type, as it came."""
        return b"".join(packet.payload for packet in self.heard if packet.payload_type == payload_type)

    def forget(self) -> None:
        """Listen anew."""
        self.heard.clear()

    async def hears(self, wanted: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until what was heard is as wanted."""
        try:
            async with asyncio.timeout(seconds):
                while not wanted():
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            kinds = {packet.payload_type for packet in self.heard}
            raise AssertionError(f"not heard: {what}; {len(self.heard)} packets of types {kinds}") from None

    def close(self) -> None:
        self.hush()
        if self._socket is not None:
            self._socket.close()
