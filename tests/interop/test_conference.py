"""Several phones in one call: brought together by a code, a group that hears an announcement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones, shared_office
from tests.interop.office import Somebody
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.linphone import Linphone
from tests.interop.sound import seconds_of_tone, seconds_together
from tests.interop.waiting import until

TONES = {"alice": 1000, "bruno": 600, "chloe": 800, "david": 1300}
EMMA = 1700
# What the music of the box is made of.
MUSIC = (523, 784)
TOGETHER = ("conference_of", "conference_two")
MOVES = ("joined", "left", "sent", "stays")


@dataclass(frozen=True)
class Office:
    """A running box, a Baresip of each of four people and Emma's Linphone, each with a tone of their own."""

    box: Box
    phones: Phones
    people: dict[str, Somebody]
    alice: Baresip
    bruno: Baresip
    chloe: Baresip
    david: Baresip
    emma: Linphone

    def are(self, state: str, *names: str) -> None:
        """Wait until the oldest call is in that state, with these people and nobody else."""
        wanted = {self.people[name].person_id for name in names}

        def is_so() -> bool:
            oldest = self.box.state()["calls"][0]
            return oldest["state"] == state and set(oldest["person_ids"]) == wanted

        until(is_so, f"{state} of {', '.join(names)}")

    def person_is(self, name: str, state: str) -> None:
        """Wait until the lamps show that of somebody."""
        wanted = {"person_id": self.people[name].person_id, "state": state}
        until(
            lambda: any(wanted.items() <= each.items() for each in self.box.state()["people"]),
            f"{name} is {state}",
        )

    def three_together(self, third: str) -> None:
        """Alice calls Bruno, who brings in a third."""
        self.alice.call("102")
        self.bruno.answer()
        self.alice.wait_event("CALL_ESTABLISHED")
        self.bruno.send_digits("*4")
        until(lambda: self.box.state()["calls"][0]["state"] == "held", "the caller hears music")
        self.asks(self.bruno, third)
        self.bruno.send_digits("*4")
        self.are("conference", "alice", "bruno", third)

    def asks(self, phone: Baresip, name: str) -> None:
        """Somebody who has pressed a code dials another, and they talk."""
        phone.send_digits(self.people[name].extension)
        getattr(self, name).answer()
        heard = phone.seconds_heard()
        until(lambda: phone.seconds_heard() > heard + 0.5, "the two talk")


def reasons(record: dict[str, Any]) -> list[str]:
    return [each["reason"]["code"] for each in record["trail"]]


def moves_of(record: dict[str, Any]) -> list[str]:
    """What happened in the conference of a call, but who was together."""
    moves = (code.removeprefix("conference_") for code in reasons(record))
    return [each for each in moves if each in MOVES]


def together_in(record: dict[str, Any]) -> list[str]:
    """Who was together, each time that somebody came or left."""
    told = (each["reason"] for each in record["trail"])
    return [each["parameters"]["who"] for each in told if each["code"] in TOGETHER]


def hang_up(phone: Baresip) -> None:
    phone.hang_up()
    phone.wait_event("CALL_CLOSED")


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with shared_office("101", "102", "103", "104", "105") as (box, phones, people):
        named = dict(zip((*TONES, "emma"), people, strict=True))
        baresips = [phones.baresip(name, named[name], tone=TONES[name]) for name in TONES]
        yield Office(box, phones, named, *baresips, phones.linphone("emma", named["emma"], tone=EMMA))


@pytest.mark.feature("RING-10")
def test_two_more_are_brought_in_while_the_others_talk_and_who_leaves_leaves_the_others(
    office: Office,
) -> None:
    alice, bruno, chloe, david, emma = office.alice, office.bruno, office.chloe, office.david, office.emma
    office.three_together("chloe")
    alice.listen(1.5)
    bruno.send_digits("*4")
    bruno.send_digits("104")
    david.answer()
    # Bruno and David talk, Alice and Chloé as well.
    david.listen(1.5)
    bruno.send_digits("*4")
    office.are("conference", "alice", "bruno", "chloe", "david")
    david.listen(2)
    chloe.send_digits("*4")
    office.asks(chloe, "emma")
    chloe.send_digits("*4")
    office.are("conference", *TONES, "emma")
    alice.listen(3)  # A softphone on a busy machine speaks with gaps.
    hang_up(bruno)
    office.are("conference", "alice", "chloe", "david", "emma")
    alice.listen(3)
    # Emma's phone asks in the call that it made to Bruno for what most ask in the one they are sent from.
    emma.hold()
    emma.call(f"sip:102@{office.box.server}")
    bruno.answer()
    emma.wait_event("connected", "102")
    emma.connect_calls(emma.newest_call, emma.newest_call - 1)
    office.are("conference", *TONES)
    bruno.listen(1.5)
    hang_up(bruno)
    office.are("conference", "alice", "chloe", "david")
    hang_up(chloe)
    office.are("talking", "alice", "david")
    alice.listen(1.5)
    hang_up(alice)
    david.wait_event("CALL_CLOSED")
    office.box.wait_quiet()
    record = next(each for each in office.box.api.get("/history")["records"] if each["caller"] == "101")
    heard = {name: getattr(office, name).recorded_wav() for name in TONES}
    for name, own in TONES.items():
        others = [tone for other, tone in TONES.items() if other != name]
        assert seconds_together(heard[name], *others, share=0.2) > 1, f"{name} hears the three others"
        assert seconds_of_tone(heard[name], own, share=0.1) < 0.2, f"{name} hears themselves"
    assert seconds_together(heard["alice"], 600, 800, share=0.3) > 1, "three together"
    assert seconds_of_tone(heard["alice"], 800) > 1, "Chloé alone, while Bruno talks to David"
    assert seconds_of_tone(heard["david"], 600) > 1, "Bruno, who asks David"
    assert seconds_together(heard["alice"], 600, 800, 1300, EMMA, share=0.12) > 1, "five together"
    assert seconds_together(heard["alice"], 800, 1300, EMMA, share=0.2) > 1, "after Bruno has left"
    assert seconds_of_tone(heard["alice"], 1300) > 1, "David, with whom they are left"
    assert {each.person_id for each in office.people.values()} == set(record["person_ids"])
    same_way(office.box, record)
    assert moves_of(record) == ["joined", "joined", "left", "joined", "left", "left", "left"]
    assert [len(each.split(", ")) for each in together_in(record)] == [3, 4, 5, 4, 5, 4, 3, 2]


