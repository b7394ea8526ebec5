"""How much processor time a relayed packet takes: printed, never asserted."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import socket
import statistics
import time
from multiprocessing.connection import Connection

import pytest

from appliance.media.agreement import PCMA, AudioCodec, MediaAgreement
from appliance.media.rtp import RtpPacket
from appliance.runtime.media.bridge import Bridge
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.media.event_loop import PacketEventLoop

HOST = "127.0.0.1"
PAIRS = 50
SECONDS = 3.0
FRAME_SECONDS = 0.02


class Phones:
    """Sockets in a process of their own, so that their work is not counted as the relay's."""

    def __init__(self, count: int) -> None:
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
        for each in self.sockets:
            each.bind((HOST, 0))
            each.setblocking(False)

    def talk(self, targets: list[tuple[str, int]], seconds: float) -> list[float]:
        """Send from every socket each 20 ms, spread evenly; returns each packet's delay in seconds."""
        delays: list[float] = []
        began = time.monotonic()
        frames = int(seconds / FRAME_SECONDS)
        slots = [(frame, index) for frame in range(frames) for index in range(len(self.sockets))]
        for frame, index in slots:
            due = began + (frame + index / len(self.sockets)) * FRAME_SECONDS
            while (left := due - time.monotonic()) > 0:
                time.sleep(min(left, 0.001))
                self._hear(delays)
            stamp = time.monotonic_ns().to_bytes(8, "big")
            packet = RtpPacket(8, frame & 0xFFFF, frame * 160, index + 1, stamp + bytes(152))
            self.sockets[index].sendto(bytes(packet), targets[index])
            self._hear(delays)
        time.sleep(0.1)
        self._hear(delays)
        return delays

    def _hear(self, delays: list[float]) -> None:
        for each in self.sockets:
            try:
                data = each.recv(2048)
            except BlockingIOError:
                continue
            delays.append((time.monotonic_ns() - int.from_bytes(data[12:20], "big")) / 1e9)


def phones_process(pipe: Connection, count: int) -> None:
    phones = Phones(count)
    pipe.send([each.getsockname()[1] for each in phones.sockets])
    targets = pipe.recv()
    pipe.send(phones.talk(targets, SECONDS))


def on_each_loop() -> list[type[asyncio.SelectorEventLoop]]:
    """The loop of the telephone process, and asyncio's own to compare."""
    return [PacketEventLoop, asyncio.SelectorEventLoop]


async def relay(codecs: tuple[AudioCodec, AudioCodec], pairs: int) -> tuple[float, int, list[float]]:
    """Processor seconds of the relay, packets relayed, and delays, for `pairs` conversations."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=phones_process, args=(theirs, 2 * pairs))
    process.start()
    loop = asyncio.get_running_loop()
    numbers = await loop.run_in_executor(None, ours.recv)
    async with MediaEngine(tokens=map(str, itertools.count()).__next__, port_range=(35000, 39000)) as engine:
        ports = [engine.open(HOST) for _ in numbers]
        for index, (port, number) in enumerate(zip(ports, numbers, strict=True)):
            port.agree(MediaAgreement((codecs[index % 2],), HOST, number))
        for first, second in zip(ports[::2], ports[1::2], strict=True):
            Bridge(first, second)
        ours.send([port.local_address for port in ports])
        began = time.process_time()
        delays = await loop.run_in_executor(None, ours.recv)
        used = time.process_time() - began
        packets = sum(port.statistics.packets_sent for port in ports)
    process.join()
    return used, packets, delays


@pytest.mark.bench
@pytest.mark.parametrize("loop", on_each_loop())
@pytest.mark.parametrize("codecs", [(PCMA, PCMA), (PCMA, AudioCodec(8, "PCMU"))])
def test_cost_of_a_relayed_packet(
    codecs: tuple[AudioCodec, AudioCodec],
    loop: type[asyncio.SelectorEventLoop],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        used, packets, delays = runner.run(relay(codecs, PAIRS))
    quantiles = statistics.quantiles(delays, n=100)
    line = (
        f"{codecs[0].name}-{codecs[1].name}, {PAIRS} calls, {loop.__name__}: "
        f"{used / packets * 1e6:.1f} µs a packet (at most 20), "
        f"{used / packets * 2 * 50 * 60:.3f} s a relayed minute (at most 0.12), {packets} packets"
    )
    if codecs[0] == codecs[1]:
        # A converted payload no longer holds the time at which it was sent.
        line += f"; delay median {quantiles[49] * 1e3:.2f} ms, p99 {quantiles[98] * 1e3:.2f} ms"
    with capsys.disabled():
        print("\n" + line)
