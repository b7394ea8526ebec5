"""Changes within a call: hold, resume, refresh, glare, refusal; each passed to the other side.

The two know no codec but one that the box makes no sound in: otherwise it answers a hold itself (`test_hold`,
`test_high_definition`).
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.support import raw_messages
from tests.support.raw_sip import connected

description = partial(raw_messages.description, codecs="9")


@pytest.fixture
async def talk(phone):
    """Alice, who called, and Bruno, in conversation."""
    alice, bruno = await phone("101"), await phone("102")
    return await connected(alice, bruno, "102", offer=description(6000), answer=description(6002))


async def refuses_g711(side):
    """The box asks for a codec that its music could be in; the phone has none."""
    asked = await side.request("INVITE", seconds=10)
    assert b"RTP/AVP 8 0" in asked.body
    side.respond(asked, 488)
    await side.request("ACK")
    return asked


@pytest.mark.parametrize(("asked", "answered"), [("sendonly", "recvonly"), ("inactive", "inactive")])
async def test_hold_and_resume_are_passed_on_with_their_direction(running, talk, asked, answered):
    call, heard = talk
    for version, (wish, reply) in enumerate(((asked, answered), ("sendrecv", "sendrecv")), 2):
        call.invite(description(6000, direction=wish, version=version))
        if wish == asked:
            await refuses_g711(heard)
        passed = await heard.request("INVITE")
        assert passed.direction == wish
        heard.respond(passed, 200, description(6002, direction=reply, version=version))
        answer = await call.accepted()
        assert answer.direction == reply
        await heard.request("ACK")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_the_callee_may_hold_as_well(running, talk):
    call, heard = talk
    heard.invite(description(6002, direction="sendonly", version=2))
    await refuses_g711(call)
    passed = await call.request("INVITE")
    assert passed.direction == "sendonly"
    call.respond(passed, 200, description(6000, direction="recvonly", version=2))
    assert (await heard.accepted()).direction == "recvonly"
    await call.request("ACK")
    await heard.hang_up()
    await call.hung_up()
    await running.at_rest()


async def test_hold_works_on_our_side_alone_when_the_other_refuses(running, talk):
    call, heard = talk
    call.invite(description(6000, direction="sendonly", version=2))
    await refuses_g711(heard)
    passed = await heard.request("INVITE")
    heard.respond(passed, 488)
    assert (await call.accepted()).status == 200
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_refresh_is_answered_without_the_other_side(running, talk):
    call, heard = talk
    call.invite(description(6000))
    assert (await call.accepted()).status == 200
    assert not [message for message in heard.inbox.unread if message.method == "INVITE"]
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_reinvite_without_offer_is_answered_with_ours(running, talk):
    call, heard = talk
    call.invite(b"")
    answer = await call.response()
    assert answer.status == 200 and answer.media[1]
    call.acknowledge(answer, description(6000, version=2))
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_both_hold_at_once_and_the_one_who_meets_our_offer_is_told_491(running, talk):
    """Glare (RFC 3261 14.1): Bruno's re-INVITE meets ours, which comes of Alice's hold."""
    call, heard = talk
    call.invite(description(6000, direction="sendonly", version=2))
    passed = await heard.request("INVITE")
    heard.invite(description(6002, direction="sendonly", version=2))
    refused = await heard.refused()
    assert refused.status == 491
    heard.respond(passed, 491)
    await heard.request("ACK")
    again = await refuses_g711(heard)
    assert again.sequence > passed.sequence
    again = await heard.request("INVITE")
    assert again.direction == "sendonly"
    heard.respond(again, 200, description(6002, direction="recvonly", version=3))
    assert (await call.accepted()).direction == "recvonly"
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_hanging_up_in_the_middle_of_a_change_leaves_nothing(running, talk):
    call, heard = talk
    call.invite(description(6000, direction="sendonly", version=2))
    await heard.request("INVITE")
    heard.bye()
    assert (await heard.response("BYE")).status == 200
    final = await call.response()
    call.acknowledge(final)
    await call.hung_up()
    await running.at_rest()


async def test_audio_moves_to_a_new_port(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    before, after, ear = await audio(), await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(raw_messages.description(before.port))
    heard = await bruno.incoming()
    heard.answer(200, raw_messages.description(ear.port))
    await call.accepted()
    call.invite(raw_messages.description(after.port, version=2))
    passed = await heard.request("INVITE")
    heard.respond(passed, 200, raw_messages.description(ear.port, version=2))
    answer = await call.accepted()
    ear.say(passed.media, b"\x42" * 160)
    await after.hears(lambda: b"\x42" * 160 in after.sound(), "Bruno at the new port")
    after.say(answer.media, b"\x43" * 160)
    await ear.hears(lambda: b"\x43" * 160 in ear.sound(), "Alice from the new port")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_options_and_unknown_requests_within_a_call_are_answered(running, talk):
    call, heard = talk
    call.write("OPTIONS")
    assert (await call.response("OPTIONS")).status == 200
    call.write("INFO", "Content-Type: application/dtmf-relay", body=b"Signal=5\r\nDuration=160\r\n")
    assert (await call.response("INFO")).status == 200
    call.write("INFO", "Info-Package: nobody-knows-it", "Content-Type: text/plain", body=b"?")
    refused = await call.response("INFO", sequence=call.sequence)
    assert refused.status == 469 and refused.all("recv-info") == [""]
    call.write("INFO", "Content-Type: application/hook-flash", body=b"hf")
    refused = await call.response("INFO", sequence=call.sequence)
    assert refused.status == 415 and "application/dtmf-relay" in refused.get("accept")
    call.write("SUBSCRIBE", "Event: dialog")
    assert (await call.response("SUBSCRIBE")).status in (405, 489, 501)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
