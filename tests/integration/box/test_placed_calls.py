"""Calls placed from the pages: the person's phone rings first, then whom they want."""

from __future__ import annotations

import pytest

from tests.interop.box import Refused
from tests.support.raw_messages import description
from tests.support.raw_sip import connected


async def test_the_person_answers_then_the_other_rings(running, phone, audio):
    alice, bruno = await phone("101"), await phone("102")
    mouth, ear = await audio(), await audio()
    placed = await running.ask("POST", "/calls", {"person_id": "alice", "number": "102"})
    first = await alice.incoming()
    first.answer(180)
    assert bruno.new_calls.empty()
    first.answer(200, description(mouth.port))
    await first.request("ACK")
    second = await bruno.incoming()
    assert "101" in second.invitation.get("from")
    second.answer(180)
    await mouth.hears(lambda: len(mouth.heard) > 5, "ringback")
    second.answer(200, description(ear.port))
    await second.request("ACK")
    await running.until(lambda: running.box.calls.live()[0].state.value == "talking", "they talk")
    mouth.say(first.invitation.media, b"\x21" * 160)
    ear.say(second.invitation.media, b"\x22" * 160)
    await ear.hears(lambda: b"\x21" * 160 in ear.sound(), "Alice")
    await mouth.hears(lambda: b"\x22" * 160 in mouth.sound(), "Bruno")
    assert running.box.calls.live()[0].id == placed["id"]
    second.bye()
    await first.hung_up()
    await running.at_rest()


async def test_a_placed_call_may_be_ended_from_the_pages(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    placed = await running.ask("POST", "/calls", {"person_id": "alice", "number": "102"})
    first = await alice.incoming()
    first.answer(200, description())
    await first.request("ACK")
    second = await bruno.incoming()
    second.answer(180)
    await running.ask("DELETE", f"/calls/{placed['id']}")
    await first.hung_up()
    await second.cancelled()
    await running.at_rest()


async def test_a_person_who_does_not_take_it_leaves_nothing(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    await running.ask("POST", "/calls", {"person_id": "alice", "number": "102"})
    first = await alice.incoming()
    first.answer(486)
    await first.request("ACK")
    await running.at_rest()
    assert bruno.new_calls.empty()


async def test_a_person_without_a_phone_cannot_place_calls(running):
    with pytest.raises(Refused) as refused:
        await running.ask("POST", "/calls", {"person_id": "alice", "number": "102"})
    assert refused.value.status == 409


async def test_each_call_leaves_its_record_with_the_reasons(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    call, heard = await connected(alice, bruno, "102")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()
    with running.box.events.subscribe(0) as events:
        while not (await running.box.history.list()).total:
            await events.next()
    record = (await running.box.history.list()).records[0]
    assert (record.caller, record.called, record.outcome, record.ended_by) == (
        "101",
        "102",
        "answered",
        "caller",
    )
    assert record.answered_by == "bruno" and record.answered_at
    assert [entry["reason"]["code"] for entry in record.trail][-1] == "rings"


@pytest.mark.feature("OUT-7")
async def test_a_customer_is_called_after_the_person_has_picked_up(running, phone, provider):
    alice = await phone("101")
    await running.ask("POST", "/calls", {"person_id": "alice", "number": "06 12 34 56 99"})
    first = await alice.incoming()
    assert provider.new_calls.empty()
    first.answer(200, description())
    await first.request("ACK")
    customer = await provider.incoming()
    assert "33612345699" in str(customer.invitation.uri)
    customer.answer(180)
    first.bye()
    await customer.cancelled()
    await running.at_rest()


@pytest.mark.feature("OUT-7")
async def test_short_numbers_are_called_by_a_click_and_those_for_help_are_not(running):
    for number, code in (("15", "unknown_called"), ("3900", "no_phone")):
        with pytest.raises(Refused) as refused:
            await running.ask("POST", "/calls", {"person_id": "alice", "number": number})
        assert code in str(refused.value)
