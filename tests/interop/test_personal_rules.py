"""What people set for their own calls, and the office for everybody's: who rings, what callers hear instead.

One office for all of it; each test changes somebody's settings, calls, and puts them back.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import same_way
from tests.interop.fixtures import Phones
from tests.interop.network import open_network
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    PASSWORD,
    Somebody,
    add_calendar,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_mailbox,
    to_person,
)
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.rtp import RtpEnd
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.test_parking import sound_besides
from tests.interop.waiting import until

TUESDAY_AT_TEN = "2026-11-24T10:00:00+01:00"
SECOND_NUMBER = "+33199005678"
MOBILE = "+33639980001"
TONES = {"alice": 440, "bruno": 600, "chloe": 800}
PROVIDER_TONE, SOFT_TONE, OUTSIDER_TONE = 1000, 1200, 500
ENOUGH_HEARD = 8000  # octets of A-law: a second of what the box says


@dataclass
class Office:
    """Three people with a baresip each, David without any phone; a provider that carries and brings calls."""

    box: Box
    people: dict[str, Somebody]
    phones: dict[str, Baresip]
    provider: Sipp
    outside: Sipp
    softphone: Sipp
    calendar: str
    number: str
    message: dict[str, Any]

    @contextlib.contextmanager
    def set(self, name: str, **fields: Any) -> Iterator[None]:
        """Somebody's settings meanwhile."""
        path = f"/people/{self.people[name].person_id}"
        before = self.box.api.get(path)
        self.box.api.change(path, **fields)
        try:
            yield
        finally:
            self.box.api.ask("PUT", path, before)

    def to(self, name: str) -> dict[str, Any]:
        return to_person(self.people[name].person_id)

    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.box.api.get("/history")["records"]
        return found

    def told(self, before: int, **what_if: Any) -> list[str]:
        """The reasons of the call that has been kept since there were that many, which explain tells too."""
        record = until(lambda: self.records()[: -before or None], "the record of the call")[0]
        return same_way(self.box, record, **what_if)

    def talk(self, caller: str, dialled: str, callee: str, *, patience: float = 1.2) -> list[str]:
        """Somebody dials, somebody else is rung and answers, both are heard; the reasons, explained."""
        calls, mine, theirs = len(self.records()), self.phones[caller], self.phones[callee]
        rung, taken = theirs.coming("CALL_INCOMING"), mine.coming("CALL_ESTABLISHED")
        mine.call(dialled)
        rung()
        theirs.command("accept")
        taken()
        mine.listen(patience)
        over = [each.coming("CALL_CLOSED") for each in (mine, theirs)]
        mine.hang_up()
        for closed in over:
            closed()
        assert seconds_of_tone(mine.recorded_wav(), TONES[callee]) > 0.5
        assert seconds_of_tone(theirs.recorded_wav(), TONES[caller]) > 0.5
        return self.told(calls)

    def is_told(self, caller: str, dialled: str) -> list[str]:
        """Somebody dials, hears the box for a moment, and hangs up; the reasons, explained."""
        calls, mine = len(self.records()), self.phones[caller]
        heard, over = mine.seconds_heard(), mine.coming("CALL_CLOSED")
        mine.call(dialled)
        until(lambda: mine.seconds_heard() > heard + 1.5, "something said")
        mine.hang_up()
        over()
        assert sound_besides(mine.recorded_wav()) > 0.1, "words, or a tone"
        return self.told(calls)

    def goes_out(self, caller: str, dialled: str) -> tuple[str, list[str]]:
        """Somebody calls outside, where the call is taken: the messages seen there, and the reasons."""
        calls, mine = len(self.records()), self.phones[caller]
        taken, ear = self.mobile_answers()
        connected, over = mine.coming("CALL_ESTABLISHED"), mine.coming("CALL_CLOSED")
        mine.call(dialled)
        connected()
        mine.listen(1)
        mine.hang_up()
        over()
        taken.finish()
        ear.close()
        assert seconds_of_tone(mine.recorded_wav(), PROVIDER_TONE) > 0.5
        return taken.messages(), self.told(calls)

    def mobile_answers(self) -> tuple[RunningScenario, RtpEnd]:
        """Whatever is at the provider's numbers answers the next call at once, and says a tone."""
        ear = self.provider.ear(7100, tone=PROVIDER_TONE)
        return self.provider.play("answer", self.box.server, ear_port=7100), ear

    def outsider(self, number: str, *, stay: float) -> tuple[RunningScenario, RtpEnd]:
        """An outsider calls one of the numbers, and stays that long after the answer."""
        keys = {"caller": OUTSIDER, "caller_name": "", "ear_port": 7000}
        call = self.outside.play("trunk_in", self.box.server, service=number, stay=stay, **keys)
        return call, self.outside.ear(7000, tone=OUTSIDER_TONE)

    def comes_in(self, number: str, stay: float, **what_if: Any) -> list[str]:
        """The reasons of an outsider's call, explained."""
        calls = len(self.records())
        call, ear = self.outsider(number, stay=stay)
        call.finish()
        ear.close()
        return self.told(calls, **what_if)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    place = Path(tempfile.mkdtemp(prefix="autocom-test-"))
    with open_network() as network:
        box = Box(network.host("box"), place / "data")
        phones = Phones(network, place, lambda: box.server)
        try:
            box.start(TUESDAY_AT_TEN)
            yield _furnished(box, phones)
        finally:
            phones.stop()
            box.stop()
            print(f"--- the box said\n{box.log()[-6000:]}")
            shutil.rmtree(place, ignore_errors=True)


