"""Calls to the outside with real phones: their line, emergencies, limits, prefixes, what is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.explained import same_way
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import NUMBER, add_somebody, add_trusted_line, route, set_up, to_person
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import seconds_of_tone
from tests.interop.test_parking import sound_besides
from tests.interop.waiting import until

SECOND_NUMBER = "+33199005678"
MORNING = "2026-11-24T10:00:00+01:00"


class Trunks:
    """Two trunks, each with a number, and Alice who calls."""

    def __init__(self, box: Box, phones: Phones) -> None:
        self.box, self.phones = box, phones
        self._seen: set[str] = set()
        box.start(MORNING)
        set_up(box)
        self.first, self.second = phones.sipp("first"), phones.sipp("second")
        self.alice = add_somebody(box, "Alice", "101")
        self.lines = [add_trusted_line(box, each.host.address) for each in (self.first, self.second)]
        self.numbers = [
            box.api.add(
                "numbers",
                name=name,
                number=number,
                line_id=line,
                routes={"open": route(to_person(self.alice.person_id))},
            )
            for name, number, line in zip(
                ("Standard", "Secours"), (NUMBER, SECOND_NUMBER), self.lines, strict=True
            )
        ]
        until(lambda: [each["state"] for each in box.state()["lines"]] == ["up", "up"], "both lines up")

    def phone(self) -> Baresip:
        return self.phones.baresip("alice", self.alice, tone=440)

    def last_call(self) -> dict:
        """The record of the call that ended last, which was not asked for before."""
        self.box.wait_quiet()
        newest = until(lambda: self._unseen(), "its record")
        self._seen.add(newest)
        return self.box.api.get(f"/history/{newest}")

    def _unseen(self) -> str | None:
        """The newest record when it is one not seen: they are written a moment after the call."""
        records = self.box.api.get("/history")["records"]
        return records[0]["id"] if records and records[0]["id"] not in self._seen else None

    def reasons(self, call: dict, dialled: str) -> list[str]:
        """Those of the call, which explain tells too."""
        return same_way(self.box, call, dialled=dialled)


@pytest.fixture
def trunks(box: Box, phones: Phones) -> Trunks:
    return Trunks(box, phones)


@pytest.mark.feature("OUT-9")
def test_a_call_falls_over_to_the_next_line_and_an_emergency_call_passes_everything(
    trunks: Trunks, box: Box, network: Network, place: Path
) -> None:
    phone = trunks.phone()
    refused = trunks.first.play("unavailable", box.server)
    ear = trunks.second.ear(7000, tone=600)
    taken = trunks.second.play("answer", box.server, ear_port=7000)
    phone.call("0639981234")
    phone.wait_event("CALL_ESTABLISHED")
    phone.listen(2)
    phone.hang_up()
    taken.finish()
    refused.finish()
    ear.close()
    assert seconds_of_tone(phone.recorded_wav(), 600) > 1
    assert NUMBER in refused.messages() and SECOND_NUMBER in taken.messages(), "each line shows its own"
    call = trunks.last_call()
    assert {"line_failed", "left_by"} <= set(trunks.reasons(call, "0639981234"))

    # Nobody is at a registered phone, the first line is refused: help is reached all the same.
    emergency_reaches_the_second_line(trunks, box, phone)


def emergency_reaches_the_second_line(trunks: Trunks, box: Box, phone: Baresip) -> None:
    box.api.change("/people/" + trunks.alice.person_id, outside_allowed=False)
    box.api.change(f"/phones/{trunks.alice.phone_id}", sip_password="another-password-9")
    refused = trunks.first.play("forbidden", box.server)
    taken = trunks.second.play("answer", box.server, ear_port=7002)
    phone.call("15")
    until(lambda: len(phone.seen("CALL_ESTABLISHED")) == 2, "the emergency call answered")
    phone.hang_up()
    taken.finish()
    refused.finish()
    assert "INVITE sip:15@" in taken.messages()
    assert trunks.reasons(trunks.last_call(), "15")[0] == "emergency_called"
    (alert,) = box.api.get("/alerts")["alerts"]
    assert alert["code"] == "emergency_called" and alert["parameters"]["who"] == "Alice (101)"
    assert "emergency_called" in {each["code"] for each in box.state()["warnings"]}
    box.api.delete(f"/alerts/{alert['id']}")
    assert "emergency_called" not in {each["code"] for each in box.state()["warnings"]}

    # Where the first line takes it, there it stays.
    taken = trunks.first.play("answer", box.server, ear_port=7004)
    phone.call("0112")
    until(lambda: len(phone.seen("CALL_ESTABLISHED")) == 3, "the emergency call answered by the first line")
    until(lambda: [each["state"] for each in box.state()["calls"]] == ["talking"], "the two talk")
    phone.hang_up()
    taken.finish()
    assert "INVITE sip:112@" in taken.messages()
    assert trunks.reasons(trunks.last_call(), "0112")[0] == "emergency_called"


@pytest.mark.feature("OUT-10")
def test_a_barred_call_is_told_why_and_the_office_is_alerted(trunks: Trunks, box: Box, place: Path) -> None:
    phone = trunks.phone()
    phone.call("0044 20 7946 0000".replace(" ", ""))
    until(lambda: phone.seen("CALL_CLOSED"), "the call ended after the words")
    assert sound_besides(phone.recorded_wav()) > 0.5
    call = trunks.last_call()
    assert "barred_country" in trunks.reasons(call, "00442079460000")
    (alert,) = box.api.get("/alerts")["alerts"]
    assert (alert["code"], alert["parameters"]["who"]) == ("barred_country", "Alice (101)")


@pytest.mark.feature("OUT-3", "OUT-11")
def test_a_prefix_chooses_the_line_and_a_short_number_stands_for_a_whole_one(
    trunks: Trunks, box: Box
) -> None:
    for line, prefix in zip(trunks.lines, ("801", "*123*"), strict=True):
        box.api.change(f"/lines/{line}", prefix=prefix)
    outbound = box.api.get("/outbound")
    taxi = {"code": "55", "name": "Taxi", "number": "+33639981234"}
    box.api.ask("PUT", "/outbound", {**outbound, "short_numbers": [taxi]})
    own = {"code": "56", "name": "Plombier", "number": "06 39 98 56 78"}
    box.api.change(f"/people/{trunks.alice.person_id}", short_numbers=[own])
    phone = trunks.phone()
    for count, (dialled, trunk, number, own_number, codes) in enumerate(
        (
            ("*123*0639981234", trunks.second, "+33639981234", SECOND_NUMBER, {"line_chosen"}),
            ("8010639981234", trunks.first, "+33639981234", NUMBER, {"line_chosen"}),
            ("55", trunks.first, "+33639981234", NUMBER, {"short_number"}),
            ("*123*56", trunks.second, "+33639985678", SECOND_NUMBER, {"short_number", "line_chosen"}),
        ),
        1,
    ):
        taken = trunk.play("answer", box.server, ear_port=7000 + 2 * count)
        phone.call(dialled)
        until(lambda wanted=count: len(phone.seen("CALL_ESTABLISHED")) == wanted, "the call answered")
        phone.hang_up()
        taken.finish()
        assert f"INVITE sip:{number}@" in taken.messages() and own_number in taken.messages()
        call = trunks.last_call()
        assert codes == set(trunks.reasons(call, dialled)) & {"line_chosen", "short_number"}


@pytest.mark.feature("OUT-1")
def test_a_number_is_withheld_chosen_or_of_a_list(trunks: Trunks, box: Box) -> None:
    phone = trunks.phone()
    taken = trunks.first.play("answer", box.server, ear_port=7004)
    phone.call("*31*0639981234")
    phone.wait_event("CALL_ESTABLISHED")
    phone.hang_up()
    taken.finish()
    invite = taken.messages()
    assert "Privacy: id" in invite and "anonymous@anonymous.invalid" in invite
    assert "P-Asserted-Identity" in invite and f"From: <sip:{NUMBER}" not in invite
    call = trunks.last_call()
    assert "number_withheld" in trunks.reasons(call, "*31*0639981234")

    # The number that Alice has chosen leaves by its own line.
    box.api.change(f"/people/{trunks.alice.person_id}", presented_number_id=trunks.numbers[1])
    taken = trunks.second.play("answer", box.server, ear_port=7006)
    phone.call("0639981234")
    until(lambda: len(phone.seen("CALL_ESTABLISHED")) == 2, "the call answered")
    phone.hang_up()
    taken.finish()
    invite = taken.messages()
    assert f"sip:{SECOND_NUMBER}@" in invite and f"sip:{NUMBER}@" not in invite
    assert "chosen_number_shown" in trunks.reasons(trunks.last_call(), "0639981234")

    only_numbers_of_a_list_are_shown(trunks, box, phone)


def only_numbers_of_a_list_are_shown(trunks: Trunks, box: Box, phone: Baresip) -> None:
    person = f"/people/{trunks.alice.person_id}"
    box.api.change(f"/lines/{trunks.lines[0]}", prefix="801")
    box.api.change(person, presented_number_id=None, allowed_number_ids=[trunks.numbers[1]])
    for count, (dialled, trunk, reason) in enumerate(
        (
            ("0639981234", trunks.second, "chosen_number_shown"),
            ("8010639981234", trunks.first, "no_number_shown"),
        ),
        3,
    ):
        taken = trunk.play("answer", box.server, ear_port=7000 + 4 * count)
        phone.call(dialled)
        until(lambda wanted=count: len(phone.seen("CALL_ESTABLISHED")) == wanted, "the call answered")
        phone.hang_up()
        taken.finish()
        invite = taken.messages()
        assert NUMBER not in invite, "it is not in her list, whatever line she chooses"
        assert (SECOND_NUMBER in invite) == (trunk is trunks.second)
        assert reason in trunks.reasons(trunks.last_call(), dialled)
