"""Real phones send their callers on: who hears whom afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


@pytest.mark.matrix("baresip", "blind transfer")
@pytest.mark.matrix("linphone", "blind transfer")
@pytest.mark.parametrize("transferor", ["baresip", "linphone"])
def test_a_phone_transfers_its_caller(box: Box, phones: Phones, place: Path, transferor: str) -> None:
    people = open_with_colleagues(box)
    caller = phones.baresip("alice", people[0], tone=440)
    middle = getattr(phones, transferor)("bruno", people[1], tone=600)
    target = phones.sipp("chloe", people[2].user)
    target.register(box.server)
    ear = target.ear(7000, tone=800)
    answering = target.play("answer", box.server, ear_port=7000)

    caller.call("102")
    middle.answer()
    caller.wait_event("CALL_ESTABLISHED")
    middle.transfer(f"sip:103@{box.server}")
    until(lambda: ear.packets_heard > 100, "two seconds of the caller at the target")
    until(lambda: len(box.state()["calls"]) == 1 and box.resources()["legs"] == 2, "the transferor let go")
    caller.listen(2)
    caller.hang_up()
    answering.finish()
    ear.close()
    assert seconds_of_tone(ear.save(place / "chloe.wav"), 440) > 1
    assert seconds_of_tone(caller.recorded_wav(), 800) > 1
    box.wait_quiet()
    record = until(lambda: box.api.get("/history")["records"], "the call's record")[0]
    assert record["called"] == "102"
    assert record["answered_by"] == people[2].person_id
    codes = [entry["reason"]["code"] for entry in record["trail"]]
    assert "sent_on" in codes