def _furnished(box: Box, phones: Phones) -> Office:
    set_up(box)
    provider = phones.sipp("provider")
    outside = Sipp(provider.host, provider.folder / "outside", sip_port=5070)
    names = ("Alice", "Bruno", "Chloé", "David")
    people = {
        key: add_somebody(box, name, f"10{place}")
        for place, (key, name) in enumerate(zip((*TONES, "david"), names, strict=True), 1)
    }
    line = add_trusted_line(box, provider.host.address)
    message = to_mailbox(box.api.items("/mailboxes")[0]["id"])
    calendar = add_calendar(box)
    numbers = []
    for name, number in (("Standard", NUMBER), ("Ventes", SECOND_NUMBER)):
        routes = {"open": route(to_person(people["david"].person_id), message), "closed": route(message)}
        added = box.api.add(
            "numbers",
            name=name,
            number=number,
            line_id=line,
            calendar_id=calendar,
            routes=routes,
            language="fr",
        )
        numbers.append(added)
    made = {name: phones.baresip(name, people[name], tone=tone) for name, tone in TONES.items()}
    until(lambda: [each["state"] for each in box.state()["lines"]] == ["up"], "the line up")
    softphone = phones.sipp("soft", "bruno-soft")
    return Office(box, people, made, provider, outside, softphone, calendar, numbers[0], message)


# Forwards.


@pytest.mark.feature("FWD-2")
def test_a_scheduled_forward_takes_the_calls_of_its_hours(office: Office) -> None:
    morning = {
        "destination": office.to("chloe"),
        "first": "2026-11-24",
        "last": "2026-11-24",
        "ranges": [{"start": "09:00", "end": "12:00"}],
    }
    with office.set("bruno", scheduled_forwards=[morning]):
        assert "forwards_now" in office.talk("alice", "102", "chloe")
    afternoon = {**morning, "ranges": [{"start": "14:00", "end": "18:00"}]}
    with office.set("bruno", scheduled_forwards=[afternoon]):
        assert "forwards_nothing_now" in office.talk("alice", "102", "bruno")


@pytest.mark.feature("FWD-3", "FWD-4", "RING-4")
def test_each_reason_not_to_have_a_call_has_its_own_destination(office: Office) -> None:
    elsewhere = {
        "no_answer": office.to("chloe"),
        "busy": office.to("chloe"),
        "not_connected": office.to("bruno"),
    }
    bruno = office.phones["bruno"]
    with office.set("bruno", forwards={**elsewhere, "not_connected": office.to("chloe")}, ring_seconds=5):
        rung = bruno.coming("CALL_CLOSED")
        assert "forwards_no_answer" in office.talk("alice", "102", "chloe")
        rung()
    with office.set("david", forwards=elsewhere):
        assert "forwards_not_connected" in office.talk("alice", "104", "bruno")


