"""Hold: the one who is put aside hears music, and nothing of their own session changes."""

from __future__ import annotations

import pytest

from tests.support.raw_messages import description


async def talk(phone, mouth, ear):
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port))
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port))
    answer = await call.accepted()
    await heard.request("ACK")
    return call, heard, answer.media, heard.invitation.media


@pytest.mark.parametrize(("asked", "answered"), [("sendonly", "recvonly"), ("inactive", "inactive")])
@pytest.mark.parametrize("who", ["caller", "callee"])
async def test_the_other_hears_music_until_they_are_taken_up(running, phone, audio, asked, answered, who):
    mouth, ear = await audio(), await audio()
    call, heard, to_box, from_box = await talk(phone, mouth, ear)
    holder, held, holds, hears = (call, heard, mouth, ear) if who == "caller" else (heard, call, ear, mouth)
    holder.invite(description(holds.port, direction=asked, version=2))
    assert (await holder.accepted()).direction == answered
    await running.until(lambda: running.box.calls.live()[0].state == "held", "the hold")
    await hears.hears(lambda: len(hears.heard) > 20, "music")
    assert len(set(hears.sound())) > 20, "it is no silence"
    holder.invite(description(holds.port, direction="sendrecv", version=3))
    assert (await holder.accepted()).direction == "sendrecv"
    await running.until(lambda: running.box.calls.live()[0].state == "talking", "the end of the hold")
    holds.say(to_box if who == "caller" else from_box, b"\x42" * 160)
    await hears.hears(lambda: b"\x42" * 160 in hears.sound(), "the voice again")
    assert not [message for message in held.inbox.unread if message.method == "INVITE" and not message.status]
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_hanging_up_on_hold_leaves_nothing(running, phone, audio):
    mouth, ear = await audio(), await audio()
    call, heard, _, _ = await talk(phone, mouth, ear)
    call.invite(description(mouth.port, direction="sendonly", version=2))
    await call.accepted()
    await ear.hears(lambda: ear.heard, "music")
    await heard.hang_up()
    await call.hung_up()
    await running.at_rest()


@pytest.mark.feature("RING-10")
@pytest.mark.parametrize("first_back", ["caller", "callee"])
async def test_both_may_hold_and_take_the_call_up_again_in_any_order(running, phone, audio, first_back):
    mouth, ear = await audio(), await audio()
    call, heard, to_box, from_box = await talk(phone, mouth, ear)
    sides = [(call, mouth), (heard, ear)]
    for side, sound in sides:
        side.invite(description(sound.port, direction="sendonly", version=2))
        assert (await side.accepted()).direction == "recvonly"
    # What one of them changes meanwhile, a codec here, is no resumption.
    heard.invite(description(ear.port, direction="sendonly", version=3, codecs="0"))
    assert (await heard.accepted()).direction == "recvonly"
    back, away = sides if first_back == "caller" else sides[::-1]
    back[1].forget()
    back[0].invite(description(back[1].port, version=4))
    assert (await back[0].accepted()).direction == "sendrecv"
    await back[1].hears(lambda: len(back[1].heard) > 20, "music of the one who still holds")
    assert running.box.calls.live()[0].state == "held"
    away[0].invite(description(away[1].port, version=5))
    assert (await away[0].accepted()).direction == "sendrecv"
    await running.until(lambda: running.box.calls.live()[0].state == "talking", "the end of both holds")
    mouth.forget()
    ear.forget()
    mouth.say(to_box, b"\x42" * 160)
    ear.say(from_box, b"\x43" * 160)
    await ear.hears(lambda: b"\x42" * 160 in ear.sound(), "the caller again")
    await mouth.hears(lambda: b"\x43" * 160 in mouth.sound(), "the callee again")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.feature("RING-10")
async def test_a_hold_by_an_offer_that_we_were_asked_for(running, phone, audio):
    """The re-INVITE has no description: the phone's, in the ACK, answers ours."""
    mouth, ear = await audio(), await audio()
    call, heard, _, from_box = await talk(phone, mouth, ear)
    heard.invite(b"")
    answer = await heard.response()
    heard.acknowledge(answer, description(ear.port, direction="sendonly", version=2))
    await mouth.hears(lambda: len(mouth.heard) > 20, "music")
    assert running.box.calls.live()[0].state == "held"
    heard.invite(b"")
    answer = await heard.response()
    heard.acknowledge(answer, description(ear.port, version=3))
    await running.until(lambda: running.box.calls.live()[0].state == "talking", "the end of the hold")
    ear.say(from_box, b"\x42" * 160)
    await mouth.hears(lambda: b"\x42" * 160 in mouth.sound(), "the voice again")
    assert not [message for message in call.inbox.unread if message.method == "INVITE" and not message.status]
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


@pytest.mark.feature("RING-1")
@pytest.mark.parametrize("what", ["a fax", "a codec that nobody takes"])
async def test_a_change_that_is_refused_puts_nobody_on_hold(running, phone, audio, what):
    """A fax machine asks for T.38 with a stream of its own; refused, it goes on by G.711."""
    mouth, ear = await audio(), await audio()
    call, heard, to_box, _ = await talk(phone, mouth, ear)
    offer = description(ear.port, version=2, codecs="18", direction="sendonly")
    if what == "a fax":
        offer = description(0, version=2) + b"m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\n"
    heard.invite(offer)
    assert (await heard.refused()).status == 488
    mouth.forget()
    mouth.say(to_box, b"\x42" * 160)
    await ear.hears(lambda: b"\x42" * 160 in ear.sound(), "the caller")
    assert running.box.calls.live()[0].state == "talking" and not mouth.heard, "no music"
    assert not [message for message in call.inbox.unread if message.method == "INVITE" and not message.status]
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