@pytest.mark.feature("RING-10")
def test_a_phone_that_holds_is_not_heard_and_one_that_transfers_gives_its_place(office: Office) -> None:
    alice, bruno, chloe, david, emma = office.alice, office.bruno, office.chloe, office.david, office.emma
    office.three_together("emma")
    alice.listen(2)
    # What Linphone sends while it holds, its tone, would be the music of a phone that has some.
    emma.hold()
    office.person_is("emma", "on_hold")
    bruno.listen(3)
    emma.resume()
    office.person_is("emma", "talking")
    # Nobody takes her place: a Baresip would hang up by itself when it is told so.
    emma.transfer(f"sip:104@{office.box.server}")
    david.wait_event("CALL_INCOMING")
    hang_up(david)
    until(lambda: "SIP/2.0 486" in emma.log(), "Emma's phone is told")
    office.are("conference", "alice", "bruno", "emma")
    alice.listen(2)
    emma.hold()
    emma.call(f"sip:103@{office.box.server}")
    chloe.answer()
    emma.wait_event("connected", "103")
    emma.connect_calls(emma.newest_call - 1, emma.newest_call)
    office.are("conference", "alice", "bruno", "chloe")
    alice.listen(2)
    chloe.transfer(f"sip:104@{office.box.server}")
    david.answer()
    chloe.wait_event("CALL_CLOSED")
    office.are("conference", "alice", "bruno", "david")
    bruno.listen(2)
    # Phones without a key for it send by code.
    david.send_digits("*1")
    david.send_digits("105")
    emma.answer()
    david.wait_event("CALL_CLOSED")
    office.are("conference", "alice", "bruno", "emma")
    hang_up(alice)
    office.are("talking", "bruno", "emma")
    hang_up(bruno)
    emma.wait_event("ended")
    last_call(office.box)
    heard = {name: getattr(office, name).recorded_wav() for name in TONES}
    assert seconds_together(heard["alice"], 600, EMMA, share=0.3) > 1.5, "Emma, when she does not hold"
    assert seconds_of_tone(heard["alice"], 600) > 1.5, "nobody but Bruno while Emma holds"
    assert seconds_of_tone(heard["bruno"], 1000) > 1.5, "nobody but Alice while Emma holds"
    assert sum(seconds_of_tone(heard["bruno"], tone, share=0.1) for tone in MUSIC) < 0.2
    for name, others, joined in (("alice", (600, 800), (600, 1300)), ("bruno", (1000, 800), (1000, 1300))):
        assert seconds_together(heard[name], *others, share=0.3) > 1, f"{name}: Chloé in Emma's place"
        assert seconds_together(heard[name], *joined, share=0.3) > 1, f"{name}: David in Chloé's place"
    assert seconds_together(heard["chloe"], 1000, 600, share=0.3) > 1
    assert seconds_together(heard["david"], 1000, 600, share=0.3) > 1
    records = {each["called"]: each for each in office.box.api.get("/history")["records"][:2]}
    assert moves_of(records["102"]) == [
        *("sent", "stays", "joined", "left"),
        *("sent", "joined", "left", "sent", "joined", "left", "left"),
    ]
    for record in records.values():
        assert "Poste 101, Poste 102, Poste 103" in together_in(record), "each call that took part says who"
    assert {"to_conference", "conference_left"} <= set(reasons(records["103"]))
    same_way(office.box, records["102"])


@pytest.mark.feature("RING-10")
def test_the_phones_of_a_group_hear_who_pages_them_and_are_not_heard(office: Office) -> None:
    box, people = office.box, list(office.people.values())
    members = [{"person_id": person.person_id} for person in people[:3]]
    box.api.add("groups", name="Atelier", extension="200", members=members)
    speaker, listeners = office.alice, (office.bruno, office.chloe)
    speaker.call("*91200")
    for listener in listeners:
        listener.answer()
    until(lambda: box.state()["calls"][0]["state"] == "paging", "a phone listens")
    until(lambda: box.resources()["legs"] == 3, "both listen")
    speaker.listen(2)
    hang_up(speaker)
    for listener in listeners:
        listener.wait_event("CALL_CLOSED")
        assert seconds_of_tone(listener.recorded_wav(), 1000) > 1
    heard = speaker.recorded_wav()
    assert seconds_of_tone(heard, 600, share=0.1) + seconds_of_tone(heard, 800, share=0.1) < 0.2
    assert "paged" in same_way(box, last_call(box))
