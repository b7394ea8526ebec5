"""Callers wait for the one person of a group: music and words heard, each served in their turn."""

from __future__ import annotations

import pytest

from tests.interop.box import Box
from tests.interop.explained import same_way
from tests.interop.fixtures import Phones
from tests.interop.office import open_with_colleagues
from tests.interop.sound import seconds_of_tone, sound_besides
from tests.interop.waiting import until


@pytest.mark.feature("RING-5")
def test_who_waits_hears_music_and_is_served_when_the_other_call_ends(box: Box, phones: Phones) -> None:
    people = open_with_colleagues(box)
    members = [{"person_id": people[2].person_id}]
    box.api.add("groups", name="Accueil", extension="200", members=members, queue={}, order="longest_idle")
    first = phones.baresip("alice", people[0], tone=440)
    waiting = phones.baresip("bruno", people[1], tone=600)
    agent = phones.linphone("chloe", people[2], tone=800)

    first.call("200")
    agent.answer()
    first.wait_event("CALL_ESTABLISHED")
    waiting.call("200")
    waiting.wait_event("CALL_ESTABLISHED")
    (place,) = until(lambda: [each["queue"] for each in box.state()["calls"] if each["queue"]], "one waits")
    assert place["place"] == 1
    waiting.listen(3)
    first.hang_up()
    agent.answer()
    until(lambda: [each["state"] for each in box.state()["calls"]] == ["talking"], "they talk")
    waiting.listen(2)
    waiting.hang_up()
    box.wait_quiet()

    heard = waiting.recorded_wav()
    assert seconds_of_tone(heard, 800) > 1
    assert sound_besides(heard, 800) > 1, "words and music before"
    records = until(lambda: (found := box.api.get("/history")["records"])[1:] and found, "both records")
    record = next(each for each in records if each["caller_person_id"] == people[1].person_id)
    codes = same_way(box, record, busy=[people[2].person_id])
    assert [code for code in codes if code.startswith(("queue", "rings", "answered"))][:3] == [
        "queue_waits",
        "queue_turn",
        "rings",
    ]
