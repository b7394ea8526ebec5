"""The media engine: opens ports, and owns the clock, the ports' range and the recording thread they share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container
from hashlib import sha256
from types import TracebackType
from typing import Self

from appliance.media.latch import Address
from appliance.runtime.media.event_loop import PacketEventLoop, PacketReader
from appliance.runtime.media.media_port import MediaPort
from appliance.runtime.media.pacer import Pacer
from appliance.runtime.media.ports import PortRange
from appliance.runtime.media.recording_files import RecordingThread

REPORT_CHECK_SECONDS = 0.5


class MediaEngine:
    """All audio of one process. `start` before the first `open`; `close` frees everything that is still open.

    `tokens` returns fresh unguessable strings, of which streams get their identities. `clock` is the one the
    event loop runs by. On a `PacketEventLoop` a relayed packet costs about half of what it does on another.
    """

    def __init__(
        self,
        *,
        tokens: Callable[[], str],
        port_range: tuple[int, int] = (10000, 20000),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._tokens = tokens
        start = int.from_bytes(self._bits(4), "big")
        self._range = PortRange(*port_range, start=start)
        self._cname = sha256(tokens().encode()).hexdigest()[:16]
        self._ports: dict[tuple[str, int], MediaPort] = {}
        self.addresses: Container[Address] = self._ports
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begin to listen and to keep time on the running event loop."""
        loop = self._loop = asyncio.get_running_loop()
        self.pacer = Pacer(self.clock, loop.call_at)
        self.recordings = RecordingThread()
        if isinstance(loop, PacketEventLoop):
            self.packets = loop.packets
        else:
            self.packets = PacketReader()
            loop.add_reader(self.packets.poll.fileno(), self.packets.read)
        self._reports = loop.call_later(REPORT_CHECK_SECONDS, self._report)

    async def close(self) -> None:
        """Close every port, and wait until the last recording is on the disk. No-op before `start`."""
        if self._loop is None:
            return
        for port in tuple(self._ports.values()):
            port.close()
        self._reports.cancel()
        self.pacer.close()
        if not isinstance(self._loop, PacketEventLoop):
            self._loop.remove_reader(self.packets.poll.fileno())
            self.packets.close()
        await self._loop.run_in_executor(None, self.recordings.close)
        self._loop = None

    def open(self, local_ip: str) -> MediaPort:
        """A new port on that address of ours.

        Raises NoPortsLeft, or another OSError when the address is not ours.
        """
        pair = self._range.open(local_ip)
        bits = self._bits(10)
        identity = (
            int.from_bytes(bits[:4], "big"),
            # In the lower half, so that no far end takes a late first packet for one of the round before
            # (RFC 3711 3.3.1).
            int.from_bytes(bits[4:6], "big") & 0x7FFF,
            int.from_bytes(bits[6:], "big"),
        )
        port = MediaPort(self, pair, identity, self._cname)
        self._ports[port.local_address] = port
        return port

    @property
    def open_ports(self) -> int:
        """How many ports are open."""
        return len(self._ports)

    def released(self, port: MediaPort) -> None:
        """Forget a port that was closed."""
        self._ports.pop(port.local_address, None)

    def _bits(self, count: int) -> bytes:
        return sha256(self._tokens().encode()).digest()[:count]

    def _report(self) -> None:
        now = self.clock()
        for port in tuple(self._ports.values()):
            port.report_if_due(now)
        self._reports = asyncio.get_running_loop().call_later(REPORT_CHECK_SECONDS, self._report)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
