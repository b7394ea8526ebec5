"""JsSIP in Debian's Chromium, by the WebSocket of the box's own pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.box import ROOT, Box
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.jssip import JsSip
from tests.interop.sound import seconds_of_tone
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


@pytest.mark.matrix("JsSIP", "call", "hold", "resume", "DTMF", "TLS and SRTP")
def test_a_browser_and_a_desk_phone_call_each_other(
    box: Box, network: Network, place: Path, site: str, phones: Phones
) -> None:
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    desk = phones.baresip("bruno", bruno, tone=600)
    with JsSip(network.host("alice"), place / "alice", site, tone=440) as browser:
        browser.start(alice.user, PASSWORD, box.host.address)
        browser.wait("registered")

        browser.do("call", "102")
        desk.answer()
        browser.wait("confirmed")
        desk.listen(2)
        browser.do("press", "7")
        until(lambda: desk.digits() == "7", "the digit")
        browser.do("hold")
        browser.wait("hold")
        until(lambda: box.state()["calls"][0]["state"] == "held", "the hold")
        browser.do("resume")
        browser.wait("unhold")
        until(lambda: box.state()["calls"][0]["state"] == "talking", "the resumption")
        desk.listen(2)
        browser.do("hangUp")
        desk.wait_event("CALL_CLOSED")
        assert seconds_of_tone(browser.recorded_wav(), 600) > 2
        assert seconds_of_tone(desk.recorded_wav(), 440) > 2
        box.wait_quiet()

        desk.call("101")
        browser.wait("session", "remote")
        browser.do("answer")
        desk.wait_event("CALL_ESTABLISHED")
        desk.listen(2)
        desk.hang_up()
        browser.wait("ended")
        assert seconds_of_tone(browser.recorded_wav(), 600) > 1
        assert seconds_of_tone(desk.recorded_wav(), 440) > 1
        box.wait_quiet()
