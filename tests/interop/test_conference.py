"""Several phones in one call: brought together by a code, a group that hears an announcement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.interop.box import Box
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones, shared_office
from tests.interop.office import Somebody
from tests.interop.phones.baresip import Baresip
from tests.interop.sound import seconds_of_tone, seconds_together
from tests.interop.waiting import until

TONES = {"alice": 1000, "bruno": 600, "chloe": 800, "david": 1300}


@dataclass(frozen=True)
class Office:
    """A running box and a Baresip of each of four people, 101 to 104, each with a tone of their own."""

    box: Box
    phones: Phones
    people: dict[str, Somebody]
    alice: Baresip
    bruno: Baresip
    chloe: Baresip
    david: Baresip

    def are(self, state: str, *names: str) -> None:
        """Wait until the only call is in that state, with these people and nobody else."""
        wanted = {self.people[name].person_id for name in names}

        def is_so() -> bool:
            calls = self.box.state()["calls"]
            return len(calls) == 1 and calls[0]["state"] == state and set(calls[0]["person_ids"]) == wanted

        until(is_so, f"{state} of {', '.join(names)}")

    def three_together(self) -> None:
        """Alice calls Bruno, who brings in Chloé."""
        self.alice.call("102")
        self.bruno.answer()
        self.alice.wait_event("CALL_ESTABLISHED")
        self.bruno.send_digits("*4")
        until(lambda: self.box.state()["calls"][0]["state"] == "held", "the caller hears music")
        self.bruno.send_digits("103")
        self.chloe.answer()
        self.chloe.listen(0.5)
        self.bruno.send_digits("*4")
        self.are("conference", "alice", "bruno", "chloe")


def hang_up(phone: Baresip) -> None:
    phone.hang_up()
    phone.wait_event("CALL_CLOSED")


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with shared_office("101", "102", "103", "104") as (box, phones, people):
        named = dict(zip(TONES, people, strict=True))
        yield Office(
            box, phones, named, *(phones.baresip(name, named[name], tone=TONES[name]) for name in TONES)
        )


@pytest.mark.feature("RING-10")
def test_a_fourth_is_brought_in_while_the_others_talk_and_who_leaves_leaves_the_others(
    office: Office,
) -> None:
    alice, bruno, chloe, david = office.alice, office.bruno, office.chloe, office.david
    office.three_together()
    alice.listen(1.5)
    bruno.send_digits("*4")
    bruno.send_digits("104")
    david.answer()
    # Bruno and David talk, Alice and Chloé as well.
    david.listen(1.5)
    bruno.send_digits("*4")
    office.are("conference", "alice", "bruno", "chloe", "david")
    david.listen(2)
    hang_up(bruno)
    office.are("conference", "alice", "chloe", "david")
    alice.listen(1.5)
    hang_up(chloe)
    office.are("talking", "alice", "david")
    alice.listen(1.5)
    hang_up(alice)
    david.wait_event("CALL_CLOSED")
    record = last_call(office.box)
    heard = {name: getattr(office, name).recorded_wav() for name in TONES}
    for name, own in TONES.items():
        others = [tone for other, tone in TONES.items() if other != name]
        assert seconds_together(heard[name], *others, share=0.2) > 1, f"{name} hears the three others"
        assert seconds_of_tone(heard[name], own, share=0.1) < 0.2, f"{name} hears themselves"
    assert seconds_together(heard["alice"], 600, 800, share=0.3) > 1, "three together"
    assert seconds_of_tone(heard["alice"], 800) > 1, "Chloé alone, while Bruno talks to David"
    assert seconds_of_tone(heard["david"], 600) > 1, "Bruno, who asks David"
    assert seconds_together(heard["alice"], 800, 1300, share=0.3) > 1, "after Bruno has left"
    assert seconds_of_tone(heard["alice"], 1300) > 1, "David, with whom they are left"
    assert {person.person_id for person in office.people.values()} == set(record["person_ids"])
    way = same_way(office.box, record)
    assert [code for code in way if code.startswith("conference")] == [
        *("conference", "conference_of", "conference_joined", "conference_of"),
        *("conference_left", "conference_of", "conference_left", "conference_two"),
    ]
    reasons = [each["reason"] for each in record["trail"]]
    told = [
        each["parameters"]["who"] for each in reasons if each["code"] in ("conference_of", "conference_two")
    ]
    assert told[-1] == "Poste 101, Poste 104" and len(told[1].split(", ")) == 4


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
