"""A caller is parked by a transfer, hears music, and is taken out by a third phone."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.explained import same_way
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone, sound_besides
from tests.interop.waiting import until


@pytest.mark.feature("RING-10")
def test_a_parked_caller_hears_music_until_somebody_takes_the_call(box: Box, phones: Phones) -> None:
    people = open_with_colleagues(box)
    caller = phones.baresip("alice", people[0], tone=440)
    parker = phones.baresip("bruno", people[1], tone=600)
    third = phones.linphone("chloe", people[2], tone=800)

    caller.call("102")
    parker.answer()
    caller.wait_event("CALL_ESTABLISHED")
    caller.listen(1)
    parker.transfer(f"sip:*681@{box.server}")
    parker.wait_event("CALL_CLOSED")
    until(lambda: [each["state"] for each in box.state()["calls"]] == ["held"], "the caller is parked")
    caller.listen(2)
    third.call(f"sip:*681@{box.server}")
    until(lambda: box.resources()["legs"] == 2 and box.state()["calls"][0]["state"] == "talking", "they talk")
    caller.listen(2)
    caller.hang_up()
    box.wait_quiet()
    heard = caller.recorded_wav()
    assert seconds_of_tone(heard, 600) > 0.5 and seconds_of_tone(heard, 800) > 1
    assert sound_besides(heard, 600, 800) > 1, "music in between"
    assert seconds_of_tone(third.recorded_wav(), 440) > 1
    assert sound_besides(parker.recorded_wav(), 440) > 0.5, "the place was told"
    records = until(lambda: (found := box.api.get("/history")["records"])[1:] and found, "both records")
    record = next(each for each in records if each["called"] == "102")
    assert same_way(box, record)[-2:] == ["parked", "unparked"]
