"""What a port records: a message whole on the disk, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.media import g711
from appliance.media.wave_files import read_wave
from appliance.runtime.media.engine import MediaEngine
from tests.audio_measure import dominant_frequency, sine
from tests.integration.media.far_end import FarEnd, settle

HOST = "127.0.0.1"
FarEnds = Callable[..., FarEnd]


async def test_a_message_ends_with_a_digit(engine: MediaEngine, far_end: FarEnds, tmp_path: Path) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    path = tmp_path / "message.wav"
    recording = asyncio.create_task(port.record(path, max_seconds=30, silence_seconds=10))
    await settle()
    sound = g711.encode("PCMA", sine(440, 1.0))
    for start in range(0, len(sound), 160):
        phone.send(port, sound[start : start + 160])
        await asyncio.sleep(0.01)
    phone.press(port, "5")
    phone.press(port, "#")
    end = await asyncio.wait_for(recording, 5)
    assert end.reason == "digit"
    heard = read_wave(path.read_bytes())
    assert end.seconds == pytest.approx(len(heard) / 16000)
    assert dominant_frequency(heard) == pytest.approx(440, abs=2)
    assert await port.next_digit() == "5"
    port.close()


async def test_a_message_ends_with_silence(engine: MediaEngine, far_end: FarEnds, tmp_path: Path) -> None:
    port = engine.open(HOST)
    port.agree(far_end().agreement())
    end = await port.record(tmp_path / "m.wav", max_seconds=30, silence_seconds=0.4)
    assert end.reason == "silence" and end.spoken_seconds == 0
    port.close()


async def test_a_message_ends_at_its_longest(engine: MediaEngine, far_end: FarEnds, tmp_path: Path) -> None:
    port = engine.open(HOST)
    port.agree(far_end().agreement())
    end = await port.record(tmp_path / "m.wav", max_seconds=0.3, silence_seconds=9)
    assert (end.reason, end.seconds) == ("maximum", 0.3)
    assert len(read_wave((tmp_path / "m.wav").read_bytes())) == 4800
    port.close()


async def test_a_message_cut_by_hanging_up_is_complete(
    engine: MediaEngine, far_end: FarEnds, tmp_path: Path
) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    path = tmp_path / "m.wav"
    recording = asyncio.create_task(port.record(path, max_seconds=30, silence_seconds=10))
    await settle()
    for _ in range(20):
        phone.send(port)
        await asyncio.sleep(0.01)
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    assert len(read_wave(path.read_bytes())) >= 0.15 * 16000
    port.close()


async def test_closing_the_port_ends_the_message(engine: MediaEngine, tmp_path: Path) -> None:
    port = engine.open(HOST)
    recording = asyncio.create_task(port.record(tmp_path / "m.wav", max_seconds=30, silence_seconds=10))
    await asyncio.sleep(0.05)
    port.close()
    assert (await recording).reason == "closed"


async def test_a_disk_that_fails_is_an_error_for_who_records(engine: MediaEngine) -> None:
    port = engine.open(HOST)
    with pytest.raises(OSError):
        await port.record(Path("/dev/full/m.wav"), max_seconds=30, silence_seconds=10)
    with pytest.raises(OSError):
        await port.record(Path("/nonexistent/m.wav"), max_seconds=30, silence_seconds=10)
    port.close()


KILLED = """
import asyncio, itertools, sys
from itertools import pairwise
from pathlib import Path
from appliance.runtime.media.echo import Echo
from appliance.runtime.media.engine import MediaEngine
from tests.integration.media.far_end import FarEnd, settle

async def main():
    engine = MediaEngine(tokens=map(str, itertools.count()).__next__, port_range=(33000, 33100))
    await engine.start()
    phone, port = FarEnd(), engine.open("127.0.0.1")
    port.agree(phone.agreement())
    recording = asyncio.create_task(port.record(Path(sys.argv[1]), max_seconds=60, silence_seconds=60))
    for number in range(10000):
        phone.send(port)
        print(number, flush=True)
        await asyncio.sleep(0.02)

asyncio.run(main())
"""


async def test_a_killed_process_loses_at_most_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "m.wav"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for _ in range(125):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    sent = 125 + len(process.stdout.read().splitlines())
    process.wait()
    process.stdout.close()
    assert len(read_wave(path.read_bytes())) / 16000 >= sent * 0.02 - 1.0


async def test_a_recording_going_on_when_all_is_closed_is_complete(tmp_path: Path) -> None:
    engine = MediaEngine(tokens=lambda: "t", port_range=(34100, 34200))
    await engine.close()
    await engine.start()
    port = engine.open(HOST)
    path = tmp_path / "m.wav"
    recording = asyncio.create_task(port.record(path, max_seconds=9, silence_seconds=9))
    await asyncio.sleep(0.1)
    await engine.close()
    assert (await recording).reason == "closed"
    assert len(read_wave(path.read_bytes())) >= 1280


async def test_hanging_up_while_the_disk_fails_is_still_hanging_up(engine: MediaEngine) -> None:
    port = engine.open(HOST)
    recording = asyncio.create_task(
        port.record(Path("/nonexistent/m.wav"), max_seconds=30, silence_seconds=10)
    )
    await asyncio.sleep(0)
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    port.close()
