"""Call-backs: the phone of ours rings first, then the customer's; attempts outlive a restart."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.integration.box.offices import NUMBER, OUTSIDER
from tests.integration.box.test_outside_calls import arrives
from tests.interop.box import Refused
from tests.support.raw_messages import description

pytestmark = pytest.mark.feature("OUT-6")

WISH = {"number": OUTSIDER, "name": "Mme Petit", "number_id": "main", "group_id": "all"}


async def listed(running) -> list[dict]:
    told = await running.ask("GET", "/call_backs/requests")
    return [*told["open"], *told["ended"]]


async def outcome(running, wanted: str) -> dict:
    """The one request, once its last attempt has come to that."""

    def so() -> bool:
        return any(each.outcome == wanted for each in running.box.call_backs.open())

    await running.until(so, wanted)
    return (await listed(running))[0]


async def ended(running) -> dict:
    """The one request, once it is over and written."""
    await asyncio.sleep(0)
    await running.box.database.write(lambda connection: None)
    found = (await running.ask("GET", "/call_backs/requests"))["ended"]
    return found[0]


def steps_of(running) -> list[str]:
    """What the calls in progress have come to so far."""
    return [step["step"] for call in running.box.calls.in_progress() for step in call.steps]


async def takes_it(phone_call, ear) -> None:
    """A phone of ours answers and presses 1."""
    phone_call.answer(200, description(ear.port, codecs="8 101"))
    await phone_call.request("ACK")
    ear.press(phone_call.invitation.media, "1")


async def test_the_agent_presses_1_and_the_customer_is_called_until_they_answer(
    running, provider, phone, audio
):
    alice, bruno = await phone("101"), await phone("102")
    ear, mouth = await audio(), await audio("127.0.0.9")
    made = await running.ask("POST", "/call_backs/requests", WISH)
    again = await running.ask("POST", "/call_backs/requests", WISH)
    assert again["id"] == made["id"], "nobody is called twice"
    rung = [await each.incoming() for each in (alice, bruno)]
    assert all("0639981234" in each.invitation.get("from") for each in rung)
    rung[1].answer(180)
    await takes_it(rung[0], ear)
    await rung[1].cancelled()
    customer = await provider.incoming()
    assert OUTSIDER[1:] in customer.invitation.uri and NUMBER[1:] in customer.invitation.get("from")
    customer.answer(486)
    await customer.request("ACK")
    await running.until(lambda: "Tone" in steps_of(running), "who calls hears that the customer is busy")
    await rung[0].hang_up()
    told = await outcome(running, "busy")
    assert (told["made"], told["state"]) == (1, "waiting")
    assert told["next_at"] > told["asked_at"] + 1700

    await running.stop()
    await running.start()
    assert [each.made for each in running.box.call_backs.open()] == [1], "kept over the restart"
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is up")
    await running.ask("POST", f"/call_backs/requests/{made['id']}/try")
    rung = [await each.incoming() for each in (alice, bruno)]
    rung[0].answer(180)
    await takes_it(rung[1], ear)
    await rung[0].cancelled()
    customer = await provider.incoming()
    customer.answer(200, description(mouth.port, "127.0.0.9"))
    await customer.request("ACK")
    await running.until(lambda: running.box.calls.live()[0].state.value == "talking", "they talk")
    mouth.say(customer.invitation.media, b"\x31" * 160)
    await ear.hears(lambda: b"\x31" * 160 in ear.sound(), "the customer")
    await customer.hang_up()
    await rung[1].hung_up()
    await running.until(lambda: not running.box.call_backs.open(), "it is done")
    await running.at_rest()
    told = await ended(running)
    assert (told["state"], told["outcome"], told["made"]) == ("done", "answered", 1)
    record = await running.ask("GET", f"/history/{told['call_id']}")
    assert record["caller_person_id"] == "bruno"


async def test_who_does_not_press_1_has_not_taken_it_and_no_attempt_is_used_up(
    running, provider, phone, audio
):
    alice, ear = await phone("101"), await audio()
    await running.ask("POST", "/call_backs/requests", {**WISH, "group_id": None, "person_id": "alice"})
    rung = await alice.incoming()
    rung.answer(200, description(ear.port, codecs="8 101"))
    await rung.request("ACK")
    ear.press(rung.invitation.media, "2")
    await rung.hung_up()
    told = await outcome(running, "not_taken")
    assert (told["made"], told["state"]) == (0, "waiting")
    assert provider.new_calls.empty()
    await running.ask("DELETE", f"/call_backs/requests/{told['id']}")
    assert running.box.call_backs.open() == ()
    await running.at_rest()


async def test_nobody_free_is_looked_at_again_and_a_customer_who_gets_through_is_not_called(
    running, provider, phone
):
    await running.ask("POST", "/call_backs/requests", WISH)
    told = await outcome(running, "nobody_free")
    assert (told["made"], told["state"]) == (0, "waiting")
    alice = await phone("101")
    call = arrives(provider)
    call.invite()
    heard = await alice.incoming()
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    await call.hang_up()
    await heard.hung_up()
    await running.until(lambda: not running.box.call_backs.open(), "called off")
    await running.at_rest()


async def test_a_caller_presses_1_and_is_called_back_once_they_have_hung_up(running, provider, phone, audio):
    offered = {"steps": [{"destination": {"kind": "call_back", "group_id": "all"}}]}
    await running.ask("PATCH", "/numbers/main", {"routes": {"open": offered}})
    mouth = await audio("127.0.0.9")
    call = arrives(provider)
    call.invite(description(mouth.port, "127.0.0.9", codecs="8 101"))
    answer = await call.accepted()
    mouth.press(answer.media, "1")
    await call.hung_up()
    (told,) = running.box.call_backs.open()
    assert (told.number, told.name, told.number_id, told.group_id) == (OUTSIDER, "Mme Petit", "main", "all")
    alice = await phone("101")
    with contextlib.suppress(Refused):  # The box may have begun by itself.
        await running.ask("POST", f"/call_backs/requests/{told.id}/try")
    rung = await alice.incoming()
    assert "0639981234" in rung.invitation.get("from")
    rung.answer(603)
    await rung.request("ACK")
    assert (await outcome(running, "not_taken"))["made"] == 0
    await running.at_rest()


async def test_a_caller_who_withholds_their_number_goes_on_at_once(running, provider, phone):
    alice = await phone("101")
    steps = [
        {"destination": {"kind": "call_back", "group_id": "all"}},
        {"destination": {"kind": "person", "person_id": "alice"}},
    ]
    await running.ask("PATCH", "/numbers/main", {"routes": {"open": {"steps": steps}}})
    call = provider.call(f"sip:{NUMBER}@{provider.domain}", from_user="anonymous")
    call.invite()
    heard = await alice.incoming()
    heard.answer(180)
    await call.ringing()
    assert running.box.call_backs.open() == ()
    call.cancel()
    assert (await call.refused()).status == 487
    await heard.cancelled()
    await running.at_rest()


async def test_called_off_while_our_phones_ring_they_stop(running, provider, phone):
    alice = await phone("101")
    made = await running.ask("POST", "/call_backs/requests", WISH)
    rung = await alice.incoming()
    rung.answer(180)
    await running.until(
        lambda: [each.state for each in running.box.call_backs.open()] == ["trying"], "the attempt"
    )
    await running.ask("DELETE", f"/call_backs/requests/{made['id']}")
    await rung.cancelled()
    assert running.box.call_backs.open() == () and provider.new_calls.empty()
    await running.at_rest()


@pytest.mark.feature("RING-5")
async def test_a_group_is_asked_in_turn_until_somebody_takes_it(running, provider, phone, audio):
    alice, bruno, ear = await phone("101"), await phone("102"), await audio()
    await running.ask("PATCH", "/groups/all", {"order": "round_robin"})
    made = await running.ask("POST", "/call_backs/requests", WISH)
    rung = await alice.incoming()
    assert bruno.new_calls.empty(), "it is not his turn yet"
    rung.answer(603)
    await rung.request("ACK")
    rung = await bruno.incoming()
    await takes_it(rung, ear)
    customer = await provider.incoming()
    customer.answer(486)
    await customer.request("ACK")
    await running.until(lambda: "Tone" in steps_of(running), "who calls hears that the customer is busy")
    await rung.hang_up()
    told = await outcome(running, "busy")
    await running.until(lambda: running.box.calls.unwritten == 0, "its record")
    record = await running.ask("GET", f"/history/{told['call_id']}")
    first = record["trail"][0]["reason"]
    assert (first["code"], first["parameters"]) == (
        "call_back_taken_after",
        {"person": "Bruno", "others": "Alice"},
    )

    # Bruno was rung last: it is the turn of Chloé, who is not there, then of Alice.
    await running.ask("POST", f"/call_backs/requests/{made['id']}/try")
    rung = await alice.incoming()
    assert bruno.new_calls.empty()
    rung.answer(486)
    await rung.request("ACK")
    rung = await bruno.incoming()
    rung.answer(603)
    await rung.request("ACK")
    assert (await outcome(running, "not_taken"))["made"] == 1
    await running.at_rest()
