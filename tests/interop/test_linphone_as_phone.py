"""Linphone and pyVoIP as phones in use: what each can do, beside a baresip that is heard.

The call with session timers lasts while the others are made: its first refresh comes after 45 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.interop.box import Box
from tests.interop.fixtures import Phones, shared_office
from tests.interop.office import Somebody
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.linphone import Linphone
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

# The busy tone and the music on hold hold 440, 523 and 784 Hz.
ALICE, BRUNO, CHLOE, DAVID = 1040, 600, 1240, 1440
SESSION_SECONDS = 90
# What the call with session timers holds meanwhile.
TIMED_LEGS = 2


@dataclass
class Office:
    """Alice's phone is a linphone over TCP."""

    box: Box
    phones: Phones
    people: list[Somebody]
    alice: Linphone
    bruno: Baresip
    chloe: Baresip
    timed: Linphone

    def legs(self) -> int:
        """Besides those of the call with session timers."""
        return self.box.resources()["legs"] - TIMED_LEGS

    def states(self) -> list[str]:
        return [call["state"] for call in self.box.state()["calls"]][1:]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with shared_office("101", "102", "103", "104", "105", "106") as (box, phones, people):
        timed = phones.linphone("david", people[3], tone=DAVID, session_seconds=SESSION_SECONDS)
        other = phones.baresip("emma", people[4], tone=BRUNO)
        timed.call(f"sip:105@{box.server}")
        other.answer()
        timed.wait_event("connected")
        alice = phones.linphone("alice", people[0], tone=ALICE, transport="tcp")
        bruno = phones.baresip("bruno", people[1], tone=BRUNO)
        chloe = phones.baresip("chloe", people[2], tone=CHLOE)
        yield Office(box, phones, people, alice, bruno, chloe, timed)


@pytest.fixture(autouse=True)
def at_rest(office: Office) -> Iterator[None]:
    """Nothing of a call is left after each."""
    yield
    until(lambda: office.legs() <= 0, "no leg left")


@pytest.mark.matrix("linphone", "TCP", "hold", "resume", "attended transfer")
@pytest.mark.feature("RING-1")
def test_it_holds_two_calls_and_connects_them(office: Office) -> None:
    bindings = {each["phone_id"]: each["bindings"] for each in office.box.state()["phones"]}
    assert [one["transport"] for one in bindings[office.people[0].phone_id]] == ["TCP"]
    office.alice.call(f"sip:102@{office.box.server}")
    office.bruno.answer()
    office.alice.wait_event("connected")
    office.bruno.listen(2)
    office.alice.hold()
    until(lambda: office.states() == ["held"], "the hold")
    office.bruno.listen(4)
    office.alice.resume()
    until(lambda: office.states() == ["talking"], "the resumption")
    office.bruno.listen(2)

    office.alice.hold()
    until(lambda: office.states() == ["held"], "the hold")
    office.alice.call(f"sip:103@{office.box.server}")
    office.chloe.answer()
    office.alice.wait_event("connected")
    office.alice.connect_calls(1, 2)
    until(lambda: office.legs() == 2, "the two others left")
    office.chloe.listen(2)
    office.bruno.listen(2)
    office.bruno.hang_up()
    office.chloe.wait_event("CALL_CLOSED")
    assert seconds_of_tone(office.chloe.recorded_wav(), BRUNO) > 1
    assert [seconds_of_tone(ear, BRUNO) > 1 for ear in office.alice.recordings()] == [True, False]
    ears = office.bruno.recordings()
    for tone, seconds in ((ALICE, 2), (523, 0.5), (784, 0.5), (CHLOE, 1)):
        assert sum(seconds_of_tone(ear, tone) for ear in ears) > seconds, tone


@pytest.mark.matrix("linphone", "cancel")
def test_it_gives_up_a_call(office: Office) -> None:
    office.alice.call(f"sip:102@{office.box.server}")
    office.bruno.wait_event("CALL_INCOMING")
    office.alice.hang_up()
    office.bruno.wait_event("CALL_CLOSED")
    office.alice.wait_event("ended")


@pytest.mark.matrix("linphone", "busy")
@pytest.mark.matrix("pyVoIP", "busy")
def test_who_calls_a_busy_phone_is_told_so(office: Office) -> None:
    """The called phone, a pyVoIP, says it is busy: who called hears the tone."""
    busy = office.phones.pyvoip("flora", office.people[5], tone=BRUNO)
    office.alice.call(f"sip:106@{office.box.server}")
    busy.refuse()
    # The box speaks before the answer, then refuses as the called phone did.
    office.alice.wait_event("other", "early media")
    office.alice.wait_event("error")
    assert seconds_of_tone(office.alice.recorded_wav(), 440) > 1


@pytest.mark.matrix("linphone", "presence")
def test_it_is_told_of_a_colleague(office: Office) -> None:
    """Whose phone is there, and then switched off."""
    before = office.box.resources()["subscriptions"]
    office.alice.watch("chloe", f"sip:103@{office.box.server}")
    office.alice.wait_event("presence", "is Online")
    assert office.box.resources()["subscriptions"] == before + 1
    office.chloe.stop()
    office.alice.wait_event("presence", "is Offline")


@pytest.mark.matrix("linphone", "session timer")
def test_it_refreshes_its_session(office: Office) -> None:
    assert f"Session-Expires: {SESSION_SECONDS};refresher=uac" in office.timed.log()
    until(lambda: office.timed.log().count("CSeq: 22 UPDATE") > 1, "the refresh", timeout=60)
    office.timed.hang_up()
    office.timed.wait_event("ended")
