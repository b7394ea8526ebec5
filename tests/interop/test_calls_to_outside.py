"""A provider that wants a registration: calls leave by it, come from it, and fall to the backup number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.office import NUMBER, OUTSIDER, PASSWORD, Somebody, add_somebody, route, set_up, to_person
from tests.interop.phones.dialogue import Dialogue, sdp
from tests.interop.phones.sipp import Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

LINE_USER = "trunk-4711"
BACKUP = "+33639985678"


@pytest.fixture
def provider(phones: Phones) -> Sipp:
    return phones.sipp("provider", LINE_USER, "provider-secret-9")


@pytest.fixture
def alice(box: Box, provider: Sipp) -> Somebody:
    """A person in a box whose line is registered with the provider."""
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    somebody = add_somebody(box, "Alice", "101")
    line = box.api.add(
        "lines",
        name="Opérateur",
        kind="sip_trunk",
        mode="registered",
        probe_seconds=0,
        enabled=False,
        server=provider.host.address,
        port=5060,
        transport="udp",
        user=LINE_USER,
        password=provider.password,
    )
    number = box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        language="fr",
        routes={"open": route(to_person(somebody.person_id))},
    )
    registration = provider.play(
        "accept_registration", box.server, provider_user=LINE_USER, provider_password=provider.password
    )
    box.api.change(f"/lines/{line}", main_number_id=number, enabled=True)
    registration.finish()
    assert f'username="{LINE_USER}"' in registration.messages()
    until(lambda: [each for each in box.state()["lines"] if each["state"] == "up"], "the line up")
    return somebody


@pytest.mark.feature("NUM-2", "NUM-7", "RING-1")
def test_a_phone_calls_outside(
    box: Box, phones: Phones, provider: Sipp, alice: Somebody, place: Path
) -> None:
    ear = provider.ear(7000, tone=600)
    outside = provider.play("answer", box.server, ear_port=7000)
    phone = phones.baresip("alice", alice, tone=440)
    phone.call("0639981234")
    phone.wait_event("CALL_ESTABLISHED")
    phone.listen(2)
    phone.send_digits("7")
    until(lambda: ear.digits_heard == "7", "a digit outside")
    phone.hang_up()
    outside.finish()
    ear.close()
    invite = outside.messages()
    assert f"INVITE sip:{OUTSIDER}@" in invite
    assert NUMBER in invite, "the office's own number is shown"
    assert PASSWORD not in box.log() and provider.password not in box.log()
    assert seconds_of_tone(phone.recorded_wav(), 600) > 1
    assert seconds_of_tone(ear.save(place / "outside.wav"), 440) > 1
    assert "rings" in explained(box)


@pytest.mark.feature("NUM-2", "RING-1")
def test_the_registered_provider_brings_a_call(
    box: Box, phones: Phones, provider: Sipp, alice: Somebody, place: Path
) -> None:
    phone = phones.baresip("alice", alice, tone=440)
    ear = provider.ear(7000, tone=600)
    call = provider.play(
        "trunk_in",
        box.server,
        service=NUMBER,
        stay=3,
        ear_port=7000,
        caller="0639981234",
        caller_name="Mme Petit",
    )
    phone.answer()
    call.finish()
    ear.close()
    assert seconds_of_tone(phone.recorded_wav(), 600) > 1
    assert seconds_of_tone(ear.save(place / "outside.wav"), 440) > 1
    assert "0639981234" in phone.seen("CALL_INCOMING")[0]["peeruri"].replace("+33", "0")
    box.wait_quiet()


@pytest.mark.feature("BACKUP-2")
def test_the_operator_forwards_while_the_line_plays_dead_and_brings_calls_again_after(
    box: Box, phones: Phones, provider: Sipp, alice: Somebody, place: Path
) -> None:
    (line,) = (each["id"] for each in box.api.items("/lines"))
    forward = f"/lines/{line}/forward"
    box.api.ask("PUT", forward, {"number": BACKUP, "set_up": True})
    phone = phones.baresip("alice", alice, tone=440)
    keys = {"provider_user": LINE_USER, "provider_password": provider.password}

    withdrawal = provider.play("accept_registration", box.server, **keys)
    assert box.api.ask("POST", f"{forward}/test", {})["state"] == "testing"
    withdrawal.finish()
    assert "Expires: 0" in withdrawal.messages(), "the operator is told that nobody is there"

    # An operator that brings a call all the same is told that nobody is there, and the page is told of it.
    caller = {"service": NUMBER, "caller": OUTSIDER}
    stubborn = Dialogue("stubborn").calls(body=sdp(7000)).hears(100, optional=True).hears(480).acks_refusal()
    provider.play(stubborn, box.server, **caller).finish()
    assert [each["caller"] for each in box.api.get(forward)["turned_away"]] == [OUTSIDER]

    # The line carries nothing of ours either, and explain tells so.
    phone.call("0639981234")
    phone.wait_event("CALL_PROGRESS")
    phone.hang_up()
    assert "lines_down" in explained(box)

    # As its forward says, the operator takes the call to the mobile: nothing of it comes here.
    mobile = phones.sipp("mobile")
    pocket = mobile.ear(7200, tone=500)
    outsider = provider.ear(7000, tone=600, peer=(mobile.host.address, 7200))
    rings = mobile.play("answer", provider.host.address, ear_port=7200)
    provider.play(
        "trunk_in", mobile.host.address, stay=2, ear_port=7000, caller_name="Mme Petit", **caller
    ).finish()
    rings.finish()
    pocket.close()
    outsider.close()
    assert seconds_of_tone(pocket.save(place / "pocket.wav"), 600) > 1
    assert len(box.api.get(forward)["turned_away"]) == 1

    again = provider.play("accept_registration", box.server, **keys)
    assert box.api.ask("POST", f"{forward}/verdict", {"works": True})["state"] == "works"
    again.finish()
    assert "Expires: 600" in again.messages()
    until(lambda: [each for each in box.state()["lines"] if each["state"] == "up"], "the line up again")
    ear = provider.ear(7000, tone=600)
    call = provider.play("trunk_in", box.server, stay=2, ear_port=7000, caller_name="Mme Petit", **caller)
    phone.answer()
    call.finish()
    ear.close()
    assert seconds_of_tone(phone.recorded_wav(), 600) > 1
    assert "rings" in explained(box, calls=2)
