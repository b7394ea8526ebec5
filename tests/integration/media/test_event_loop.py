"""The event loop that reads packets while it waits: packets, timers and everything else get their turn."""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from appliance.runtime.media.bridge import Bridge
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.media.event_loop import PacketEventLoop
from appliance.runtime.media.media_port import MediaPort
from tests.audio_measure import dominant_frequency, sine
from tests.integration.media.far_end import FarEnd, assert_continuous

HOST = "127.0.0.1"


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=PacketEventLoop) as runner:
        runner.run(asyncio.wait_for(scenario(), 20))


@asynccontextmanager
async def conversation() -> AsyncIterator[tuple[FarEnd, MediaPort, FarEnd, MediaPort]]:
    numbers = itertools.count()
    async with MediaEngine(tokens=lambda: str(next(numbers)), port_range=(36000, 36100)) as engine:
        alice, bob = FarEnd(), FarEnd(ssrc=9)
        a, b = engine.open(HOST), engine.open(HOST)
        a.agree(alice.agreement())
        b.agree(bob.agreement())
        with Bridge(a, b):
            yield alice, a, bob, b
        alice.close()
        bob.close()
    assert engine.open_ports == 0


def test_packets_are_relayed_without_a_timer_or_any_other_reason_to_wake() -> None:
    async def scenario() -> None:
        async with conversation() as (alice, a, bob, _):
            for number in range(20):
                alice.send(a, bytes([number]) * 160)
            await bob.hears(lambda packets: len(packets) == 20)
            assert_continuous(bob.packets)

    run(scenario)


def test_a_digit_wakes_who_waits_for_it() -> None:
    async def scenario() -> None:
        async with conversation() as (alice, a, bob, b):
            waiting = asyncio.create_task(a.next_digit())
            await asyncio.sleep(0)
            alice.press(a, "6")
            assert await waiting == "6"
            await bob.hears(lambda packets: len(packets) == 8)

    run(scenario)


def test_prompts_are_paced() -> None:
    async def scenario() -> None:
        async with conversation() as (alice, a, _, _b):
            await a.play(sine(440, 0.3))
            await alice.hears(lambda packets: len(packets) == 15)
            assert dominant_frequency(alice.sound()) == pytest.approx(440, abs=2)

    run(scenario)


def test_a_flood_of_packets_starves_neither_timers_nor_threads() -> None:
    async def scenario() -> None:
        async with conversation() as (alice, a, _, _b):
            loop = asyncio.get_running_loop()
            flooding = threading.Event()
            packet = bytes(alice.send(a))

            def flood() -> None:
                while not flooding.is_set():
                    alice.socket.sendto(packet, a.local_address)

            thread = threading.Thread(target=flood)
            thread.start()
            try:
                for _ in range(5):
                    await asyncio.sleep(0.02)
                    assert await loop.run_in_executor(None, lambda: 7) == 7
            finally:
                flooding.set()
                thread.join()

    run(scenario)


def test_processes_and_signals_work_as_on_any_loop() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        seen = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, seen.set)
        loop.call_later(0.01, signal.raise_signal, signal.SIGUSR1)
        await seen.wait()
        loop.remove_signal_handler(signal.SIGUSR1)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('spoken')", stdout=asyncio.subprocess.PIPE
        )
        assert await process.communicate() == (b"spoken\n", None)

    run(scenario)


def test_a_fault_in_one_packet_is_told_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with conversation() as (alice, a, bob, b):
            a._latch = None  # type: ignore[assignment]
            alice.send(a)
            bob.send(b, b"x" * 160)
            await alice.hears(lambda packets: len(packets) == 1)

    run(scenario)
    assert "a packet could not be dealt with" in caplog.text
