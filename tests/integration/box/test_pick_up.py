"""Pick-up of a ringing call, by star code and by the key of a phone (INVITE with Replaces, RFC 3891)."""

import asyncio

import pytest

from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST
from tests.support.raw_messages import description, tag_of

pytestmark = pytest.mark.feature("RING-10")


@pytest.fixture
async def ringing(running, phone, audio):
    """Alice calls Bruno, whose phone rings."""
    alice, bruno = await phone("101"), await phone("102")
    ear = await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(ear.port))
    heard = await bruno.incoming()
    heard.answer(180)
    await call.ringing()
    return call, heard, ear


async def taken(running, call, heard, picking):
    """What must be so once the call was picked up; ends it."""
    cancel = await heard.request("CANCEL")
    assert "Call completed elsewhere" in cancel.get("reason"), "Bruno's phone shows no missed call"
    heard.respond(cancel, 200)
    heard.answer(487)
    told = next(each for each in running.box.calls.in_progress() if each.answered_by_id == "chloe")
    assert told.trail[-1].reason.code == "picked_up"
    await call.hang_up()
    await picking.hung_up()
    await running.at_rest()


async def test_a_code_and_an_extension_take_the_call(running, phone, audio, ringing):
    call, heard, ear = ringing
    chloe = await phone("103")
    picking, third = chloe.call("*8102"), await audio()
    await picking.invite_authenticated(description(third.port))
    answer = await picking.accepted()
    mouth = (await call.accepted()).media
    for byte in range(20):
        third.say(answer.media, bytes([byte]) * 160)
        ear.say(mouth, bytes([byte + 64]) * 160)
        await asyncio.sleep(0.005)
    await ear.hears(lambda: bytes([19]) * 160 in ear.sound(), "who has picked up")
    await third.hears(lambda: bytes([19 + 64]) * 160 in third.sound(), "the caller")
    await taken(running, call, heard, picking)


@pytest.mark.parametrize("named", ["lamp", "dialog"])
async def test_a_key_takes_the_call_by_replaces(running, phone, ringing, named):
    call, heard, _ = ringing
    chloe = await phone("103")
    if named == "lamp":
        identifier = next(iter(running.box.calls.in_progress())).id
        replaces = f"{identifier};to-tag=102;from-tag={identifier}"
    else:
        invitation = heard.invitation
        theirs, ours = tag_of(heard.ours), tag_of(invitation.get("from"))
        replaces = f"{invitation.get('call-id')};to-tag={theirs};from-tag={ours}"
    picking = chloe.call("102")
    await picking.invite_authenticated(description(9), f"Replaces: {replaces}", "Require: replaces")
    await picking.accepted()
    await call.accepted()
    await taken(running, call, heard, picking)


@pytest.mark.parametrize(
    ("replaces", "status"), [("nobody@nowhere;to-tag=a;from-tag=b", 481), ("no tags at all", 400)]
)
async def test_a_dialog_that_is_none_is_refused(running, phone, replaces, status):
    chloe = await phone("103")
    picking = chloe.call("102")
    await picking.invite_authenticated(description(9), f"Replaces: {replaces}")
    assert (await picking.refused()).status == status


async def test_two_who_talk_are_left_alone(running, phone, ringing):
    call, heard, _ = ringing
    heard.answer(200, description(9))
    await call.accepted()
    identifier = next(iter(running.box.calls.in_progress())).id
    chloe = await phone("103")
    for flag, status in ((";early-only", 486), ("", 403)):
        picking = chloe.call("102")
        replaces = f"{identifier};to-tag=102;from-tag={identifier}{flag}"
        await picking.invite_authenticated(description(9), f"Replaces: {replaces}")
        assert (await picking.refused()).status == status
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_a_call_goes_on_at_another_phone_of_who_talks(running, phone, audio, ringing, side):
    """The old phone is hung up; the other party hears the new one, and nobody else takes the call."""
    call, heard, _ = ringing
    stays = await audio()
    heard.answer(200, description(stays.port))
    await call.accepted()
    invitation = heard.invitation
    if side == "caller":
        moving = (await phone("101", register=False)).call("102")
        named = f"{call.call_id};to-tag={tag_of(call.theirs)};from-tag={tag_of(call.ours)}"
    else:
        moving = (await phone("102", register=False)).call("101")
        ours, theirs = tag_of(invitation.get("from")), tag_of(heard.ours)
        named = f"{invitation.get('call-id')};to-tag={ours};from-tag={theirs}"
    await moving.invite_authenticated(description(9), f"Replaces: {named}", "Require: replaces")
    await moving.accepted()
    old, other = (call, heard) if side == "caller" else (heard, call)
    await old.hung_up()
    codes = {entry.reason.code for each in running.box.calls.in_progress() for entry in each.trail}
    assert {"moved", "moves_here"} <= codes
    await moving.hang_up()
    await other.hung_up()
    await running.at_rest()


async def test_a_call_from_outside_for_the_group_is_picked_up_and_kept(running, provider, phone):
    """The trail says who took it; `*8` alone is enough among members of a group."""
    bruno, chloe = await phone("102"), await phone("103", register=False)
    outside = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user=OUTSIDER)
    outside.invite(description(9, PROVIDER_HOST))
    ringing = await bruno.incoming()
    ringing.answer(180)
    await outside.ringing()
    picking = chloe.call("*8")
    await picking.invite_authenticated(description(9))
    await picking.accepted()
    await outside.accepted()
    await ringing.cancelled()
    await picking.hang_up()
    await outside.hung_up()
    await running.at_rest()

    async def kept():
        return [each for each in (await running.box.history.list()).records if each.direction == "inbound"]

    with running.box.events.subscribe(None) as events:
        while not (records := await kept()):
            await events.next()
    assert records[0].answered_by == "chloe" and records[0].outcome == "answered"
    assert [entry["reason"]["code"] for entry in records[0].trail][-1] == "picked_up"