@pytest.mark.feature("FWD-5", "CONF-1")
def test_a_mobile_rings_once_the_desk_has_not_answered(office: Office, place: Path) -> None:
    devices = [{"kind": "deskphone"}, {"kind": "external"}]
    alice, bruno = office.phones["alice"], office.phones["bruno"]
    chosen = {"devices": devices, "mobile": MOBILE, "mobile_rings": "on_no_answer", "ring_seconds": 5}
    with office.set("bruno", **chosen):
        calls = len(office.records())
        owner, ear = office.mobile_answers()
        rung, connected = bruno.coming("CALL_INCOMING"), alice.coming("CALL_ESTABLISHED")
        alice.call("102")
        rung()
        assert "INVITE" not in owner.messages(), "the desk alone rings at first"
        until(lambda: len(ear.heard) > ENOUGH_HEARD, "the question at the mobile")
        ear.press("1")
        connected()
        alice.listen(1)
        over = alice.coming("CALL_CLOSED")
        alice.hang_up()
        over()
        owner.finish()
        ear.close()
        assert seconds_of_tone(alice.recorded_wav(), PROVIDER_TONE) > 0.5
        assert "must_press_one" in office.told(calls)


@pytest.mark.feature("FWD-6")
def test_who_does_not_want_to_be_disturbed_is_rung_by_those_chosen_alone(office: Office) -> None:
    with office.set("bruno", do_not_disturb=True, do_not_disturb_except=["101"]):
        assert "do_not_disturb" not in office.talk("alice", "102", "bruno")
        rung = len(office.phones["bruno"].seen("CALL_INCOMING"))
        assert "do_not_disturb" in office.is_told("chloe", "102")
        assert len(office.phones["bruno"].seen("CALL_INCOMING")) == rung


# Who is on the phone already.


@pytest.mark.feature("BUSY-1", "RING-7")
def test_a_second_call_goes_where_its_callee_wishes(office: Office) -> None:
    alice, bruno, chloe = office.phones.values()
    rung, taken = bruno.coming("CALL_INCOMING"), alice.coming("CALL_ESTABLISHED")
    alice.call("102")
    rung()
    bruno.command("accept")
    taken()
    before = len(bruno.seen("CALL_INCOMING"))
    announcement = {"kind": "announcement", "text": "Je suis occupé."}
    for destination in (announcement, {"kind": "busy"}):
        with office.set("bruno", when_busy={"open": destination}):
            assert "second_call_elsewhere" in office.is_told("chloe", "102")
    with office.set("bruno", when_busy={"open": office.message}):
        assert {"second_call_elsewhere", "message_taken"} <= set(office.is_told("chloe", "102"))
    with office.set("bruno", max_calls=1):
        assert {"person_busy", "rung_already"} & set(office.is_told("chloe", "102"))
    assert len(bruno.seen("CALL_INCOMING")) == before, "none of these rang"
    with office.set("bruno", when_busy={"closed": office.message}):
        second, calls = bruno.coming("CALL_INCOMING"), len(office.records())
        chloe.call("102")
        second()
        over = chloe.coming("CALL_CLOSED")
        chloe.hang_up()
        over()
        assert "second_call_rings" in office.told(calls)
    over = bruno.coming("CALL_CLOSED")
    alice.hang_up()
    over()
    office.box.wait_quiet()


@pytest.mark.feature("RING-8")
def test_other_devices_ring_at_other_hours(office: Office, place: Path) -> None:
    bruno = office.people["bruno"].person_id
    fields = {"kind": "softphone", "sip_user": office.softphone.user, "sip_password": PASSWORD}
    added = office.box.api.add("phones", name="Ordinateur de Bruno", person_id=bruno, **fields)
    softphone = Sipp(
        office.provider.host, place / "soft", user="bruno-soft", password=PASSWORD, sip_port=5080
    )
    softphone.register(office.box.server)
    ear, taken = (
        softphone.ear(7200, tone=SOFT_TONE),
        softphone.play("answer", office.box.server, ear_port=7200),
    )
    alice, calls = office.phones["alice"], len(office.records())
    rung = len(office.phones["bruno"].seen("CALL_INCOMING"))
    with office.set("bruno", devices_by_hours={"open": ["softphone"]}):
        connected, over = alice.coming("CALL_ESTABLISHED"), alice.coming("CALL_CLOSED")
        alice.call("102")
        connected()
        alice.listen(1)
        alice.hang_up()
        over()
        taken.finish()
        ear.close()
        assert seconds_of_tone(alice.recorded_wav(), SOFT_TONE) > 0.5
        assert len(office.phones["bruno"].seen("CALL_INCOMING")) == rung, "the desk is silent"
        office.told(calls)
    office.box.api.delete(f"/phones/{added}")


