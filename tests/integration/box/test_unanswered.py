"""Where a call goes that nobody takes: backup number, another extension, outside, words, on a whole box."""

from __future__ import annotations

import asyncio

import pytest

from appliance.configuration.destinations import (
    Route,
    RouteStep,
    ToAnnouncement,
    ToBusyTone,
    ToExternal,
    ToPerson,
)
from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.people import DeviceChoice, GroupOrder
from appliance.media import g711
from tests.audio_measure import tone_level
from tests.integration.box.offices import PROVIDER_HOST
from tests.integration.box.test_outside_calls import arrives
from tests.support.raw_messages import description

MOBILE = "+33639985555"


async def change(running, collection: str, identifier: str, **fields: object) -> None:
    """Change one record."""
    settings = running.box.configuration
    record = settings.collection(collection)[identifier].model_copy(update=fields)
    await running.set(settings.with_record(collection, identifier, record))


def leads_to(*destinations: object) -> dict[HoursState, Route]:
    return {HoursState.OPEN: Route(steps=tuple(RouteStep(destination=each) for each in destinations))}


async def takes_the_call(outside, ear) -> None:
    """Who answers outside hears the question, and presses 1."""
    outside.answer(200, description(ear.port, PROVIDER_HOST, codecs="8 101"))
    await outside.request("ACK")
    await ear.hears(lambda: ear.heard, "the question who answers is asked")
    ear.press(outside.invitation.media, "1")


@pytest.mark.feature("BACKUP-1", "CONF-1")
async def test_the_backup_number_is_rung_when_no_phone_is_there(running, provider, audio):
    await change(running, "numbers", "main", backup_number=MOBILE)
    mouth, ear = await audio(PROVIDER_HOST), await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    backup = await provider.incoming()
    assert backup.invitation.uri.startswith(f"sip:{MOBILE}@")
    await takes_the_call(backup, ear)
    answer = await call.accepted()
    mouth.say(answer.media, b"\x61" * 160)
    await ear.hears(lambda: b"\x61" * 160 in ear.sound(), "the caller at the backup number")
    await call.hang_up()
    await backup.hung_up()
    await running.at_rest()


@pytest.mark.feature("NOANS-1")
async def test_a_busy_person_leads_to_another_extension(running, provider, phone):
    await change(
        running, "numbers", "main", routes=leads_to(ToPerson(person_id="alice"), ToPerson(person_id="bruno"))
    )
    alice, bruno = await phone("101"), await phone("102")
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    first = await alice.incoming()
    first.answer(486)
    second = await bruno.incoming()
    await running.is_taken_and_ended(call, second)


@pytest.mark.feature("NOANS-1", "RING-1")
async def test_a_person_who_refuses_leads_outside(running, provider, phone, audio):
    await change(
        running, "numbers", "main", routes=leads_to(ToPerson(person_id="alice"), ToExternal(number=MOBILE))
    )
    alice = await phone("101")
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    (await alice.incoming()).answer(603)
    outside = await provider.incoming()
    assert outside.invitation.uri.startswith(f"sip:{MOBILE}@")
    await takes_the_call(outside, await audio(PROVIDER_HOST))
    await call.accepted()
    outside.bye()
    await call.hung_up()
    await running.at_rest()


@pytest.mark.feature("NOANS-1")
async def test_words_then_the_end(running, provider, audio):
    await change(running, "numbers", "main", routes=leads_to(ToAnnouncement(text="Au revoir.")))
    ear = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(ear.port, PROVIDER_HOST))
    await call.accepted()
    await call.hung_up(20)
    assert len(ear.heard) > 20
    await running.at_rest()


@pytest.mark.feature("NOANS-1")
async def test_the_busy_tone_is_the_countrys(running, provider, audio):
    await change(running, "numbers", "main", routes=leads_to(ToBusyTone()))
    ear = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(ear.port, PROVIDER_HOST))
    await call.accepted()

    def is_the_tone() -> bool:
        return tone_level(g711.decode("PCMA", ear.sound()[-400:]), 440) > -25

    await ear.hears(is_the_tone, "440 Hz")
    await call.hang_up()
    await running.at_rest()


@pytest.mark.feature("RING-3")
async def test_members_in_order_ring_one_after_the_other(running, provider, phone):
    group = running.box.configuration.groups["all"]
    quick = tuple(member.model_copy(update={"ring_seconds": 5}) for member in group.members)
    await change(running, "groups", "all", order=GroupOrder.IN_ORDER, members=quick)
    alice, bruno = await phone("101"), await phone("102")
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    first = await alice.incoming()
    first.answer(180)
    await asyncio.sleep(0.3)
    assert bruno.new_calls.empty(), "not before Alice has had her time"
    await first.cancelled()
    second = await bruno.incoming()
    await running.is_taken_and_ended(call, second)


@pytest.mark.feature("RING-6")
async def test_do_not_disturb_is_not_rung(running, provider, phone):
    await change(running, "people", "alice", do_not_disturb=True)
    alice, bruno = await phone("101"), await phone("102")
    call = arrives(provider)
    call.invite(description(host=PROVIDER_HOST))
    heard = await bruno.incoming()
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    assert alice.new_calls.empty()
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.feature("RING-1", "RING-2")
async def test_a_mobile_rings_with_the_desk_phone_and_shows_who_calls(running, provider, phone, audio):
    kinds = (DeviceKind.DESKPHONE, DeviceKind.EXTERNAL)
    await change(
        running,
        "people",
        "alice",
        mobile=MOBILE,
        devices=tuple(DeviceChoice(kind=kind) for kind in kinds),
    )
    alice, bruno = await phone("101"), await phone("102")
    call = bruno.call("101")
    await call.invite_authenticated()
    desk, mobile = await alice.incoming(), await provider.incoming()
    desk.answer(180)
    mobile.answer(180)
    await takes_the_call(mobile, await audio(PROVIDER_HOST))
    await call.accepted()
    await desk.cancelled()
    await call.hang_up()
    await mobile.hung_up()
    await running.at_rest()
