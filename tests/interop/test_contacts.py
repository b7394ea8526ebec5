"""Contacts, and callers who are not wanted: who rings, what each hears, and the way explain tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_mailbox,
    to_person,
)
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.sipp import Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

WORDS = 8000  # octets of A-law: a second of what the box says


def arrives(box: Box, provider: Sipp, caller: str, port: int, stay: float) -> Any:
    ear = provider.ear(port, tone=440)
    call = provider.play(
        "trunk_in",
        box.server,
        service=NUMBER,
        stay=stay,
        ear_port=port,
        caller=caller,
        caller_name="PETIT",
    )
    return call, ear


def taken(phone: Baresip) -> None:
    phone.wait_event("CALL_INCOMING")
    phone.command("accept")
    phone.wait_event("CALL_ESTABLISHED")


@pytest.mark.feature("IN-5", "IN-9")
def test_a_contact_reaches_who_is_responsible_and_others_are_filtered(
    box: Box, network: Network, phones: Phones
) -> None:
    provider = phones.sipp("provider")
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    alice, bruno = (
        add_somebody(box, name, extension) for name, extension in (("Alice", "101"), ("Bruno", "102"))
    )
    line = add_trusted_line(box, provider.host.address)
    message = to_mailbox(box.api.items("/mailboxes")[0]["id"])
    box.api.add(
        "numbers",
        id="standard",
        name="Standard",
        number=NUMBER,
        line_id=line,
        language="fr",
        owner_first="contact",
        routes={"open": route(to_person(alice.person_id), message)},
    )
    contact = {"name": "Zoé Petit", "numbers": [OUTSIDER], "owner_id": bruno.person_id}
    box.api.ask("POST", "/contacts", contact)
    phone_of_alice = phones.baresip("alice", alice, tone=600)
    phone_of_bruno = phones.baresip("bruno", bruno, tone=700)

    call, ear = arrives(box, provider, OUTSIDER, 7000, 3)
    taken(phone_of_bruno)
    call.finish()
    phone_of_bruno.wait_event("CALL_CLOSED")
    ear.close()
    assert seconds_of_tone(phone_of_bruno.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(provider.folder / "known.wav"), 700) > 1
    assert "owner_of_contact" in explained(box)
    assert not phone_of_alice.seen("CALL_INCOMING")

    to_alice = {"enabled": True, "destination": to_person(alice.person_id)}
    box.api.ask("PATCH", "/caller_filter", {"anonymous": to_alice})
    box.api.ask("POST", "/caller_filter/blocked", {"number": OUTSIDER, "note": "Fenêtres"})
    call, ear = arrives(box, provider, OUTSIDER, 7002, 20)
    until(lambda: len(ear.heard) > WORDS, "that the call is not taken")
    call.stop()
    ear.close()
    assert "filter_blocked" in explained(box, calls=2)
    assert len(phone_of_bruno.seen("CALL_INCOMING")) == 1

    call, ear = arrives(box, provider, "anonymous", 7004, 3)
    taken(phone_of_alice)
    call.finish()
    phone_of_alice.wait_event("CALL_CLOSED")
    ear.close()
    assert seconds_of_tone(ear.save(provider.folder / "withheld.wav"), 600) > 1
    assert "filter_anonymous" in explained(box, calls=3)


@pytest.mark.feature("OUT-7")
def test_a_click_rings_the_phone_then_the_customer(box: Box, network: Network, phones: Phones) -> None:
    provider = phones.sipp("provider")
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    alice = add_somebody(box, "Alice", "101")
    add_trusted_line(box, provider.host.address)
    phone = phones.baresip("alice", alice, tone=600)
    ear = provider.ear(7000, tone=440)
    customer = provider.play("answer", box.server, ear_port=7000)
    box.api.ask("POST", "/calls", {"person_id": alice.person_id, "number": "06 39 98 12 34"})
    taken(phone)
    phone.listen(3)
    phone.hang_up()
    customer.finish()
    ear.close()
    assert seconds_of_tone(phone.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(provider.folder / "customer.wav"), 600) > 1
    explained(box)
