"""Transfers by REFER: who talks to whom afterwards, what the transferor is told, and that nobody is lost."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.raw_messages import description
from tests.support.raw_sip import NothingCame

pytestmark = pytest.mark.feature("RING-10")


async def talking(caller, callee, extension, mouth, ear, codecs="8"):
    """A conversation; returns both ends' calls and where each sends its audio."""
    call = caller.call(extension)
    await call.invite_authenticated(description(mouth.port, codecs=codecs))
    heard = await callee.incoming()
    heard.answer(180)
    heard.answer(200, description(ear.port, codecs=codecs))
    answer = await call.accepted()
    await heard.request("ACK")
    return call, heard, answer.media, heard.invitation.media


async def hear_each_other(one, one_to, other, other_to, byte):
    """Both ends hear what the other says now."""
    for number in range(10):
        one.say(one_to, bytes([byte + number]) * 160)
        other.say(other_to, bytes([byte + 64 + number]) * 160)
        await asyncio.sleep(0.002)
    await other.hears(lambda: bytes([byte + 9]) * 160 in other.sound(), "the first's last word")
    await one.hears(lambda: bytes([byte + 64 + 9]) * 160 in one.sound(), "the other's last word")


def refer(call, target, *fields):
    call.write("REFER", f"Refer-To: {target}", *fields)


async def reported(call):
    """The next NOTIFY of a transfer, answered: its status line, and whether it is the last."""
    notify = await call.request("NOTIFY")
    call.respond(notify, 200)
    assert notify.get("event") == "refer"
    assert notify.get("content-type").startswith("message/sipfrag")
    return notify.body.decode().split("\r\n")[0], "terminated" in notify.get("subscription-state")


