"""A provider's trunk brings calls to a number: the group in hours, voicemail and its e-mail otherwise."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained, last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.mail_server import MailServer
from tests.interop.network import Network
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    Somebody,
    add_calendar,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_group,
    to_mailbox,
)
from tests.interop.phones.rtp import RtpEnd
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.test_parking import sound_besides
from tests.interop.waiting import until

TUESDAY_AT_TEN = "2026-11-24T10:00:00+01:00"
SUNDAY_AFTERNOON = "2026-11-22T14:00:00+01:00"
CHRISTMAS = "2026-12-25T10:00:00+01:00"
CLOSED_FOR_STOCKTAKING = "2026-11-26T10:00:00+01:00"


@dataclass
class Office:
    """Three people in a group behind one number, a mailbox that is mailed, a provider."""

    box: Box
    people: tuple[Somebody, Somebody, Somebody]
    mailbox: str
    provider: Sipp
    mail: MailServer

    def call_from_outside(self, *, stay: float, tone: int = 440) -> tuple[RunningScenario, RtpEnd]:
        """An outsider calls the number and stays that long after the answer."""
        ear = self.provider.ear(7000, tone=tone)
        call = self.provider.play(
            "trunk_in",
            self.box.server,
            service=NUMBER,
            stay=stay,
            ear_port=7000,
            caller=OUTSIDER,
            caller_name="Mme Petit",
            patience=90,
        )
        return call, ear

    def messages(self) -> list[dict[str, Any]]:
        """The messages in the box."""
        found: list[dict[str, Any]] = self.box.api.get("/messages")["messages"]
        return found

    def leave_message(self, seconds: float) -> None:
        """An outsider speaks after the beep, a sine of 440 Hz, and hangs up."""
        call, ear = self.call_from_outside(stay=seconds)
        call.finish()
        ear.close()


@pytest.fixture
def office(box: Box, network: Network, phones: Phones) -> Iterator[Office]:
    mail = MailServer(network.host("mail"))
    provider = phones.sipp("provider")
    box.start(TUESDAY_AT_TEN)
    set_up(box)
    people = tuple(add_somebody(box, name, extension) for name, extension in _PEOPLE)
    line = add_trusted_line(box, provider.host.address)
    mailbox = box.api.add(
        "mailboxes",
        name="Messages",
        owner="office",
        emails=["accueil@office.example"],
        mail_format="mp3",
        greetings={"open": {"text": "Bonjour."}, "closed": {"text": "Fermé."}, "holiday": {"text": "Férié."}},
    )
    group = box.api.add(
        "groups", name="Accueil", members=[{"person_id": each.person_id} for each in people], max_wait=20
    )
    days = {"first": "2026-11-26", "last": "2026-11-26", "state": "closed"}
    calendar = add_calendar(box, special_days=[{"name": "Inventaire", **days}])
    answered, message = route(to_group(group), to_mailbox(mailbox)), route(to_mailbox(mailbox))
    box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        calendar_id=calendar,
        language="fr",
        routes={"open": answered, "closed": message, "holiday": message},
    )
    box.api.change("/mail_server", **mail.settings())
    try:
        yield Office(box, people, mailbox, provider, mail)  # type: ignore[arg-type]
    finally:
        mail.stop()


_PEOPLE = (("Alice", "101"), ("Bruno", "102"), ("Chloé", "103"))


@pytest.mark.feature("RING-2", "TIME-1", "NUM-2")
def test_in_hours_the_group_rings_one_answers_and_the_others_stop(office: Office, phones: Phones) -> None:
    alice, bruno, chloe = (
        phones.baresip(name, somebody, tone=tone)
        for name, somebody, tone in zip(
            ("alice", "bruno", "chloe"), office.people, (600, 700, 800), strict=True
        )
    )
    call, ear = office.call_from_outside(stay=4)
    for phone in (alice, bruno, chloe):
        rung = phone.wait_event("CALL_INCOMING")
        assert OUTSIDER[-9:] in rung["peeruri"]
    bruno.command("accept")
    bruno.wait_event("CALL_ESTABLISHED")
    alice.wait_event("CALL_CLOSED")
    chloe.wait_event("CALL_CLOSED")
    call.finish()
    bruno.wait_event("CALL_CLOSED")
    ear.close()
    assert seconds_of_tone(bruno.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(office.provider.folder / "ear.wav"), 700) > 1
    record = last_call(office.box)
    assert record["caller"] == OUTSIDER
    assert "calendar_open" in same_way(office.box, record)


@pytest.mark.feature("TIME-1", "TIME-2", "NOANS-1", "VM-1", "VM-2", "VM-3")
@pytest.mark.parametrize(
    "moment", [SUNDAY_AFTERNOON, CHRISTMAS, CLOSED_FOR_STOCKTAKING], ids=["closed", "holiday", "exceptional"]
)
def test_when_closed_the_message_reaches_the_mail_server(office: Office, moment: str, place: Path) -> None:
    office.mail.start()
    office.box.restart(moment)
    office.leave_message(seconds=12)
    message = office.mail.wait_message()
    assert message["To"] == "accueil@office.example"
    heard = attached_sound(message, place)
    assert seconds_of_tone(heard, 440, share=0.7) > 2
    kept = office.messages()[0]
    assert kept["caller"] == OUTSIDER
    assert {"calendar_closed", "holiday", "special_closed"} & set(explained(office.box))


@pytest.mark.feature("VM-3")
def test_the_message_waits_for_a_mail_server_that_is_down(office: Office, place: Path) -> None:
    office.box.restart(SUNDAY_AFTERNOON)
    office.leave_message(seconds=12)

    def state() -> dict[str, Any]:
        found = office.messages()
        return found[0] if found else {"mail_error": "", "mail_state": "none"}

    failed = until(lambda: state() if state()["mail_error"] else None, "the failure told on the message")
    assert failed is not None and failed["mail_next_try"]
    office.mail.start()
    message = office.mail.wait_message(timeout=150)
    assert seconds_of_tone(attached_sound(message, place), 440, share=0.7) > 2
    until(lambda: state()["mail_state"] == "sent", "the success told on the message")


@pytest.mark.feature("VM-3", "VM-4")
def test_after_a_day_without_mail_server_the_message_goes_and_only_then_is_deleted(office: Office) -> None:
    office.box.api.change(f"/mailboxes/{office.mailbox}", delete_after_email=True)
    office.box.restart(SUNDAY_AFTERNOON)
    office.leave_message(seconds=10)
    until(lambda: [each for each in office.messages() if each["mail_error"]], "the failure told")
    office.box.kill()
    office.mail.start()
    office.box.start("2026-11-23T15:00:00+01:00")
    assert attached(office.mail.wait_message(timeout=60))
    until(lambda: not office.messages(), "the message deleted after its e-mail")


@pytest.mark.feature("RING-3", "NOANS-1")
def test_nobody_answers_in_hours_and_voicemail_takes_over(office: Office, phones: Phones) -> None:
    alice = phones.baresip("alice", office.people[0], tone=600)
    group = office.box.api.items("/groups")[0]
    office.box.api.change(f"/groups/{group['id']}", max_wait=5)
    call, ear = office.call_from_outside(stay=10)
    alice.wait_event("CALL_INCOMING")
    alice.wait_event("CALL_CLOSED")
    call.finish()
    ear.close()
    until(office.messages, "the message")
    assert "no_answer" in explained(office.box)
    assert sound_besides(ear.save(office.provider.folder / "ear.wav")) > 0.5, "the greeting"


def attached(message: EmailMessage) -> EmailMessage:
    """The sound file of an e-mail."""
    parts = [part for part in message.iter_attachments() if part.get_content_maintype() == "audio"]
    assert len(parts) == 1, message.as_string()[:2000]
    part = parts[0]
    assert isinstance(part, EmailMessage)
    return part


def attached_sound(message: EmailMessage, place: Path) -> Path:
    """The sound of an e-mail, decoded by sox as any player would."""
    part = attached(message)
    name = place / (part.get_filename() or "sound.mp3")
    name.write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
    decoded = place / "decoded.wav"
    subprocess.run(["sox", str(name), "-r", "8000", "-b", "16", "-c", "1", str(decoded)], check=True)
    return decoded
