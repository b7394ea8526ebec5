"""JsSIP in Debian's Chromium, by the WebSocket of the box's own pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.box import ROOT, Box
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.jssip import JsSip
from tests.interop.waiting import until


def reachable(box: Box) -> bool:
    try:
        box.host.connect((box.host.address, 8080), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def site(box: Box) -> Iterator[str]:
    """The address of the pages of a box that runs."""
    box.start()
    set_up(box)
    words = [sys.executable, "-m", "webui", "--socket", str(box.folder / "control.sock")]
    words += ["--host", box.host.address, "--port", "8080"]
    pages = subprocess.Popen(box.host.argv(*words), cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        until(lambda: reachable(box), "the pages")
        yield f"http://{box.host.address}:8080"
    finally:
        pages.terminate()
        pages.wait(10)


@pytest.mark.matrix("JsSIP", "register")
def test_a_browser_registers_and_is_gone_with_its_page(
    box: Box, network: Network, place: Path, site: str
) -> None:
    alice = add_somebody(box, "Alice", "101")
    with JsSip(network.host("alice"), place / "alice", site) as phone:
        phone.start("101", "wrong", box.host.address)
        assert phone.wait("registrationFailed") == ["registrationFailed", 401]
        phone.do("stop")
        phone.start("101", PASSWORD, box.host.address)
        phone.wait("registered")
        assert box.online(alice.phone_id)
        [binding] = box.state()["phones"][0]["bindings"]
        assert binding["transport"] == "WS"
        box.restart()
        phone.wait("disconnected")
        phone.wait("registered")
        until(lambda: box.online(alice.phone_id), "registered again")
    until(lambda: not box.online(alice.phone_id), "gone")
