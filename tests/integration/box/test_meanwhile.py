"""What happens while a call is up: settings change, people and lines go, the box stops."""

from __future__ import annotations

import asyncio

import pytest

from appliance.media import g711
from tests.audio_measure import sine
from tests.integration.box.offices import PROVIDER_HOST
from tests.integration.box.test_outside_calls import arrives
from tests.integration.box.test_voicemail import recording
from tests.support.raw_messages import description
from tests.support.raw_sip import connected


def without_bruno(settings):
    group = settings.groups["all"]
    left = tuple(member for member in group.members if member.person_id != "bruno")
    settings = settings.with_record("groups", "all", group.model_copy(update={"members": left}))
    return settings.without_record("phones", "bruno-desk").without_record("people", "bruno")


@pytest.mark.parametrize("moment", ["ringing", "talking"])
async def test_a_person_deleted_during_their_call(running, phone, audio, moment):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port))
    heard = await bruno.incoming()
    heard.answer(180)
    await call.ringing()
    if moment == "ringing":
        await running.set(without_bruno(running.box.configuration))
    heard.answer(200, description(ear.port))
    answer = await call.accepted()
    await heard.request("ACK")
    if moment == "talking":
        await running.set(without_bruno(running.box.configuration))
    mouth.say(answer.media, b"\x77" * 160)
    await ear.hears(lambda: b"\x77" * 160 in ear.sound(), "Alice all the same")
    state = await running.ask("GET", "/state")
    assert state["resources"]["calls"] == 1
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
    with running.box.events.subscribe(0) as events:
        while not (await running.box.history.list()).total:
            await events.next()


async def test_a_line_deleted_during_its_call(running, provider, phone):
    alice = await phone("101")
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    heard = await alice.incoming()
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    settings = running.box.configuration
    await running.set(settings.without_record("numbers", "main").without_record("lines", "trunk"))
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_mailbox_deleted_while_a_message_is_left(running, provider, audio):
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    answer = await call.accepted()
    await recording(running)
    mouth.speak(answer.media, g711.encode("PCMA", sine(440, 1.0)))
    settings = running.box.configuration
    await running.set(settings.without_record("numbers", "main").without_record("mailboxes", "office"))
    await asyncio.sleep(1.5)
    await call.hang_up()
    await running.at_rest()


@pytest.mark.feature("VM-1")
async def test_a_message_being_left_when_the_box_is_stopped_is_kept(running, provider, audio):
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    answer = await call.accepted()
    await recording(running)
    mouth.speak(answer.media, g711.encode("PCMA", sine(440, 1.0)))
    await asyncio.sleep(2.5)
    await running.stop()
    await call.hung_up()
    await running.start()
    page = await running.box.messages.list()
    assert page.total == 1 and page.messages[0].seconds > 1.5
    assert (await running.box.history.list()).records[0].message_id == page.messages[0].id


async def test_a_phone_that_moves_to_another_address_during_its_call(running, phone):
    """The phone registers anew from elsewhere and speaks on from there (RFC 3261 12.2.1.1)."""
    alice, bruno = await phone("101"), await phone("102")
    call, heard = await connected(alice, bruno, "102")
    moved = await phone("101")
    call.phone, alice.calls = moved, {}
    moved.calls[call.call_id] = call
    call.invite(description(6100, version=2))
    passed = await heard.request("INVITE")
    heard.respond(passed, 200, description(version=2))
    await call.accepted()
    heard.bye()
    await call.hung_up()
    await running.at_rest()
