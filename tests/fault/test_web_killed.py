"""The process of the pages is killed during a call: the call goes on, the pages come back by themselves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.conftest import NET, LoneBox
from tests.interop.box import ROOT
from tests.interop.network import Host
from tests.interop.waiting import until
from tests.support.raw_audio import RawAudio
from tests.support.raw_messages import description


def children(pid: int) -> dict[str, int]:
    """The processes that a process has started, by what they run."""
    found = {}
    for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{word}/cmdline").read_bytes().split(b"\0")
        found["web" if b"webui" in command else "pbx"] = int(word)
    return found


@pytest.fixture
def both(folder: Path) -> Iterator[tuple[LoneBox, int, int]]:
    """Both processes under their supervisor: the box, the supervisor's pid, the port of the pages."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = LoneBox(Host("box", f"{NET}.99", None), folder / "data", sip_port=25260, rtp="46100-46900")
    words = [sys.executable, "-m", "appliance", "run", "--data", str(box.folder), "--port", str(port)]
    words += ["--host", "127.0.0.1", "--sip-port", "25260", "--sip-address", box.host.address]
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen([*words, "--rtp", box.rtp], cwd=ROOT, stdout=log, stderr=log)
    try:
        until(lambda: answers(box), "the box answers")
        yield box, process.pid, port
    finally:
        process.terminate()
        process.wait(20)
        print((folder / "run.log").read_text(errors="replace")[-3000:])


def answers(box: LoneBox) -> bool:
    try:
        box.api.get("/setup")
    except OSError:
        return False
    return True


def page(port: int) -> int:
    """The status of the first page; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
            return int(response.status)
    except OSError:
        return 0


async def test_calls_go_on_and_the_pages_come_back(both: tuple[LoneBox, int, int]) -> None:
    box, supervisor, port = both
    await asyncio.to_thread(box.make_office)
    await asyncio.to_thread(until, lambda: page(port) == 200, "the pages")
    alice, bruno = await box.phone("101"), await box.phone("102")
    mouth, ear = await RawAudio.open(), await RawAudio.open()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port))
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port))
    answer = await call.accepted()
    await heard.request("ACK")
    mouth.speak(answer.media, b"\x31" * 1600)
    await ear.hears(lambda: len(ear.heard) > 25, "Alice")
    before = children(supervisor)
    os.kill(before["web"], signal.SIGKILL)
    ear.forget()
    await ear.hears(lambda: len(ear.heard) > 100, "Alice, on and on")
    sequences = [packet.sequence for packet in ear.heard]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences))), "not a packet was lost"
    await asyncio.to_thread(until, lambda: page(port) == 200, "the pages again")
    after = children(supervisor)
    assert after["pbx"] == before["pbx"] and after["web"] != before["web"]
    await call.hang_up()
    await heard.hung_up()
    for each in (mouth, ear, alice, bruno):
        each.close()
