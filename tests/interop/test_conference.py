"""Several phones in one call: three brought together by a code, a group that hears an announcement."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

# Two tones at once: each has half of what is heard, the third nothing.
HALF = 0.3


@pytest.mark.feature("RING-10")
def test_each_of_three_hears_the_two_others_who_go_on_when_the_maker_leaves(box: Box, phones: Phones) -> None:
    people = open_with_colleagues(box)
    caller = phones.baresip("alice", people[0], tone=1000)
    maker = phones.baresip("bruno", people[1], tone=600)
    third = phones.baresip("chloe", people[2], tone=800)
    caller.call("102")
    maker.answer()
    caller.wait_event("CALL_ESTABLISHED")
    maker.send_digits("*4")
    until(lambda: box.state()["calls"][0]["state"] == "held", "the caller hears music")
    maker.send_digits("103")
    third.answer()
    third.listen(1)
    maker.send_digits("*4")
    until(lambda: box.state()["calls"][0]["state"] == "conference", "all are together")
    assert set(box.state()["calls"][0]["person_ids"]) == {person.person_id for person in people[:3]}
    caller.listen(2)
    maker.hang_up()
    maker.wait_event("CALL_CLOSED")
    until(lambda: box.state()["calls"][0]["state"] == "talking", "the two are left")
    caller.listen(2)
    caller.hang_up()
    third.wait_event("CALL_CLOSED")
    together = {phone: phone.recorded_wav() for phone in (caller, maker, third)}
    for own, phone, others in (
        (1000, caller, (600, 800)),
        (600, maker, (1000, 800)),
        (800, third, (1000, 600)),
    ):
        for hertz in others:
            assert seconds_of_tone(together[phone], hertz, share=HALF) > 1, f"{phone} hears {hertz} Hz"
        assert seconds_of_tone(together[phone], own, share=0.1) < 0.2, f"{phone} hears themselves"
    assert seconds_of_tone(together[caller], 800) > 1 and seconds_of_tone(together[third], 1000) > 1
    record = last_call(box)
    assert record["outcome"] == "answered" and record["answered_by"] == people[2].person_id
    assert {"conference", "conference_left"} <= set(same_way(box, record))


@pytest.mark.feature("RING-10")
def test_the_phones_of_a_group_hear_who_pages_them_and_are_not_heard(box: Box, phones: Phones) -> None:
    people = open_with_colleagues(box)
    members = [{"person_id": person.person_id} for person in people[:3]]
    box.api.add("groups", name="Atelier", extension="200", members=members)
    speaker = phones.baresip("alice", people[0], tone=1000)
    listeners = [phones.baresip("bruno", people[1], tone=600), phones.baresip("chloe", people[2], tone=800)]
    speaker.call("*91200")
    for listener in listeners:
        listener.answer()
    until(lambda: box.state()["calls"][0]["state"] == "paging", "a phone listens")
    until(lambda: box.resources()["legs"] == 3, "both listen")
    speaker.listen(2)
    speaker.hang_up()
    for listener in listeners:
        listener.wait_event("CALL_CLOSED")
        assert seconds_of_tone(listener.recorded_wav(), 1000) > 1
    heard = speaker.recorded_wav()
    assert seconds_of_tone(heard, 600, share=0.1) + seconds_of_tone(heard, 800, share=0.1) < 0.2
    assert "paged" in same_way(box, last_call(box))
