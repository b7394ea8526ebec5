"""SIPVicious, the scanner that finds every open SIP port, beside a phone in use: it learns nothing here."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.network import Host, Network
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import seconds_of_tone

# A dictionary in which the right password stands after more wrong ones than the box hears.
WRONG_BEFORE = 60
# The scanner as it comes, and one that does not say what it is.
DISGUISES = ("friendly-scanner", "Office phone 2.1")


@pytest.fixture
def beside(box: Box, phones: Phones) -> tuple[Baresip, Baresip]:
    """Two phones in use."""
    box.start()
    set_up(box)
    alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
    return phones.baresip("alice", alice, tone=440), phones.baresip("bruno", bruno, tone=600)


def talk(caller: Baresip, called: Baresip) -> None:
    """A call in which both hear each other."""
    caller.call("102")
    called.answer()
    caller.wait_event("CALL_ESTABLISHED")
    caller.listen(2)
    called.listen(2)
    caller.hang_up()
    called.wait_event("CALL_CLOSED")
    assert seconds_of_tone(caller.recorded_wav(), 600) > 1
    assert seconds_of_tone(called.recorded_wav(), 440) > 1


def scan(host: Host, place: Path, disguise: str, tool: str, *options: str) -> str:
    """Run one of the tools on a host; returns what it prints."""
    script = Path(sys.executable).with_name(f"sipvicious_{tool}")
    program = (
        "import runpy, sys\n"
        "from sipvicious.libs import svhelper\n"
        "make = svhelper.makeRequest\n"
        f"name = lambda word: {disguise!r} if word == 'friendly-scanner' else word\n"
        "make.__defaults__ = tuple(map(name, make.__defaults__))\n"
        f"sys.argv = {[script.name, *options]!r}\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        host.argv(sys.executable, "-c", program),
        cwd=place,
        env={"HOME": str(place), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def _words(place: Path) -> Path:
    path = place / "words"
    path.write_text("".join(f"guess-{number}\n" for number in range(WRONG_BEFORE)) + f"{PASSWORD}\n")
    return path


@pytest.mark.parametrize("disguise", DISGUISES)
def test_it_finds_no_extension_and_cracks_no_password(
    box: Box, network: Network, place: Path, beside: tuple[Baresip, Baresip], disguise: str
) -> None:
    """The phones beside go on calling as long as the attack lasts."""
    with ThreadPoolExecutor() as pool:
        intruder, cracker = network.host("intruder"), network.host("cracker")
        attack = pool.submit(attack_with_all, box, intruder, cracker, place, disguise)
        while True:
            talk(*beside)
            if attack.done():
                break
        attack.result()
    kinds = {event["kind"] for event in box.api.get("/security")["events"]}
    assert kinds >= ({"scanner"} if disguise == DISGUISES[0] else {"wrong_password", "banned"}), kinds
    assert {each["address"] for each in box.api.get("/security")["bans"]}.isdisjoint(
        phone.host.address for phone in beside
    )
    box.wait_quiet()


def attack_with_all(box: Box, intruder: Host, cracker: Host, place: Path, disguise: str) -> None:
    """Every tool, one after the other; none finds anything."""
    port, address = str(box.sip_port), box.host.address
    if disguise == DISGUISES[0]:
        found = scan(intruder, place, disguise, "svmap", "-p", port, address)
        assert address not in found, found
    found = scan(intruder, place, disguise, "svwar", "-e100-110", "-m", "REGISTER", "-p", port, address)
    assert "102" not in found and "reqauth" not in found, found
    found = scan(cracker, place, disguise, "svcrack", "-u102", f"-d{_words(place)}", "-p", port, address)
    assert PASSWORD not in found, found
