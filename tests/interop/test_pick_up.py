"""A colleague's ringing call is picked up on another phone: who hears whom, and what the history says."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.explained import same_way
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until


@pytest.mark.feature("RING-10")
@pytest.mark.parametrize("picker", ["baresip", "linphone"])
def test_a_ringing_call_is_taken_by_code(box: Box, phones: Phones, picker: str) -> None:
    people = open_with_colleagues(box)
    caller = phones.baresip("alice", people[0], tone=440)
    rung = phones.baresip("bruno", people[1], tone=600)
    other = getattr(phones, picker)("chloe", people[2], tone=800)
    caller.call("102")
    rung.wait_event("CALL_INCOMING")
    other.call(f"sip:*8102@{box.server}")
    caller.wait_event("CALL_ESTABLISHED")
    rung.wait_event("CALL_CLOSED")
    caller.listen(2)
    caller.hang_up()
    box.wait_quiet()
    assert seconds_of_tone(caller.recorded_wav(), 800) > 1
    assert seconds_of_tone(other.recorded_wav(), 440) > 1
    records = until(lambda: (found := box.api.get("/history")["records"])[1:] and found, "both records")
    record = next(each for each in records if each["called"] == "102")
    assert record["answered_by"] == people[2].person_id
    assert same_way(box, record)[-1] == "picked_up"