# Calls to the outside, and from there.


@pytest.mark.feature("OUT-4", "OUT-11", "RING-4")
def test_a_number_kept_for_some_is_shown_by_those_alone(office: Office) -> None:
    numbers = {each["name"]: each["id"] for each in office.box.api.items("/numbers")}
    outbound = office.box.api.get("/outbound")
    reserved = {numbers["Standard"]: [office.people["bruno"].person_id]}
    office.box.api.ask("PUT", "/outbound", {**outbound, "reserved": reserved})
    try:
        seen, reasons = office.goes_out("alice", OUTSIDER)
        assert SECOND_NUMBER in seen and NUMBER not in seen and "left_by" in reasons
        seen, reasons = office.goes_out("bruno", OUTSIDER)
        assert NUMBER in seen and "left_by" in reasons
    finally:
        office.box.api.ask("PUT", "/outbound", outbound)


@pytest.mark.feature("TIME-3")
def test_one_calendar_closes_every_number_that_uses_it(office: Office) -> None:
    calendar = office.calendar
    closed = {"calendar_id": calendar, "state": "closed", "until": "2026-11-24T18:00"}
    office.box.api.ask("PUT", "/overrides", closed)
    try:
        for number in (NUMBER, SECOND_NUMBER):
            assert "override_closed" in office.comes_in(number, stay=0.5)
    finally:
        office.box.api.delete(f"/overrides?calendar_id={calendar}")


@pytest.mark.feature("BACKUP-1")
def test_the_backup_number_is_rung_when_nobody_can_be_reached(office: Office, place: Path) -> None:
    path = f"/numbers/{office.number}"
    before = office.box.api.get(path)
    routes = {"open": route(office.to("david"))}
    office.box.api.change(path, routes=routes, backup_number=MOBILE, calendar_id=None)
    mobile, ear = office.mobile_answers()
    calls = len(office.records())
    call, mouth = office.outsider(NUMBER, stay=1.5)
    until(lambda: len(ear.heard) > ENOUGH_HEARD, "the question at the mobile")
    ear.press("1")
    call.finish()
    mobile.finish()
    mouth.close()
    ear.close()
    assert seconds_of_tone(mouth.save(place / "caller.wav"), PROVIDER_TONE) > 0.5
    assert "nobody_reachable" in office.told(calls)
    office.box.api.ask("PUT", path, before)


@pytest.mark.feature("PEOPLE-1")
def test_a_direct_number_rings_the_person_whose_it_is(office: Office, place: Path) -> None:
    path, bruno = f"/numbers/{office.number}", office.phones["bruno"]
    before = office.box.api.get(path)
    owner = office.people["bruno"].person_id
    office.box.api.change(path, routes={"open": route(office.to("bruno"))}, owner_id=owner, calendar_id=None)
    calls, rung = len(office.records()), bruno.coming("CALL_INCOMING")
    call, ear = office.outsider(NUMBER, stay=60)
    rung()
    taken, over = bruno.coming("CALL_ESTABLISHED"), bruno.coming("CALL_CLOSED")
    bruno.command("accept")
    taken()
    bruno.listen(1.2)
    bruno.hang_up()
    over()
    ear.close()
    assert seconds_of_tone(ear.save(place / "caller.wav"), TONES["bruno"]) > 0.5
    assert seconds_of_tone(bruno.recorded_wav(), OUTSIDER_TONE) > 0.5
    assert office.told(calls) == ["number_called", "calendar_open", "rings"]
    call.stop()
    office.box.api.ask("PUT", path, before)


@pytest.mark.feature("PERM-1")
def test_what_is_locked_cannot_be_changed_by_a_code_either(office: Office) -> None:
    permissions = office.box.api.get("/permissions")
    office.box.api.ask("PUT", "/permissions", {**permissions, "everybody": ["people.do_not_disturb"]})
    try:
        assert "service_given" in office.is_told("bruno", f"sip:*78@{office.box.server}")
    finally:
        office.box.api.ask("PUT", "/permissions", permissions)
    bruno = f"/people/{office.people['bruno'].person_id}"
    assert not office.box.api.get(bruno)["do_not_disturb"]
    try:
        office.is_told("bruno", f"sip:*78@{office.box.server}")
        assert office.box.api.get(bruno)["do_not_disturb"]
    finally:
        office.box.api.change(bruno, do_not_disturb=False)


