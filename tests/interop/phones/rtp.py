"""The audio end of a phone whose signalling is another program's: a mouth, an ear and keys."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
import wave
from pathlib import Path

from tests.interop.network import Host
from tests.interop.sound import RATE, alaw_decoded, alaw_encoded, sine

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_DIGITS = "0123456789*#ABCD"
_PCMA = 8
_FRAME = 160


class RtpEnd:
    """G.711 A-law on one UDP port of a host, 20 ms a packet, until closed.

    It sends to `peer` when one is given, else to where the first packet came from.
    """

    def __init__(
        self, host: Host, port: int, *, tone: int, peer: tuple[str, int] | None = None, digit_type: int = 101
    ) -> None:
        self.host = host
        self.port = port
        self.peer = peer
        self.heard = bytearray()
        self.digits_heard = ""
        self.packets_heard = 0
        self.sources: set[tuple[str, int]] = set()
        self._digit_type = digit_type
        self._last_event: int | None = None
        self._frames = alaw_encoded(sine(tone, 1))
        self._to_press: list[str] = []
        self._socket = host.bound_socket(port)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def press(self, digits: str) -> None:
        """Send these keys (RFC 4733), one after the other."""
        self._to_press += list(digits)

    def save(self, path: Path) -> Path:
        """Write what was heard so far as a wave file."""
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(alaw_decoded(bytes(self.heard)))
        return path

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        sender = _Sender(self._frames, self._digit_type)
        started = time.monotonic()
        tick = 0
        while not self._closing.is_set():
            tick += 1
            if self.peer is not None:
                for packet in sender.tick(self._to_press):
                    self._send(packet)
            self._hear_until(started + tick * 0.02)

    def _send(self, packet: bytes) -> None:
        try:
            self._socket.sendto(packet, self.peer or ("", 0))
        except OSError:
            pass  # nobody listens there any more: as with a real phone, the far end will say so by SIP

    def _hear_until(self, deadline: float) -> None:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self._socket], [], [], left)[0]:
                return
            try:
                packet, source = self._socket.recvfrom(2048)
            except OSError:
                continue
            self._hear(packet, source)

    def _hear(self, packet: bytes, source: tuple[str, int]) -> None:
        if len(packet) < _HEADER.size:
            return
        _, second, _, timestamp, _ = _HEADER.unpack_from(packet)
        self.packets_heard += 1
        self.sources.add(source)
        self.peer = self.peer or source
        kind, payload = second & 0x7F, packet[_HEADER.size :]
        if kind == _PCMA:
            self.heard += payload
        elif kind == self._digit_type and len(payload) >= _EVENT.size and timestamp != self._last_event:
            self._last_event = timestamp
            self.digits_heard += _DIGITS[payload[0]]


class _Sender:
    """The packets of each 20 ms: sound, or a key pressed for 100 ms with its end sent three times."""

    def __init__(self, sound: bytes, digit_type: int) -> None:
        self._sound = sound
        self._digit_type = digit_type
        self._sequence = 0
        self._timestamp = 0
        self._source = 0x0A77C0DE
        self._key: tuple[int, int, int] | None = None  # event, started at, ticks

    def tick(self, keys: list[str]) -> list[bytes]:
        self._timestamp += _FRAME
        if self._key is None and keys:
            self._key = (_DIGITS.index(keys.pop(0)), self._timestamp, 0)
        if self._key is None:
            offset = self._timestamp % len(self._sound)
            return [self._packet(_PCMA, self._timestamp, self._sound[offset : offset + _FRAME])]
        event, started, ticks = self._key
        self._key = (event, started, ticks + 1) if ticks < 8 else None
        ended = ticks >= 5
        if ticks > 5:
            return []
        payload = _EVENT.pack(event, (0x80 if ended else 0) | 10, _FRAME * (ticks + 1))
        return [
            self._packet(self._digit_type, started, payload, marker=ticks == 0)
            for _ in range(3 if ended else 1)
        ]

    def _packet(self, kind: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        second = kind | (0x80 if marker else 0)
        return _HEADER.pack(0x80, second, self._sequence, timestamp & 0xFFFFFFFF, self._source) + payload


def free_udp_port(host: Host) -> int:
    """An even port nobody uses on that host just now."""
    while True:
        probe: socket.socket = host.bound_socket()
        port: int = probe.getsockname()[1]
        probe.close()
        if port % 2 == 0:
            return port
