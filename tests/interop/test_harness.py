"""The phones of these tests, against each other and without the box: a failure here is the harness's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.network import Network
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.linphone import Linphone
from tests.interop.phones.sipp import Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


@pytest.fixture
def bob(network: Network, place: Path) -> Iterator[Baresip]:
    phone = Baresip(network.host("bob"), place / "bob", tone=600)
    phone.account("bob", "none", phone.host.address, register=False)
    phone.start()
    yield phone
    phone.stop()


def test_baresip_and_linphone_hear_each_other(network: Network, place: Path, bob: Baresip) -> None:
    alice = Linphone(network.host("alice"), place / "alice", tone=440)
    alice.start()
    try:
        alice.call(f"sip:bob@{bob.host.address}")
        bob.answer()
        alice.wait_event("connected")
        alice.send_digits("12#")
        bob.send_digits("34")
        until(lambda: bob.digits() == "12#" and alice.digits() == "34", "digits both ways")
        bob.listen(2)
        alice.hang_up()
        bob.wait_event("CALL_CLOSED")
    finally:
        alice.stop()
    assert seconds_of_tone(bob.recorded_wav(), 440) > 1
    assert seconds_of_tone(alice.recorded_wav(), 600) > 1


def test_sipp_and_baresip_hear_each_other(network: Network, place: Path, bob: Baresip) -> None:
    caller = Sipp(network.host("sipp"), place / "sipp")
    ear = caller.ear(7000, tone=440)
    call = caller.play(
        "trunk_in",
        bob.host.address,
        service="bob",
        stay=3,
        ear_port=7000,
        caller="+33639981234",
        caller_name="Client",
    )
    bob.answer()
    ear.press("987")
    bob.send_digits("12")
    until(lambda: bob.digits() == "987" and ear.digits_heard == "12", "digits both ways")
    call.finish()
    bob.wait_event("CALL_CLOSED")
    ear.close()
    assert seconds_of_tone(bob.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(place / "ear.wav"), 600) > 1
