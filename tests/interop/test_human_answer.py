"""A mobile must press 1 to have a call, so that no voicemail takes it; who picks up is told who calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    Somebody,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_group,
    to_person,
)
from tests.interop.phones.rtp import RtpEnd
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import read_mono, seconds_of_tone
from tests.interop.waiting import until

MOBILE = "+33639980001"
# What a voicemail's recording, the mobile's owner and the outsider say.
VOICEMAIL, OWNER, CALLER = 500, 600, 440


@dataclass
class Office:
    """Alice at a desk, Bruno on his mobile, a provider that brings calls and carries those to the mobile."""

    box: Box
    alice: Somebody
    bruno: str
    number: str
    mobiles: Sipp
    outside: Sipp

    def route(self, *destinations: dict[str, Any]) -> None:
        self.box.api.change(f"/numbers/{self.number}", routes={"open": route(*destinations)})

    def mobile_answers(self, tone: int) -> tuple[RunningScenario, RtpEnd]:
        """Whatever is at the mobile's number answers the next call at once, and says that tone."""
        return self.mobiles.play("answer", self.box.server, ear_port=7100), self.mobiles.ear(7100, tone=tone)

    def call(self, stay: float) -> tuple[RunningScenario, RtpEnd]:
        ear = self.outside.ear(7000, tone=CALLER)
        keys = {"caller": OUTSIDER, "caller_name": "", "ear_port": 7000}
        call = self.outside.play("trunk_in", self.box.server, service=NUMBER, stay=stay, patience=60, **keys)
        return call, ear

    def record(self) -> dict[str, Any]:
        """The last call, once it is kept."""
        return last_call(self.box)

    def explained(self) -> list[str]:
        """The reasons of the last call, which explain tells too."""
        return same_way(self.box, self.record())


@pytest.fixture
def office(box: Box, phones: Phones) -> Iterator[Office]:
    mobiles = phones.sipp("provider")
    outside = Sipp(mobiles.host, mobiles.folder / "outside", sip_port=5070)
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    box.api.change("/office", answer_seconds=5)
    alice = add_somebody(box, "Alice", "101")
    devices = [{"kind": "external", "ring_seconds": 20}]
    bruno = box.api.add("people", name="Bruno", extension="102", mobile=MOBILE, devices=devices)
    line = add_trusted_line(box, mobiles.host.address)
    number = box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        language="fr",
        routes={"open": route(to_person(bruno))},
    )
    yield Office(box, alice, bruno, number, mobiles, outside)


@pytest.mark.feature("CONF-1", "RING-9")
def test_the_operators_voicemail_never_takes_the_call_of_a_group(
    office: Office, phones: Phones, place: Path
) -> None:
    group = office.box.api.add(
        "groups",
        name="Accueil",
        members=[{"person_id": office.alice.person_id}, {"person_id": office.bruno}],
        max_wait=40,
    )
    office.route(to_group(group))
    alice = phones.baresip("alice", office.alice, tone=700)
    voicemail, recording = office.mobile_answers(VOICEMAIL)
    call, ear = office.call(stay=3)
    alice.wait_event("CALL_INCOMING")
    voicemail.finish()
    assert not alice.seen("CALL_CLOSED"), "the others ring on"
    alice.command("accept")
    alice.wait_event("CALL_ESTABLISHED")
    call.finish()
    ear.close()
    recording.close()
    heard = ear.save(place / "caller.wav")
    assert seconds_of_tone(heard, VOICEMAIL) == 0 and seconds_of_tone(heard, 700) > 1
    assert seconds_of_tone(recording.save(place / "recorded.wav"), CALLER) == 0
    assert office.record()["answered_by"] == office.alice.person_id
    assert "must_press_one" in office.explained()


@pytest.mark.feature("CONF-1", "RING-9", "FWD-3")
@pytest.mark.parametrize("where", ["sequence", "forward"])
def test_the_operators_voicemail_never_takes_a_call_that_moves_on(
    office: Office, phones: Phones, place: Path, where: str
) -> None:
    mobile = {"kind": "external", "number": MOBILE}
    if where == "sequence":
        office.route(mobile, to_person(office.alice.person_id))
    else:
        # Bruno's desk is not connected: what he has set for that is to forward to a number outside.
        desk = {"devices": [{"kind": "deskphone"}], "forwards": {"not_connected": mobile}}
        office.box.api.change(f"/people/{office.bruno}", **desk)
        office.route(to_person(office.bruno), to_person(office.alice.person_id))
    alice = phones.baresip("alice", office.alice, tone=700)
    voicemail, recording = office.mobile_answers(VOICEMAIL)
    call, ear = office.call(stay=3)
    alice.answer()
    voicemail.finish()
    call.finish()
    ear.close()
    recording.close()
    heard = ear.save(place / "caller.wav")
    assert seconds_of_tone(heard, VOICEMAIL) == 0 and seconds_of_tone(heard, 700) > 1
    assert words(recording.save(place / "recorded.wav")) > 0.5
    record = office.record()
    assert record["answered_by"] == office.alice.person_id
    assert record["steps"][0]["outcome"] == "no_answer"
    told = office.explained()
    assert "must_press_one" in told and ("forwards_not_connected" in told) == (where == "forward")


@pytest.mark.feature("CONF-1")
def test_who_presses_one_has_the_call(office: Office, place: Path) -> None:
    owner, mobile = office.mobile_answers(OWNER)
    call, ear = office.call(stay=3)
    until(lambda: len(mobile.heard) > 8000 * 2, "the question at the mobile")
    assert not ear.packets_heard, "the caller still hears ringing"
    mobile.press("1")
    call.finish()
    owner.finish()
    ear.close()
    mobile.close()
    assert seconds_of_tone(ear.save(place / "caller.wav"), OWNER) > 1
    heard = mobile.save(place / "mobile.wav")
    assert words(heard) > 0.5 and seconds_of_tone(heard, CALLER) > 1
    assert office.record()["answered_by"] == office.bruno
    assert "must_press_one" in office.explained()


@pytest.mark.feature("WHISP-1")
def test_the_agent_alone_hears_who_calls_before_they_are_joined(
    office: Office, phones: Phones, place: Path
) -> None:
    office.box.api.change(f"/numbers/{office.number}", whisper=["caller", "called"])
    office.route(to_person(office.alice.person_id))
    alice = phones.baresip("alice", office.alice, tone=700)
    call, ear = office.call(stay=4)
    alice.answer()
    assert "SIP/2.0 200" not in call.messages(), "the caller hears ringing while Alice is told"
    call.finish()
    alice.wait_event("CALL_CLOSED")
    ear.close()
    heard = alice.recorded_wav()
    assert words(heard) > 1.5 and seconds_of_tone(heard, CALLER) > 1
    caller = ear.save(place / "caller.wav")
    assert seconds_of_tone(caller, 700) > 1 and words(caller, other_than=(700,)) < 0.5
    assert office.explained()[-1] == "rings"


def words(path: Path, *, other_than: tuple[int, ...] = (CALLER,)) -> float:
    """How many seconds of a recording are sound other than those tones."""
    samples, rate = read_mono(path)
    window = rate // 10
    loud = sum(
        max(samples[start : start + window], default=0) > 500
        for start in range(0, len(samples) - window + 1, window)
    )
    return loud / 10 - sum(seconds_of_tone(path, tone, share=0.5) for tone in other_than)
