"""Calls between two phones of the office: what each end is told, and what both hear."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.raw_messages import description

TALK = description(5004)


async def _talking(phone, audio):
    """Alice and Bruno in conversation, each with its audio."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port))
    heard = await bruno.incoming()
    heard.answer(180)
    await call.ringing()
    heard.answer(200, description(ear.port))
    answer = await call.accepted()
    await heard.request("ACK")
    return call, heard, mouth, ear, answer


@pytest.mark.feature("RING-1")
async def test_audio_is_relayed_both_ways_and_the_callee_sees_who_calls(running, phone, audio):
    call, heard, mouth, ear, answer = await _talking(phone, audio)
    assert "101" in heard.invitation.get("from") and "Alice" in heard.invitation.get("from")
    to_box, from_box = answer.media, heard.invitation.media
    for number in range(20):
        mouth.say(to_box, bytes([0x50 + number]) * 160)
        ear.say(from_box, bytes([0x90 + number]) * 160)
        await asyncio.sleep(0.002)
    await ear.hears(lambda: b"\x63" * 160 in ear.sound(), "the last word of Alice")
    await mouth.hears(lambda: b"\xa3" * 160 in mouth.sound(), "the last word of Bruno")
    for number in range(20):
        assert bytes([0x50 + number]) * 160 in ear.sound()
        assert bytes([0x90 + number]) * 160 in mouth.sound()
    for end in (mouth, ear):
        sequences = [packet.sequence for packet in end.heard]
        assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
        assert len({packet.ssrc for packet in end.heard}) == 1
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_digits_are_passed_on(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port, codecs="8 101"))
    heard = await bruno.incoming()
    assert b"telephone-event" in heard.invitation.body
    heard.answer(200, description(ear.port, codecs="8 101"))
    answer = await call.accepted()
    mouth.press(answer.media, "7")
    await ear.hears(
        lambda: any(packet.payload[:1] == b"\x07" for packet in ear.heard if packet.payload_type == 101), "7"
    )
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_the_two_laws_of_g711_are_converted(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port, codecs="8"))
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port, codecs="0"))
    answer = await call.accepted()
    assert b"PCMA" in answer.body and b"PCMU" not in answer.body
    mouth.say(answer.media, b"\xd5" * 160)
    await ear.hears(lambda: ear.sound(0), "silence in the other law")
    assert ear.sound(0)[:1] in (b"\xff", b"\x7f", b"\xfe")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_the_callee_hanging_up_ends_it_for_the_caller(running, phone, audio):
    call, heard, *_ = await _talking(phone, audio)
    heard.bye()
    await call.hung_up()
    assert (await heard.response("BYE")).status == 200
    await running.at_rest()


async def test_both_hanging_up_at_once_are_both_answered(running, phone, audio):
    call, heard, *_ = await _talking(phone, audio)
    call.bye()
    heard.bye()
    assert (await call.response("BYE")).status in (200, 481)
    assert (await heard.response("BYE")).status in (200, 481)
    await running.at_rest()


@pytest.mark.parametrize("rung", [False, True], ids=["before it rings", "while it rings"])
async def test_the_caller_giving_up_stops_the_ringing(running, phone, rung):
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(100)
    if rung:
        heard.answer(180)
        await call.ringing()
    else:
        await call.response(least=100)
    call.cancel()
    assert (await call.response("CANCEL")).status == 200
    assert (await call.refused()).status == 487
    if not rung:
        heard.answer(180)  # The CANCEL to the callee waits for a provisional response (RFC 3261 9.1).
    await heard.cancelled()
    await running.at_rest()


async def test_a_cancel_that_crosses_the_answer_still_frees_everybody(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(180)
    await call.ringing()
    heard.answer(200, TALK)
    call.cancel()
    final = await call.response()
    call.acknowledge(final)
    if final.status == 200:
        await call.hang_up()
    await heard.request("ACK")
    await heard.hung_up()
    await running.at_rest()


# What the callee's phone answers, and what the caller's is told once the words are over.
TOLD = {486: 486, 600: 486, 603: 603, 480: 480, 404: 480, 500: 480}


@pytest.mark.feature("RING-1")
async def test_each_refusal_is_told_to_the_caller(running, phone, audio):
    """Without a mailbox to go to, the caller hears words in early media and gets a status that says why."""
    alice, bruno = await phone("101"), await phone("102")

    async def told(call, ear) -> int:
        progress = await call.response(least=181)
        assert progress.status == 183 and progress.media[1]
        await ear.hears(lambda: len(ear.heard) > 10, "words")
        final = await call.response(seconds=40)
        call.acknowledge(final)
        return final.status

    tasks = {}
    async with asyncio.TaskGroup() as group:
        for status in TOLD:
            ear = await audio()
            call = alice.call("102")
            await call.invite_authenticated(description(ear.port))
            heard = await bruno.incoming()
            heard.answer(status)
            tasks[status] = group.create_task(told(call, ear))
    assert {status: task.result() for status, task in tasks.items()} == TOLD
    await running.at_rest()


async def test_a_phone_that_is_not_there_is_told_apart(running, phone, audio):
    alice = await phone("101")
    ear = await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(ear.port))
    progress = await call.response(least=181)
    assert progress.status == 183
    final = await call.response(seconds=30)
    call.acknowledge(final)
    assert final.status == 480
    await running.at_rest()


