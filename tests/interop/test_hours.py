"""Hours that are overridden by hand, and a box that does not know the time, with real phones on a trunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.interop.box import Box
from tests.interop.explained import explained, last_call
from tests.interop.fixtures import Phones
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
    to_mailbox,
    to_person,
)
from tests.interop.phones.sipp import Sipp
from tests.interop.sound import seconds_of_tone
from tests.interop.waiting import until

TUESDAY_AT_TEN = "2026-11-24T10:00:00+01:00"
# A Sunday before this software was written: the clock of a board that has lost its time.
LONG_AGO = "2024-12-01T15:00:00+01:00"


@dataclass
class Office:
    """One person behind one number, open on weekdays, a mailbox when closed."""

    box: Box
    alice: Somebody
    mailbox: str
    calendar: str
    provider: Sipp

    def call(self, *, stay: float) -> dict[str, Any]:
        """An outsider calls; the record of the call once it has ended."""
        before = len(self.box.api.get("/history")["records"])
        ear = self.provider.ear(7000, tone=440)
        self.provider.play(
            "trunk_in",
            self.box.server,
            service=NUMBER,
            stay=stay,
            ear_port=7000,
            caller=OUTSIDER,
            caller_name="Mme Petit",
            patience=90,
        ).finish()
        ear.close()
        return last_call(self.box, before + 1)


@pytest.fixture
def office(box: Box, network: Network, phones: Phones) -> Iterator[Office]:
    provider = phones.sipp("provider")
    box.start(TUESDAY_AT_TEN)
    set_up(box)
    alice = add_somebody(box, "Alice", "101")
    line = add_trusted_line(box, provider.host.address)
    mailbox = box.api.add(
        "mailboxes", name="Messages", owner="office", greetings={"open": {"text": "Bonjour."}}
    )
    calendar = add_calendar(box)
    box.api.add(
        "numbers",
        name="Standard",
        number=NUMBER,
        line_id=line,
        calendar_id=calendar,
        routes={
            "open": route(to_person(alice.person_id), to_mailbox(mailbox)),
            "closed": route(to_mailbox(mailbox)),
        },
    )
    yield Office(box, alice, mailbox, calendar, provider)


@pytest.mark.feature("TIME-4", "TIME-5")
def test_closed_by_hand_calls_go_to_voicemail_until_it_ends(office: Office, phones: Phones) -> None:
    alice = phones.baresip("alice", office.alice, tone=600)
    wish = {"calendar_id": office.calendar, "state": "closed", "until": "2026-11-24T18:00"}
    office.box.api.ask("PUT", "/overrides", wish)
    record = office.call(stay=8)
    assert "override_closed" in explained(office.box)
    assert record["outcome"] == ("message" if record["message_id"] else "voicemail")
    assert not alice.seen("CALL_INCOMING")
    office.box.restart("2026-11-24T17:59:00+01:00")
    (kept,) = office.box.api.items("/overrides")
    assert kept["state"] == "closed", "kept over a restart"
    office.box.restart("2026-11-25T10:00:00+01:00")
    until(lambda: not office.box.api.get(f"/calendars/{office.calendar}")["override"], "put away when over")


@pytest.mark.feature("TIME-7")
def test_a_box_without_the_time_follows_the_route_chosen_for_it(office: Office, phones: Phones) -> None:
    office.box.restart(LONG_AGO)
    assert office.box.state()["clock_trusted"] is False
    alice = phones.baresip("alice", office.alice, tone=600)
    ear = office.provider.ear(7000, tone=440)
    call = office.provider.play(
        "trunk_in",
        office.box.server,
        service=NUMBER,
        stay=3,
        ear_port=7000,
        caller=OUTSIDER,
        caller_name="Mme Petit",
        patience=90,
    )
    alice.wait_event("CALL_INCOMING")
    alice.command("accept")
    alice.wait_event("CALL_ESTABLISHED")
    call.finish()
    ear.close()
    assert seconds_of_tone(ear.save(office.provider.folder / "ear.wav"), 600) > 1
    assert "time_unknown" in explained(office.box)
    office.box.api.change("/numbers/standard", unknown_time="closed")
    assert office.call(stay=6)["message_id"]
    assert "time_unknown" in explained(office.box, calls=2)
