"""Real phones register with the box and call each other through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.office import PASSWORD, Somebody, add_somebody, set_up
from tests.interop.phones.sipp import ScenarioFailed
from tests.interop.sound import seconds_of_tone
from tests.interop.test_parking import sound_besides
from tests.interop.waiting import until

Pair = tuple[Somebody, Somebody]


@pytest.fixture
def people(box: Box) -> Pair:
    """Two people with a phone each, in a box that runs."""
    box.start()
    set_up(box)
    return add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")


@pytest.mark.matrix("baresip", "register", "call", "DTMF", "TCP")
@pytest.mark.feature("RING-1")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_two_baresips_hear_each_other(box: Box, phones: Phones, people: Pair, transport: str) -> None:
    alice = phones.baresip("alice", people[0], tone=440, transport=transport)
    bruno = phones.baresip("bruno", people[1], tone=600, transport=transport)
    assert box.online(people[0].phone_id, people[1].phone_id)

    alice.call("102")
    bruno.answer()
    alice.wait_event("CALL_ESTABLISHED")
    assert "101" in bruno.seen("CALL_INCOMING")[0]["peeruri"]
    alice.send_digits("123#")
    bruno.send_digits("456")
    until(lambda: bruno.digits() == "123#" and alice.digits() == "456", "digits both ways")
    alice.listen(2)
    alice.hang_up()
    bruno.wait_event("CALL_CLOSED")

    assert seconds_of_tone(bruno.recorded_wav(), 440) > 1
    assert seconds_of_tone(alice.recorded_wav(), 600) > 1
    assert explained(box)[-1] == "rings"


@pytest.mark.matrix("linphone", "register", "call", "DTMF")
@pytest.mark.matrix("sipp", "register", "call", "DTMF")
@pytest.mark.feature("RING-1")
def test_linphone_and_sipp_hear_each_other(box: Box, phones: Phones, people: Pair, place: Path) -> None:
    alice = phones.linphone("alice", people[0], tone=440)
    bruno = phones.sipp("bruno", people[1].user)
    bruno.register(box.server)

    ear = bruno.ear(7000, tone=600)
    answering = bruno.play("answer", box.server, ear_port=7000)
    alice.call(f"sip:102@{box.server}")
    alice.wait_event("connected")
    until(lambda: ear.packets_heard > 100, "two seconds of sound")
    alice.send_digits("42")
    until(lambda: ear.digits_heard == "42", "digits")
    alice.hang_up()
    answering.finish()
    ear.close()
    assert seconds_of_tone(ear.save(place / "bruno.wav"), 440) > 1
    alice.wait_event("ended")
    assert seconds_of_tone(alice.recorded_wav(), 600) > 1
    box.wait_quiet()


@pytest.mark.feature("RING-1")
def test_sipp_calls_linphone(box: Box, phones: Phones, people: Pair, place: Path) -> None:
    alice = phones.linphone("alice", people[0], tone=440)
    bruno = phones.sipp("bruno", people[1].user)
    bruno.register(box.server)
    ear = bruno.ear(7000, tone=600)
    calling = bruno.play("call", box.server, service="101", stay=4, ear_port=7000)
    alice.answer()
    ear.press("789")
    until(lambda: alice.digits() == "789", "digits")
    calling.finish()
    ear.close()
    alice.wait_event("ended")
    assert seconds_of_tone(alice.recorded_wav(), 600) > 1
    assert seconds_of_tone(ear.save(place / "bruno.wav"), 440) > 1
    box.wait_quiet()


@pytest.mark.matrix("pyVoIP", "register", "call", "DTMF")
@pytest.mark.feature("RING-1")
def test_pyvoip_calls_baresip(box: Box, phones: Phones, people: Pair) -> None:
    alice = phones.pyvoip("alice", people[0], tone=440)
    bruno = phones.baresip("bruno", people[1], tone=600)
    alice.call("102")
    bruno.answer()
    alice.wait_event("connected")
    bruno.listen(2)
    bruno.send_digits("5")
    until(lambda: alice.digits() == "5", "a digit")
    bruno.hang_up()
    alice.wait_event("ended")
    assert seconds_of_tone(bruno.recorded_wav(), 440, share=0.6) > 1
    assert seconds_of_tone(alice.recorded_wav(), 600, share=0.6) > 1
    box.wait_quiet()


@pytest.mark.matrix("baresip", "cancel")
def test_a_caller_who_gives_up_stops_the_ringing(box: Box, phones: Phones, people: Pair) -> None:
    alice = phones.baresip("alice", people[0], tone=440)
    bruno = phones.baresip("bruno", people[1], tone=600)
    alice.call("102")
    bruno.wait_event("CALL_INCOMING")
    alice.hang_up()
    bruno.wait_event("CALL_CLOSED")
    box.wait_quiet()


def test_a_wrong_password_is_refused(box: Box, phones: Phones, people: Pair) -> None:
    stranger = phones.sipp("stranger", people[0].user, password=f"not-{PASSWORD}")
    with pytest.raises(ScenarioFailed):
        stranger.register(box.server)
    assert not box.online(people[0].phone_id)


def test_registrations_survive_a_restart(box: Box, phones: Phones, people: Pair) -> None:
    alice = phones.baresip("alice", people[0], tone=440)
    bruno = phones.baresip("bruno", people[1], tone=600)
    box.restart()
    assert box.online(people[0].phone_id, people[1].phone_id)
    alice.call("102")
    bruno.answer()
    alice.wait_event("CALL_ESTABLISHED")
    alice.hang_up()
    bruno.wait_event("CALL_CLOSED")
    box.wait_quiet()


@pytest.mark.feature("RING-6")
def test_do_not_disturb_is_not_rung(box: Box, phones: Phones, people: Pair) -> None:
    alice = phones.baresip("alice", people[0], tone=440)
    bruno = phones.baresip("bruno", people[1], tone=600)
    box.api.change(f"/people/{people[1].person_id}", do_not_disturb=True)
    alice.call("102")
    until(lambda: alice.seconds_heard() > 0.8, "the box speaks for the person")
    alice.hang_up()
    alice.wait_event("CALL_CLOSED")
    assert sound_besides(alice.recorded_wav()) > 0.1
    assert "do_not_disturb" in explained(box)
    assert not bruno.seen("CALL_INCOMING")


@pytest.mark.matrix("baresip", "hold", "resume")
def test_a_call_is_held_and_resumed(box: Box, phones: Phones, people: Pair) -> None:
    alice = phones.baresip("alice", people[0], tone=440)
    bruno = phones.baresip("bruno", people[1], tone=600)
    alice.call("102")
    bruno.answer()
    alice.wait_event("CALL_ESTABLISHED")
    bruno.listen(1)
    alice.command("hold")
    until(lambda: box.state()["calls"][0]["state"] == "held", "the hold")
    bruno.listen(4)
    alice.command("resume")
    until(lambda: box.state()["calls"][0]["state"] == "talking", "the resumption")
    alice.send_digits("9")
    until(lambda: bruno.digits() == "9", "a digit after the resumption")
    bruno.hang_up()
    alice.wait_event("CALL_CLOSED")
    assert seconds_of_tone(bruno.recorded_wav(), 440) > 0.5
    # The first notes of the melody.
    assert seconds_of_tone(bruno.recorded_wav(), 523) > 0.5
    assert seconds_of_tone(bruno.recorded_wav(), 784) > 0.5
    box.wait_quiet()
