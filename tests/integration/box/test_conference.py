"""A conference of as many as there may be."""

import asyncio

import pytest

from appliance.calls.conference_guests import MOST_PARTIES
from appliance.configuration.people import Person, Phone
from tests.integration.box.offices import PASSWORD, office_of_three
from tests.integration.box.test_transfers import refer
from tests.support.raw_messages import description
from tests.support.raw_sip import connected

pytestmark = pytest.mark.feature("RING-10")

EXTENSIONS = [str(101 + place) for place in range(MOST_PARTIES + 1)]


def large_office():
    """The office of three, and one person more than a conference may have."""
    settings = office_of_three()
    for user in EXTENSIONS[3:]:
        person = Person(id=user, name=user, extension=user, ring_seconds=60)
        phone = Phone(id=f"{user}-desk", name=user, person_id=user, sip_user=user, sip_password=PASSWORD)
        settings = settings.with_record("people", user, person).with_record("phones", phone.id, phone)
    return settings


async def presses(side, keys):
    for key in keys:
        side.write("INFO", "Content-Type: application/dtmf-relay", body=b"Signal=%c\r\n" % ord(key))
        assert (await side.response("INFO", sequence=side.sequence)).status == 200


async def settled():
    """The box, which shares our loop, has done what there is to do at once."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_a_ninth_is_not_let_in_and_who_asks_for_them_is_told(running, phone, audio):
    await running.set(large_office())
    alice, bruno, *others = [await phone(user) for user in EXTENSIONS]
    ear = await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(9))
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port))
    await call.accepted()
    await heard.request("ACK")
    (the_call,) = running.box.calls.in_progress()
    await running.until(lambda: the_call.conversation, "they talk")
    guests = []
    for there, other in enumerate(others[:-1], start=3):
        await settled()
        await presses(heard, f"*4{other.user}")
        guest = await other.incoming()
        guest.answer(200, description(9))
        await guest.request("ACK")
        guests.append(guest)
        await running.until(lambda: the_call.consulted, "they talk")
        await settled()
        await presses(heard, "*4")
        await running.until(lambda there=there: len(the_call.conference) == there, f"{there} together")
    assert len(the_call.conference) == MOST_PARTIES
    await settled()
    ear.forget()
    await presses(heard, "*4")
    await ear.hears(lambda: len(set(ear.sound())) > 50, "words: nobody else says anything")
    assert others[-1].new_calls.empty() and len(the_call.conference) == MOST_PARTIES
    await call.hang_up()
    await running.until(lambda: len(the_call.conference) == MOST_PARTIES - 1, "Alice has left")
    running.box.calls.hang_up_all()
    for side in (heard, *guests):
        await side.hung_up()


async def test_whoever_was_consulted_takes_the_place_of_a_phone_that_hangs_up_in_both_calls(running, phone):
    """Without waiting for its REFER to be acknowledged."""
    await running.set(large_office())
    alice, bruno, chloe, other = [await phone(user) for user in EXTENSIONS[:4]]
    call, heard = await connected(alice, bruno, "102")
    (the_call,) = running.box.calls.in_progress()
    await running.until(lambda: the_call.conversation, "they talk")
    await settled()
    await presses(heard, f"*4{chloe.user}")
    guest = await chloe.incoming()
    guest.answer(200, description(9))
    await guest.request("ACK")
    await running.until(lambda: the_call.consulted, "they talk")
    await settled()
    await presses(heard, "*4")
    await running.until(lambda: len(the_call.conference) == 3, "three together")
    second, asked = await connected(bruno, other, other.user)
    refer(heard, f"<sip:{other.user}@127.0.0.1?Replaces={second.replaces}>")
    for side in (heard, second):
        side.bye()
    lent = lambda: {the_call.party_of(leg).person_id for leg in the_call.conference}
    await running.until(lambda: lent() == {"alice", "chloe", other.user}, "three others together")
    assert other.new_calls.empty(), "nobody is rung anew"
    running.box.calls.hang_up_all()
    for side in (call, guest, asked):
        await side.hung_up()