# Contacts.


@pytest.mark.feature("CRM-1", "IN-6", "CRM-4")
@pytest.mark.parametrize("way", ["sent on", "consulted"])
def test_a_contact_is_named_and_goes_over_to_whoever_takes_their_call(
    office: Office, place: Path, way: str
) -> None:
    number = f"/numbers/{office.number}"
    before = office.box.api.get(number)
    office.box.api.change("/office", transfer_changes_owner=True)
    office.box.api.change(number, owner_first="number", owner_id=office.people["bruno"].person_id)
    contact = {"name": "Zoé Petit", "numbers": [OUTSIDER], "owner_id": office.people["alice"].person_id}
    contact_id = office.box.api.ask("POST", "/contacts", contact)["id"]
    bruno, chloe, calls = office.phones["bruno"], office.phones["chloe"], len(office.records())
    rung, target = bruno.coming("CALL_INCOMING"), chloe.coming("CALL_INCOMING")
    call, ear = office.outsider(NUMBER, stay=60)
    rung()
    assert office.box.state()["calls"][0]["caller_name"] == "Zoé Petit"
    bruno.command("accept")
    until(lambda: office.box.state()["calls"][0]["state"] == "talking", "Bruno has the call")
    bruno.listen(1)
    if way == "sent on":
        bruno.transfer(f"sip:103@{office.box.server}")
    else:
        bruno.send_digits("*2")
        until(lambda: office.box.state()["calls"][0]["state"] == "held", "the caller hears music")
        bruno.send_digits("103")
    target()
    taken, left = chloe.coming("CALL_ESTABLISHED"), bruno.coming("CALL_CLOSED")
    chloe.command("accept")
    taken()
    if way == "consulted":
        bruno.hang_up()
    left()
    chloe.listen(1)
    chloe.hang_up()
    ear.close()
    assert seconds_of_tone(ear.save(place / "caller.wav"), TONES["chloe"]) > 0.5
    moved = "sent_on" if way == "sent on" else "transferred"
    assert {"owner_of_number", moved} <= set(office.told(calls))
    call.stop()
    new = office.people["chloe"].person_id
    until(lambda: office.box.api.get(f"/contacts/{contact_id}")["owner_id"] == new, "Chloé is responsible")
    office.box.api.delete(f"/contacts/{contact_id}")
    office.box.api.change("/office", transfer_changes_owner=False)
    office.box.api.ask("PUT", number, before)


@pytest.mark.feature("FWD-1", "CRM-1")
def test_a_forward_to_a_contact_rings_the_number_they_have_by_then(office: Office) -> None:
    contact = {"name": "Zoé Petit", "numbers": [OUTSIDER]}
    made = office.box.api.ask("POST", "/contacts", contact)
    outside = {"kind": "external", "number": OUTSIDER, "follows_contact": True, "confirm": False}
    with office.set("david", forward_to=outside, forward_active=True):
        office.box.api.ask("PUT", f"/contacts/{made['id']}", {**contact, "numbers": [MOBILE]})
        seen, reasons = office.goes_out("alice", "104")
        assert f"INVITE sip:{MOBILE}@" in seen and "forwards_all" in reasons
    office.box.api.delete(f"/contacts/{made['id']}")


@pytest.mark.feature("TIME-6")
def test_in_the_night_of_the_clock_change_hours_are_those_of_the_wall(office: Office) -> None:
    """The last one: the phones' registrations have run out by then."""
    night = [{"start": "22:00", "end": "03:30"}]
    office.box.api.change(f"/calendars/{office.calendar}", week={"saturday": night})
    # At two it is three: two hours and ten minutes after midnight the evening's hours still hold.
    office.box.restart("2027-03-28T03:10:00+02:00")
    assert "calendar_open" in office.comes_in(NUMBER, stay=0.5)
    question = {"number_id": office.number, "caller": OUTSIDER, "at": "2027-03-28T03:31"}
    path = office.box.api.ask("POST", "/explain", question)
    assert path["decisions"][0]["trail"][1]["reason"]["code"] == "calendar_closed"