async def test_the_callee_sends_the_caller_on(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, third = await audio(), await audio(), await audio()
    call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, "<sip:103@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    assert await reported(heard) == ("SIP/2.0 100 Trying", False)
    taken = await chloe.incoming()
    assert "101" in taken.invitation.get("from") and "Alice" in taken.invitation.get("from")
    taken.answer(180)
    taken.answer(200, description(third.port))
    await taken.request("ACK")
    assert await reported(heard) == ("SIP/2.0 200 OK", True)
    await heard.hung_up()
    await hear_each_other(mouth, to_box, third, taken.invitation.media, 0x20)
    assert running.box.calls.busy_people() == {"alice", "chloe"}
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-9", "OUT-10")
async def test_a_call_for_help_of_a_phone_that_proved_nothing_leads_nowhere_else_outside(
    running, provider, phone
):
    stranger = await phone("101", register=False)
    call = stranger.call("112")
    call.invite(description())
    heard = await provider.incoming()
    assert "112" in heard.invitation.uri
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    refer(call, "<sip:0639981234@127.0.0.1>")
    assert (await call.response("REFER")).status == 202
    while not (told := await reported(call))[1]:
        continue
    assert told[0].startswith("SIP/2.0 404")
    with pytest.raises(NothingCame):
        await provider.incoming(seconds=0.3)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_who_answers_sends_the_caller_on_before_the_answer_is_acknowledged(running, phone):
    """Both arrive together, so that the two are not joined yet; the phone hangs up as soon as it is heard."""
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    call = alice.call("102")
    await call.invite_authenticated(description(9))
    heard = await bruno.incoming()
    heard.answer(200, description(9))
    refer(heard, "<sip:103@127.0.0.1>")
    heard.bye()
    assert (await heard.response("REFER")).status == 202
    await call.accepted()
    taken = await chloe.incoming()
    assert "101" in taken.invitation.get("from")
    taken.answer(200, description(9))
    await taken.request("ACK")
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


async def test_the_caller_sends_the_callee_on_and_hangs_up_at_once(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, third = await audio(), await audio(), await audio()
    call, heard, _, to_box = await talking(alice, bruno, "102", mouth, ear)
    refer(call, "<sip:103@127.0.0.1>")
    assert (await call.response("REFER")).status == 202
    call.bye()
    taken = await chloe.incoming()
    assert "102" in taken.invitation.get("from") and "Bruno" in taken.invitation.get("from")
    taken.answer(180)
    taken.answer(200, description(third.port))
    await taken.request("ACK")
    await hear_each_other(ear, to_box, third, taken.invitation.media, 0x20)
    await heard.hang_up()
    await taken.hung_up()
    await running.at_rest()
    record = (await running.ask("GET", "/history"))["records"]
    assert not record or record[0]["answered_by"] == "chloe"


async def test_a_transfer_to_somebody_busy_comes_back(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear = await audio(), await audio()
    call, heard, to_box, from_box = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, "<sip:103@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    await reported(heard)
    (await chloe.incoming()).answer(486)
    assert await reported(heard) == ("SIP/2.0 486 Busy Here", True)
    # The reports of another one are told apart from those of the first.
    refer(heard, "<sip:999@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    notify = await heard.request("NOTIFY")
    assert notify.get("event") == f"refer;id={heard.sequence}"
    heard.respond(notify, 200)
    heard.respond(await heard.request("NOTIFY"), 200)
    mouth.forget()
    await hear_each_other(mouth, to_box, ear, from_box, 0x20)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_who_has_hung_up_is_rung_back_when_nobody_takes_the_call(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, again = await audio(), await audio(), await audio()
    call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, "<sip:103@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    heard.bye()
    (await chloe.incoming()).answer(486)
    back = await bruno.incoming()
    assert "101" in back.invitation.get("from")
    back.answer(200, description(again.port))
    await back.request("ACK")
    await hear_each_other(mouth, to_box, again, back.invitation.media, 0x20)
    await call.hang_up()
    await back.hung_up()
    await running.at_rest()


@pytest.mark.parametrize("caller_transfers", [True, False])
async def test_an_attended_transfer_joins_the_two_others(running, phone, audio, caller_transfers):
    """Bruno talks to Alice, then to Chloé, and leaves the two together."""
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, ear_two, third = await audio(), await audio(), await audio(), await audio()
    if caller_transfers:
        first, at_alice, _, alice_to = await talking(bruno, alice, "101", ear, mouth)
    else:
        at_alice, first, alice_to, _ = await talking(alice, bruno, "102", mouth, ear)
    second, at_chloe, _, chloe_to = await talking(bruno, chloe, "103", ear_two, third)
    refer(first, f"<sip:103@127.0.0.1?Replaces={second.replaces}>")
    assert (await first.response("REFER")).status == 202
    assert await reported(first) == ("SIP/2.0 200 OK", True)
    await first.hung_up()
    await second.hung_up()
    await hear_each_other(mouth, alice_to, third, chloe_to, 0x20)
    assert running.box.calls.busy_people() == {"alice", "chloe"}
    await at_chloe.hang_up()
    await at_alice.hung_up()
    await running.at_rest()


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("consulted_calls", [True, False])
async def test_a_phone_that_hangs_up_in_both_calls_has_joined_the_two(
    running, phone, audio, consulted_calls, waits
):
    """Once its REFER is acknowledged or without even waiting for that, whoever began the second call."""
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, third = await audio(), await audio(), await audio()
    call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear)
    if consulted_calls:
        taken, second, from_box, _ = await talking(chloe, bruno, "102", third, ear)
    else:
        second, taken, _, from_box = await talking(bruno, chloe, "103", ear, third)
    refer(heard, f"<sip:103@127.0.0.1?Replaces={second.replaces}>")
    if waits:
        assert (await heard.response("REFER")).status == 202
    for side in (heard, second):
        side.bye()

    def are_joined() -> bool:
        talks = [each for each in running.box.calls.in_progress() if each.conversation]
        pairs = [(each.conversation.one, each.conversation.other) for each in talks]
        who = [each.party_of(leg).person_id for each, pair in zip(talks, pairs, strict=True) for leg in pair]
        return who == ["alice", "chloe"]

    await running.until(are_joined, "Alice and Chloé talk")
    await hear_each_other(mouth, to_box, third, from_box, 0x20)
    assert chloe.new_calls.empty(), "nobody is rung anew"
    await call.hang_up()
    await taken.hung_up()
    await running.until(lambda: not len(running.box.calls), "nothing is left")


async def test_the_one_who_stays_may_be_the_one_who_leaves_first(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear = await audio(), await audio()
    call, heard, _, _ = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, "<sip:103@127.0.0.1>")
    await heard.response("REFER")
    ringing = await chloe.incoming()
    ringing.answer(180)
    await call.hang_up()
    await ringing.cancelled()
    await running.at_rest()


@pytest.mark.parametrize("target", ["nonsense", "<mailto:a@b>", "<sip:127.0.0.1>", "<sip:1@b;method=BYE>"])
async def test_a_refer_that_cannot_be_read_changes_nothing(running, phone, audio, target):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call, heard, to_box, from_box = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, target)
    assert (await heard.response("REFER")).status == 400
    await hear_each_other(mouth, to_box, ear, from_box, 0x20)
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_target_that_still_rings_for_who_transfers_rings_for_the_other(running, phone, audio):
    """Many phones let an attended transfer be finished before the target has answered."""
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    mouth, ear, third = await audio(), await audio(), await audio()
    call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear)
    second = bruno.call("103")
    await second.invite_authenticated(description(9))
    ringing = await chloe.incoming()
    ringing.answer(180)
    await second.ringing()
    refer(heard, f"<sip:103@127.0.0.1?Replaces={second.replaces}>")
    assert (await heard.response("REFER")).status == 202
    assert (await second.refused()).status == 487
    stopped = await ringing.request("CANCEL")
    assert "Call completed elsewhere" in stopped.get("reason"), "no missed call of Bruno's is shown"
    ringing.respond(stopped, 200)
    ringing.answer(487)
    taken = await chloe.incoming()
    assert "Alice" in taken.invitation.get("from")
    taken.answer(200, description(third.port))
    await taken.request("ACK")
    await heard.hung_up()
    await hear_each_other(mouth, to_box, third, taken.invitation.media, 0x20)
    await call.hang_up()
    await taken.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-10")
async def test_a_transfer_to_what_may_not_be_called_comes_back_and_is_told(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    call, heard, to_box, from_box = await talking(alice, bruno, "102", mouth, ear)
    refer(heard, "<sip:0899123456@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    assert await reported(heard) == ("SIP/2.0 100 Trying", False)
    assert await reported(heard) == ("SIP/2.0 404 Not Found", True)
    await hear_each_other(mouth, to_box, ear, from_box, 0x20)
    told = [entry.reason.code for entry in next(iter(running.box.calls.in_progress())).trail]
    assert told[-3:] == ["sent_on", "barred_costly", "came_back"], "the story says why"
    alerts = running.box.alarm.warnings
    await running.until(
        lambda: any(each.code == "barred_costly" for each in alerts()), "the office is alerted"
    )
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_two_who_send_each_other_on_at_once_are_both_told(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    call, heard, *_ = await talking(alice, bruno, "102", await audio(), await audio())
    for side in (heard, call):
        refer(side, "<sip:103@127.0.0.1>")
    for side in (heard, call):
        assert (await side.response("REFER")).status == 202
    taken = await chloe.incoming()
    assert "Alice" in taken.invitation.get("from"), "Bruno was first"
    assert await reported(call) == ("SIP/2.0 603 Decline", True)
    taken.answer(200, description(9))
    await taken.request("ACK")
    await heard.hung_up()
    await taken.hang_up()
    await call.hung_up()
    await running.at_rest()