async def test_an_extension_that_does_not_exist_is_said_to_be_so(running, phone, audio):
    alice = await phone("101")
    ear = await audio()
    call = alice.call("199")
    await call.invite_authenticated(description(ear.port))
    final = await call.response(seconds=30)
    call.acknowledge(final)
    assert final.status == 404
    assert len(ear.heard) > 10
    await running.at_rest()


async def test_nobody_answers_within_the_time(running, phone):
    settings = running.box.configuration
    bruno = settings.people["bruno"].model_copy(update={"ring_seconds": 5})
    await running.set(settings.with_record("people", "bruno", bruno))
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(180)
    await heard.cancelled()
    final = await call.response(seconds=30)
    call.acknowledge(final)
    assert final.status == 480
    await running.at_rest()


@pytest.mark.feature("RING-7")
async def test_somebody_who_talks_and_takes_one_call_at_a_time_is_busy(running, phone, audio):
    await running.ask("PATCH", "/people/alice", {"max_calls": 1})
    call, heard, *_ = await _talking(phone, audio)
    chloe = await phone("103")
    ear = await audio()
    other = chloe.call("101")
    await other.invite_authenticated(description(ear.port))
    assert (await other.response(least=181)).status == 183
    await ear.hears(lambda: len(ear.heard) > 10, "words")
    assert call.phone.new_calls.empty(), "Alice talks, her phone does not ring"
    other.cancel()
    assert (await other.refused()).status == 487
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_call_with_a_late_offer(running, phone, audio):
    """An INVITE without description: the box offers in its 200, the ACK answers (RFC 3264 4)."""
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(b"")
    heard = await bruno.incoming()
    heard.answer(200, description(ear.port))
    answer = await call.response()
    assert answer.status == 200 and answer.media[1]
    call.acknowledge(answer, description(mouth.port))
    await heard.request("ACK")
    await running.until(lambda: running.box.calls.live()[0].state.value == "talking", "they talk")
    ear.say(heard.invitation.media, b"\x77" * 160)
    await mouth.hears(lambda: b"\x77" * 160 in mouth.sound(), "Bruno")
    mouth.say(answer.media, b"\x66" * 160)
    await ear.hears(lambda: b"\x66" * 160 in ear.sound(), "Alice")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_repeated_messages_make_no_second_call(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    sent = await call.invite_authenticated()
    heard = await bruno.incoming()
    for _ in range(3):
        alice.send(sent)
    heard.answer(180)
    await call.ringing()
    answered = heard.answer(200, TALK)
    await heard.request("ACK")
    bruno.send(answered)
    await heard.request("ACK")
    first = await call.response()
    again = await call.response(seconds=3)
    assert again.status == first.status == 200, "the 200 is sent again until it is acknowledged"
    call.acknowledge(again)
    assert bruno.new_calls.empty() and len(running.box.calls) == 1
    bye = call.bye()
    assert (await call.response("BYE")).status == 200
    alice.send(bye)
    assert (await call.response("BYE")).status == 200
    await heard.hung_up()
    await running.at_rest()


async def test_a_description_that_cannot_be_read_is_refused(running, phone):
    alice = await phone("101")
    await phone("102")
    for body, status in (
        (b"v=0\r\nnonsense", 400),
        (description(codecs="18").replace(b"audio", b"image"), 488),
    ):
        call = alice.call("102")
        await call.invite_authenticated(body)
        assert (await call.refused()).status == status
    await running.at_rest()


async def test_a_phone_on_tcp_calls_one_on_udp_and_back(running, phone):
    alice, bruno = await phone("101", transport="TCP"), await phone("102")
    for caller, callee, extension in ((alice, bruno, "102"), (bruno, alice, "101")):
        call = caller.call(extension)
        await call.invite_authenticated()
        heard = await callee.incoming()
        heard.answer(180)
        await call.ringing()
        heard.answer(200, TALK)
        await call.accepted()
        await heard.request("ACK")
        await call.hang_up()
        await heard.hung_up()
        await running.at_rest()


async def test_a_connection_that_breaks_takes_its_phone_offline(running, phone):
    alice = await phone("101", transport="TCP")
    assert "alice-desk" in running.box.phones.registered()
    alice.close()
    await running.until(lambda: "alice-desk" not in running.box.phones.registered(), "offline")


@pytest.mark.feature("RING-1")
async def test_a_call_outlives_the_connection_of_its_phone(running, phone):
    """The phone registers by another connection, and says nothing of the call: it is hung up by that one."""
    alice, bruno = await phone("101"), await phone("102", transport="TCP")
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(200, TALK)
    await call.accepted()
    await heard.request("ACK")
    bruno.close()
    await running.until(lambda: "bruno-desk" not in running.box.phones.registered(), "offline")
    again = await phone("102", transport="TCP")
    heard.phone, again.calls[heard.call_id] = again, heard
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
