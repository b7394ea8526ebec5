"""What a box that has run out of something tells callers, and that it recovers."""

from __future__ import annotations

import errno

import pytest

from appliance.runtime import calls as room
from appliance.runtime.media.ports import NoPortsLeft
from tests.integration.box.offices import PROVIDER_HOST
from tests.integration.box.test_outside_calls import arrives
from tests.support.raw_messages import description
from tests.support.raw_sip import connected


@pytest.mark.parametrize("left", [0, 1])
async def test_without_audio_ports_calls_are_refused_and_nothing_stays(running, phone, monkeypatch, left):
    media, given = running.box.media, []
    really_open = media.open

    def few(local_ip: str):
        if len(given) >= left:
            raise NoPortsLeft(errno.EADDRINUSE, "no pair of ports is left")
        given.append(really_open(local_ip))
        return given[-1]

    monkeypatch.setattr(media, "open", few)
    alice, bruno = await phone("101"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    if left:
        heard = await bruno.incoming()
        heard.answer(200, description())
        await heard.request("ACK")
        await heard.hung_up()
    final = await call.response(seconds=40)
    call.acknowledge(final)
    assert final.status >= 400
    await running.at_rest()
    monkeypatch.undo()
    call, heard = await connected(alice, bruno, "102")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_more_calls_than_the_box_carries_are_refused_with_503(running, phone, monkeypatch):
    monkeypatch.setattr(room, "MOST_CALLS", 1)
    alice, bruno = await phone("101"), await phone("102")
    first = alice.call("102")
    await first.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(180)
    second = alice.call("102")
    await second.invite_authenticated()
    assert (await second.refused()).status == 503
    first.cancel()
    assert (await first.refused()).status == 487
    await heard.cancelled()
    await running.at_rest()


async def test_a_caller_whose_codec_we_do_not_know_is_not_sent_to_voicemail(running, provider):
    call = arrives(provider)
    call.invite(description(5000, PROVIDER_HOST, codecs="18"))
    assert (await call.refused()).status == 488
    await running.at_rest()


async def test_a_codec_that_only_the_two_ends_know_is_passed_through(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call = alice.call("102")
    await call.invite_authenticated(description(mouth.port, codecs="9"))
    heard = await bruno.incoming()
    assert b"G722" in heard.invitation.body
    heard.answer(200, description(ear.port, codecs="9"))
    answer = await call.accepted()
    mouth.say(answer.media, b"\x15" * 160, payload_type=9)
    await ear.hears(lambda: b"\x15" * 160 in ear.sound(9), "Alice in wide band")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_two_phones_of_one_person_ring_and_the_other_stops(running, phone):
    alice = await phone("101")
    desk, second = await phone("102"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    ringing = [await desk.incoming(), await second.incoming()]
    for each in ringing:
        each.answer(180)
    ringing[1].answer(200, description())
    await call.accepted()
    await ringing[1].request("ACK")
    await ringing[0].cancelled()
    await call.hang_up()
    await ringing[1].hung_up()
    await running.at_rest()


async def test_two_phones_that_answer_at_once(running, phone):
    """Both are acknowledged; the one too late is hung up."""
    alice = await phone("101")
    desk, second = await phone("102"), await phone("102")
    call = alice.call("102")
    await call.invite_authenticated()
    ringing = [await desk.incoming(), await second.incoming()]
    for each in ringing:
        each.answer(200, description())
    await call.accepted()
    for each in ringing:
        await each.request("ACK")
    await call.hang_up()
    for each in ringing:
        await each.hung_up()
    await running.at_rest()
