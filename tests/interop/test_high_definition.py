"""Phones that talk in G.722: the box and older phones know G.711, and nobody is lost between the two."""

from __future__ import annotations

import pytest

from tests.interop.fixtures import shared_office
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

ALICE = 1000


@pytest.mark.feature("RING-10")
def test_a_caller_in_g722_is_parked_and_talks_to_a_phone_that_knows_no_g722() -> None:
    with shared_office("101", "102", "103") as (box, phones, people):
        alice = phones.linphone("alice", people[0], tone=ALICE, g722=True)
        bruno = phones.baresip("bruno", people[1], tone=600, codecs="G722/16000/1")
        chloe = phones.baresip("chloe", people[2], tone=1300)
        alice.call(f"sip:102@{box.server}")
        bruno.answer()
        alice.wait_event("connected")
        until(lambda: box.state()["calls"][0]["state"] == "talking", "the two talk")
        bruno.transfer(f"sip:*681@{box.server}")
        until(lambda: box.state()["calls"][0]["state"] == "held", "the caller is parked")
        bruno.wait_event("CALL_CLOSED")
        chloe.call("*681")
        chloe.wait_event("CALL_ESTABLISHED")
        chloe.listen(2)
        chloe.hang_up()
        alice.wait_event("ended")
        assert seconds_of_tone(chloe.recorded_wav(), ALICE) > 1
        box.wait_quiet()
        (record,) = (each for each in box.api.get("/history")["records"] if each["called"] == "102")
        assert {leg["codec"] for leg in record["legs"]} == {"G722", "PCMA"}, (
            "what was left, and what was taken"
        )
