"""A far end for tests of ports: a UDP socket that speaks RTP and keeps what it hears."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable

from appliance.media import g711
from appliance.media.agreement import PCMA, AudioCodec, Direction, MediaAgreement
from appliance.media.dtmf import digit_packets
from appliance.media.rtp import RtpPacket, parse_rtp
from appliance.media.srtp import SrtpReceiver, SrtpSender
from appliance.media.srtp_keys import SrtpKeys
from appliance.runtime.media.media_port import MediaPort

HOST = "127.0.0.1"
EVENTS = 101


class FarEnd:
    """A phone as a port sees it. Use inside a running loop; `close` it."""

    def __init__(self, host: str = HOST, ssrc: int = 0x1234) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((host, 0))
        self.host, self.port = self.socket.getsockname()[:2]
        self.packets: list[RtpPacket] = []
        self.datagrams: list[bytes] = []
        self.arrived = asyncio.Condition()
        self.ssrc = ssrc
        self.sequence = 65530
        self.timestamp = 0xFFFFFF00
        self.encrypt(None)
        asyncio.get_running_loop().add_reader(self.socket, self._readable)

    def encrypt(self, keys: SrtpKeys | None) -> None:
        """Speak and hear under the keys that our side has agreed to."""
        self.keys = keys
        self._protecting = SrtpSender(keys.profile, keys.receiving) if keys else None
        self._opening = SrtpReceiver(keys.profile, keys.sending) if keys else None

    def agreement(
        self,
        *codecs: AudioCodec,
        events: int | None = EVENTS,
        direction: Direction = Direction.SENDRECV,
        port: int | None = None,
        ptime: int = 20,
    ) -> MediaAgreement:
        """What our side agreed with this far end."""
        return MediaAgreement(
            codecs=codecs or (PCMA,),
            remote_host=self.host,
            remote_port=port or self.port,
            dtmf_payload_type=events,
            direction=direction,
            ptime=ptime,
            srtp=self.keys,
        )

    def send(self, port: MediaPort, payload: bytes = b"\xd5" * 160, payload_type: int = 8) -> RtpPacket:
        """One packet of sound, 20 ms after the one before."""
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + 160) & 0xFFFFFFFF
        packet = RtpPacket(payload_type, self.sequence, self.timestamp, self.ssrc, payload)
        self._send(packet, port)
        return packet

    def _send(self, packet: RtpPacket, port: MediaPort) -> None:
        data = self._protecting.rtp(bytes(packet)) if self._protecting else bytes(packet)
        self.socket.sendto(data, port.local_address)

    def press(
        self, port: MediaPort, digit: str, *, payload_type: int = EVENTS, keep: Callable[[int], bool] = bool
    ) -> None:
        """Send a digit; `keep` says by its number from 1 which packet gets through."""
        self.timestamp = (self.timestamp + 160) & 0xFFFFFFFF
        for number, each in enumerate(digit_packets(digit), 1):
            self.sequence = (self.sequence + 1) & 0xFFFF
            packet = RtpPacket(
                payload_type, self.sequence, self.timestamp, self.ssrc, each.payload, each.begins
            )
            if keep(number):
                self._send(packet, port)
        self.timestamp = (self.timestamp + 1600) & 0xFFFFFFFF

    async def hears(
        self, wanted: Callable[[list[RtpPacket]], object], seconds: float = 5.0
    ) -> list[RtpPacket]:
        """Wait until what was heard is as wanted; returns it. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: wanted(self.packets))
        return self.packets

    def sound(self, codec: str = "PCMA") -> bytes:
        """All audio heard so far as PCM."""
        number = {"PCMA": 8, "PCMU": 0}[codec]
        return g711.decode(codec, b"".join(p.payload for p in self.packets if p.payload_type == number))

    def close(self) -> None:
        """Free the socket."""
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()

    def _readable(self) -> None:
        data = self.socket.recv(4096)
        self.datagrams.append(data)
        self.packets.append(parse_rtp(self._opening.rtp(data) if self._opening else data))
        asyncio.get_running_loop().create_task(self._notify())

    async def _notify(self) -> None:
        async with self.arrived:
            self.arrived.notify_all()


def assert_continuous(packets: list[RtpPacket]) -> None:
    """One source, sequence numbers without a gap, timestamps that never go back."""
    assert len({packet.ssrc for packet in packets}) == 1
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF < 1 << 24


async def settle() -> None:
    """Let the loop read what is on the sockets."""
    for _ in range(5):
        await asyncio.sleep(0)
