"""Calls that are sent on: what the next phone, and the next line, are told of it, on the wire."""

from __future__ import annotations

import re

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained
from tests.interop.fixtures import Phones
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    PASSWORD,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_person,
)
from tests.interop.phones.dialogue import Dialogue, sdp
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.waiting import until

SECOND_NUMBER, MOBILE = "+33199005678", "+33639985678"
TOWN_HALL = "+33199002222"


class Office:
    """Alice forwards her calls, to Bruno's phone or to a mobile; two trunks, each with a number."""

    def __init__(self, box: Box, phones: Phones) -> None:
        self.box, self.calls, self.reasons = box, 0, list[str]()
        self.first, self.second = phones.sipp("first"), phones.sipp("second")
        self.bruno = phones.sipp("bruno", "102", PASSWORD)
        box.start("2026-11-24T10:00:00+01:00")
        set_up(box)
        self.alice, bruno = add_somebody(box, "Alice", "101"), add_somebody(box, "Bruno", "102")
        self.lines = [add_trusted_line(box, each.host.address) for each in (self.first, self.second)]
        self.numbers = [
            box.api.add(
                "numbers", name=name, number=number, line_id=line, routes=routes, human_answer="nobody"
            )
            for name, number, line, routes in (
                ("Standard", NUMBER, self.lines[0], {"open": route(to_person(self.alice.person_id))}),
                ("Ventes", SECOND_NUMBER, self.lines[1], {"open": route(to_person(bruno.person_id))}),
            )
        ]
        self.bruno.register(box.server)
        self.forward_to(to_person(bruno.person_id))
        until(lambda: [each["state"] for each in box.state()["lines"]] == ["up", "up"], "both lines up")

    def forward_to(self, destination: dict[str, str]) -> None:
        path = f"/people/{self.alice.person_id}"
        self.box.api.change(path, forward_active=False, forward_to=None)
        self.box.api.change(path, forward_active=True, forward_to=destination)

    def call_from_outside(self, headers: str, caller: str = OUTSIDER) -> RunningScenario:
        """An outsider calls the first number, is answered, and hangs up."""
        call = (
            Dialogue("from outside")
            .calls(headers=headers, body=sdp(7000))
            .hears(100, optional=True)
            .hears(180, optional=True)
            .hears(200)
            .asks("ACK", 1)
            .ends()
        )
        return self.first.play(call, self.box.server, service=NUMBER, caller=caller)

    def told(self, called: Sipp, headers: str = "", caller: str = OUTSIDER) -> str:
        """The INVITE that a call from outside brings to a phone or a line."""
        taken = called.play("answer", self.box.server, ear_port=7010)
        outside = self.call_from_outside(headers, caller)
        outside.finish()
        taken.finish()
        self.calls += 1
        self.reasons = explained(self.box, calls=self.calls)
        return taken.messages().partition("INVITE sip:")[2].partition("\n\n")[0].replace("\r", "")


def field(invite: str, name: str) -> list[str]:
    """The values of a field of one line, a list's apart."""
    found = re.search(rf"^{name}: (.*)$", invite, re.MULTILINE)
    return found[1].split(", ") if found else []


@pytest.mark.feature("WHISP-2", "FWD-7", "OUT-8")
def test_phones_and_lines_are_told_who_calls_and_who_has_sent_the_call_on(box: Box, phones: Phones) -> None:
    office = Office(box, phones)
    first = f"/numbers/{office.numbers[0]}"
    box.api.change(first, display="words", display_words="Accueil", ring_tone=2)
    redirected = f"Diversion: <sip:{TOWN_HALL}@a.example>;reason=user-busy"

    invite = office.told(office.bruno, redirected)
    assert field(invite, "From")[0].startswith('"Accueil" <sip:0639981234@')
    assert field(invite, "P-Asserted-Identity")[0].startswith('"Accueil" <sip:0639981234@')
    assert "Bellcore-dr2" in field(invite, "Alert-Info")[0]
    latest, before = field(invite, "Diversion")
    assert latest.startswith('"Alice" <sip:101@') and "reason=unconditional" in latest
    assert before.startswith("<sip:0199002222@") and "reason=user-busy" in before
    assert "cause=302" in field(invite, "History-Info")[-1]
    assert office.reasons[:2] == ["redirected_busy", "number_called"] and "forwards_all" in office.reasons

    # To a mobile, by the line of the number chosen for that; it lets callers' own numbers be shown.
    office.forward_to({"kind": "external", "number": MOBILE})
    box.api.change(first, forwards_show_number_id=office.numbers[1])
    box.api.change(f"/lines/{office.lines[1]}", forwarded_caller="in_from", told_redirections="both")
    invite = office.told(office.second, redirected)
    assert f"<sip:{OUTSIDER}@" in field(invite, "From")[0]
    assert f"<sip:{SECOND_NUMBER}@" in field(invite, "P-Asserted-Identity")[0]
    sent_on_by = [re.findall(r"sip:([^@]+)@", each) for each in field(invite, "Diversion")]
    assert sent_on_by == [[NUMBER], [TOWN_HALL]]
    assert len(field(invite, "History-Info")) == 3

    # Who withholds their number stays hidden.
    invite = office.told(office.second, "Privacy: id", caller="anonymous")
    assert "anonymous@anonymous.invalid" in field(invite, "From")[0] and field(invite, "Privacy") == ["id"]

    # A line that is not known to allow it shows the number chosen, and says nothing of the forward.
    box.api.change(f"/lines/{office.lines[1]}", forwarded_caller="ours", told_redirections="none")
    invite = office.told(office.second, redirected)
    assert f"<sip:{SECOND_NUMBER}@" in field(invite, "From")[0] and OUTSIDER not in invite
    assert not field(invite, "Diversion") + field(invite, "History-Info")
