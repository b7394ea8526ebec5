"""Star codes dialled on real phones: what is heard, and where the next call goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.office import add_somebody, set_up
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import read_mono, seconds_of_tone
from tests.interop.waiting import until


def words(path: Path) -> float:
    """How many seconds of a recording are sound."""
    samples, rate = read_mono(path)
    window = rate // 10
    starts = range(0, len(samples) - window + 1, window)
    return sum(max(samples[start : start + window]) > 500 for start in starts) / 10


def hears_words(phone: Baresip, box: Box, code: str) -> float:
    """Dial a code and listen to the end of what the box says."""
    closed = len(phone.seen("CALL_CLOSED"))
    phone.call(f"sip:{code}@{box.server}")
    until(lambda: len(phone.seen("CALL_CLOSED")) > closed, f"the box has said all after {code}")
    box.wait_quiet()
    return words(phone.recorded_wav())


@pytest.mark.feature("FWD-1", "STAT-1", "TIME-4", "RING-5")
def test_codes_are_confirmed_in_words_and_the_next_call_goes_where_they_say(box: Box, phones: Phones) -> None:
    box.start()
    set_up(box)
    alice_, bruno_, chloe_ = (add_somebody(box, name, f"10{n}") for n, name in enumerate(("A", "B", "C"), 1))
    box.api.change(f"/people/{bruno_.person_id}", language="en", working_day=True)
    alice = phones.baresip("alice", alice_, tone=440)
    bruno = phones.baresip("bruno", bruno_, tone=600)
    chloe = phones.baresip("chloe", chloe_, tone=800)

    assert hears_words(bruno, box, "*71") > 1
    assert hears_words(bruno, box, "*21103") > 1
    alice.call("102")
    chloe.answer()
    alice.listen(2)
    alice.hang_up()
    chloe.wait_event("CALL_CLOSED")
    assert "forwards_all" in explained(box, calls=3)
    assert seconds_of_tone(alice.recorded_wav(), 800) > 1 and not bruno.seen("CALL_INCOMING")

    assert hears_words(alice, box, "*52") > 1
    assert box.api.get("/overrides")["items"][0]["state"] == "closed"
    assert hears_words(alice, box, "*50") > 1
    assert not box.api.get("/overrides")["items"]

    members = [{"person_id": each.person_id} for each in (alice_, chloe_)]
    box.api.add("groups", name="Ventes", extension="200", members=members)
    assert hears_words(alice, box, "*45200") > 1
    bruno.call("200")
    chloe.answer()
    bruno.listen(2)
    bruno.hang_up()
    chloe.wait_event("CALL_CLOSED")
    assert "signed_out" in explained(box, calls=7)
    assert seconds_of_tone(bruno.recorded_wav(), 800) > 1 and not alice.seen("CALL_INCOMING")
