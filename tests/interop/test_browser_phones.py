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
from tests.interop.phones.baresip import Baresip
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


@pytest.mark.matrix("JsSIP", "register", "session timer")
def test_a_browser_registers_keeps_its_session_and_goes_with_its_page(
    box: Box, network: Network, place: Path, site: str
) -> None:
    alice = add_somebody(box, "Alice", "101")
    with JsSip(network.host("alice"), place / "alice", site, own_clock=True) as phone:
        phone.start("101", "wrong", box.host.address)
        assert phone.wait("registrationFailed") == ["registrationFailed", 401]
        phone.do("stop")
        phone.start("101", PASSWORD, box.host.address)
        phone.wait("registered")
        assert box.online(alice.phone_id)
        [binding] = box.state()["phones"][0]["bindings"]
        assert binding["transport"] == "WS"

        phone.do("call", "*43")
        phone.wait("confirmed")
        # Half of what it has asked the session to last without a sign of life.
        phone.pass_time(46)
        phone.do("hangUp")
        box.wait_quiet()
        [record] = until(lambda: box.api.get("/history")["records"], "the call's record")
        messages = str(box.api.get(f"/history/{record['id']}/messages"))
        assert "UPDATE sip:" in messages and "200 OK" in messages.split("UPDATE sip:", 1)[1]

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
        browser.wait("confirmed")
        desk.listen(2)
        desk.hang_up()
        browser.wait("ended")
        assert seconds_of_tone(browser.recorded_wav(), 600) > 1
        assert seconds_of_tone(desk.recorded_wav(), 440) > 1
        box.wait_quiet()


def hand_on(box: Box, browser: JsSip, one: Baresip, other: Baresip) -> None:
    """Bruno's call goes to Chloé without a word, then Alice's to both of them after she has asked."""
    one.call("101")
    browser.wait("session", "remote")
    browser.do("answer")
    browser.wait("confirmed")
    until(lambda: box.state()["calls"][0]["state"] == "talking", "the box joins them after the ACK")
    browser.do("transfer", f"sip:103@{box.host.address}")
    other.answer()
    browser.wait("ended")
    one.listen(2)
    other.listen(1)
    other.hang_up()
    box.wait_quiet()
    assert seconds_of_tone(one.recorded_wav(), 800) > 0.5

    browser.do("call", "102")
    one.answer()
    browser.wait("confirmed")
    browser.do("hold")
    browser.wait("hold")
    browser.do("call", "103")
    other.answer()
    browser.wait("confirmed")
    browser.do("join", 5, 6)
    browser.wait("ended")
    one.listen(2)
    other.listen(2)
    one.hang_up()
    box.wait_quiet()
    assert seconds_of_tone(one.recorded_wav(), 800) > 1
    assert seconds_of_tone(other.recorded_wav(), 600) > 1


@pytest.mark.matrix("JsSIP", "cancel", "busy", "MWI", "presence", "BLF")
@pytest.mark.matrix("JsSIP", "blind transfer", "attended transfer")
def test_a_browser_refuses_watches_and_hands_calls_on(
    box: Box, network: Network, place: Path, site: str, phones: Phones
) -> None:
    alice, bruno, chloe = (
        add_somebody(box, name, f"10{n}") for n, name in enumerate(("Alice", "Bruno", "Chloé"), 1)
    )
    words = {"open": {"text": "Oui ?"}, "closed": {"text": "Oui ?"}}
    box.api.add("mailboxes", name="Alice", owner="person", owner_id=alice.person_id, greetings=words)
    one, other = phones.baresip("bruno", bruno, tone=600), phones.baresip("chloe", chloe, tone=800)
    with JsSip(network.host("alice"), place / "alice", site, tone=440) as browser:
        browser.start(alice.user, PASSWORD, box.host.address)
        browser.wait("registered")
        domain = box.host.address
        browser.do("watch", f"sip:101@{domain}", "message-summary", "application/simple-message-summary")
        browser.told("message-summary", "Messages-Waiting: no")
        browser.do("watch", f"sip:102@{domain}", "presence", "application/pidf+xml")
        browser.told("presence", "<basic>open")
        browser.do("watch", f"sip:102@{domain}", "dialog", "application/dialog-info+xml")
        browser.told("dialog", "dialog-info")

        # Each hangs up while the other rings.
        browser.do("call", "102")
        one.wait_event("CALL_INCOMING")
        browser.do("hangUp")
        browser.wait("failed", "Canceled")
        one.wait_event("CALL_CLOSED")
        one.call("101")
        browser.wait("session", "remote")
        one.hang_up()
        browser.wait("failed", "Canceled")
        box.wait_quiet()

        # Alice is busy: the caller comes to her mailbox, and her lamp is lit.
        one.call("101")
        browser.wait("session", "remote")
        browser.do("refuse", 486)
        until(lambda: box.state()["calls"][0]["state"] == "message", "the mailbox")
        browser.told("dialog", "confirmed")
        one.listen(6)
        one.hang_up()
        browser.told("message-summary", "Messages-Waiting: yes")
        box.wait_quiet()

        # Bruno is busy: she hears so.
        browser.do("call", "102")
        one.wait_event("CALL_INCOMING")
        one.hang_up()
        until(lambda: seconds_of_tone(browser.recorded_wav(), 440) > 0.5, "the busy tone")
        browser.do("hangUp")
        browser.wait("failed", "Canceled")
        box.wait_quiet()

        hand_on(box, browser, one, other)
