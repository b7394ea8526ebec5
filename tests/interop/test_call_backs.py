"""Callers press 1 instead of waiting, and are called back: words, keys and voices of real phones."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.interop.box import Box, Refused
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, add_trusted_line, route, set_up, to_group
from tests.interop.phones.dialogue import Dialogue, sdp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

ENOUGH_HEARD = 4000  # octets of A-law: half a second of words
ALICE, BRUNO, CUSTOMER = 600, 700, 440


class Office:
    """Alice is the one of her group; its callers may be called back."""

    def __init__(self, box: Box, phones: Phones) -> None:
        self.box, self.provider = box, phones.sipp("provider")
        box.start("2026-11-24T10:00:00+01:00")
        set_up(box)
        people = [add_somebody(box, *each) for each in (("Alice", "101"), ("Bruno", "102"))]
        line = add_trusted_line(box, self.provider.host.address)
        self.members = [{"person_id": each.person_id, "ring_seconds": 60} for each in people]
        queue = {"offer_call_back": True}
        self.group = box.api.add(
            "groups",
            name="Accueil",
            extension="200",
            members=self.members[:1],
            queue=queue,
            order="longest_idle",
        )
        self.number = box.api.add(
            "numbers",
            name="Standard",
            number=NUMBER,
            line_id=line,
            language="fr",
            routes={"open": route(to_group(self.group))},
        )
        self.alice = phones.baresip("alice", people[0], tone=ALICE)
        self.bruno = phones.baresip("bruno", people[1], tone=BRUNO)

    def press_1_while_the_box_speaks(self) -> None:
        """The customer calls, presses 1, hears the thanks, and the box hangs up."""
        ear = self.provider.ear(7000, tone=CUSTOMER)
        asks = (
            Dialogue("asks")
            .calls(body=sdp(7000))
            .hears(100, optional=True)
            .hears(180, optional=True)
            .hears(183, optional=True)
            .hears(200)
            .asks("ACK", 1)
            .is_ended()
        )
        call = self.provider.play(asks, self.box.server, service=NUMBER, caller=OUTSIDER)
        until(lambda: len(ear.heard) > ENOUGH_HEARD, "words heard")
        ear.press("1")
        call.finish()
        ear.close()

    def asked_for(self) -> list[dict[str, Any]]:
        """The kept calls of customers who want to be called back, newest first."""
        return [each for each in self.box.api.get("/history")["records"] if each["outcome"] == "call_back"]

    def request(self) -> dict:
        (open_,) = self.box.api.get("/call_backs/requests")["open"]
        return open_

    def call_back(self, place: Path) -> None:
        """Bruno declines, then Alice's phone rings, she presses 1, and the customer's phone answers."""
        ear = self.provider.ear(7100, tone=CUSTOMER)
        answers = self.provider.play("answer", self.box.server, ear_port=7100)
        with contextlib.suppress(Refused):  # The box may have begun by itself.
            self.box.api.ask("POST", f"/call_backs/requests/{self.request()['id']}/try")
        self.bruno.wait_event("CALL_INCOMING")
        self.bruno.hang_up()
        self.alice.answer()
        self.alice.send_digits("1")
        until(lambda: [each["state"] for each in self.box.state()["calls"]] == ["talking"], "they talk")
        self.alice.listen(2)
        self.alice.hang_up()
        answers.finish()
        ear.close()
        self.alice.wait_event("CALL_CLOSED")
        assert f"From: <sip:{NUMBER}" in answers.messages(), "the customer sees the number they called"
        assert seconds_of_tone(self.alice.recorded_wav(), CUSTOMER) > 1
        assert seconds_of_tone(ear.save(place / "customer.wav"), ALICE) > 1


@pytest.fixture
def office(box: Box, phones: Phones) -> Office:
    return Office(box, phones)


@pytest.mark.feature("OUT-6", "RING-5")
def test_a_caller_in_the_queue_presses_1_and_is_called_back(office: Office, place: Path) -> None:
    box, provider = office.box, office.provider
    office.bruno.call("200")
    office.alice.answer()
    office.bruno.wait_event("CALL_ESTABLISHED")
    office.press_1_while_the_box_speaks()
    request = office.request()
    assert (request["number"], request["group_id"], request["state"]) == (OUTSIDER, office.group, "waiting")
    # From here on Bruno is asked before Alice.
    box.api.change(f"/groups/{office.group}", members=office.members[::-1], order="in_order")
    office.bruno.hang_up()
    office.alice.wait_event("CALL_CLOSED")
    (waited,) = until(office.asked_for, "the record of the customer's call")
    assert [each["reason"]["code"] for each in waited["trail"]][-2:] == [
        "call_back_wanted_longest_idle",
        "hung_up",
    ]

    office.call_back(place)
    record = last_call(box, 3)
    reason = record["trail"][0]["reason"]
    others = {"person": "Alice", "others": "Bruno"}
    assert (reason["code"], reason["parameters"]) == ("call_back_taken_after", others)
    (done,) = box.api.get("/call_backs/requests")["ended"]
    assert (done["state"], done["outcome"], done["call_id"]) == ("done", "answered", record["id"])

    # The same as a destination; who withholds their number goes on to what follows.
    box.api.change(
        f"/numbers/{office.number}",
        routes={"open": route({"kind": "call_back", "group_id": office.group}, to_group(office.group))},
    )
    box.api.change(f"/groups/{office.group}", members=office.members[:1])
    office.press_1_while_the_box_speaks()
    # The box may be ringing her for it, so that it is not at rest.
    asked = until(lambda: (found := office.asked_for())[1:] and found, "the record of the call")
    codes = same_way(box, asked[0])
    assert codes[-3:-1] == ["call_back_offered", "call_back_wanted_in_order"]
    request = office.request()
    assert request["number_id"] == office.number
    box.api.delete(f"/call_backs/requests/{request['id']}")
    anonymous = provider.play("trunk_in", box.server, service=NUMBER, stay=2, ear_port=7300, caller_name="")
    # Before the request was deleted she may have been rung for it.
    office.alice.answer("anonymous")
    anonymous.finish()
    office.alice.wait_event("CALL_CLOSED")
    assert "call_back_no_number" in same_way(box, last_call(box, 5))
