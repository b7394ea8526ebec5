"""Calls sent on by keys pressed during a call (RFC 4733), on phones without a key for it: who hears whom."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


@pytest.mark.feature("RING-10")
@pytest.mark.parametrize("way", ["blind", "attended"])
def test_the_callee_sends_the_caller_on_by_keys(box: Box, phones: Phones, way: str) -> None:
    people = open_with_colleagues(box)
    caller = phones.baresip("alice", people[0], tone=1000)
    middle = phones.baresip("bruno", people[1], tone=600)
    target = phones.baresip("chloe", people[2], tone=800)
    caller.call("102")
    middle.answer()
    caller.wait_event("CALL_ESTABLISHED")
    caller.listen(1)
    middle.send_digits("*1" if way == "blind" else "*2")
    until(lambda: box.state()["calls"][0]["state"] == "held", "the caller hears music")
    middle.listen(1)
    middle.send_digits("103")
    target.answer()
    if way == "attended":
        target.listen(1.5)
        middle.hang_up()
    middle.wait_event("CALL_CLOSED")
    until(lambda: box.resources()["legs"] == 2 and len(box.state()["calls"]) == 1, "the two are left")
    caller.listen(2)
    caller.hang_up()
    target.wait_event("CALL_CLOSED")
    heard = caller.recorded_wav()
    assert seconds_of_tone(heard, 600) > 0.5 and seconds_of_tone(heard, 800) > 1
    assert seconds_of_tone(target.recorded_wav(), 1000) > 1
    if way == "attended":
        assert seconds_of_tone(target.recorded_wav(), 600) > 0.5
    assert seconds_of_tone(middle.recorded_wav(), 440) > 0.1, "the dial tone"
    record = last_call(box)
    assert record["answered_by"] == people[2].person_id
    assert ("sent_on" if way == "blind" else "transferred") in same_way(box, record)
