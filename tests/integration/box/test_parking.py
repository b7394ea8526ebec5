"""Parked calls: put into a place by a transfer, told, shown by lamps, taken out, and never forgotten."""

import pytest

from tests.integration.box.test_transfers import hear_each_other, refer, talking
from tests.support.raw_messages import description

pytestmark = pytest.mark.feature("RING-10")


@pytest.fixture
def places(running):
    """Who stands where."""
    return running.box.calls.parking.places


@pytest.fixture
async def parked(running, phone, audio, places):
    """Parks Alice, whom Bruno talks to, by a transfer; returns her call and her audio."""

    async def park(target="*682", *, stays=True):
        alice, bruno = await phone("101"), await phone("102")
        mouth, ear = await audio(), await audio()
        call, heard, to_box, _ = await talking(alice, bruno, "102", mouth, ear)
        refer(heard, f"<sip:{target}@127.0.0.1>")
        assert (await heard.response("REFER")).status == 202
        await heard.hung_up(15)
        if stays:
            await running.until(lambda: places, "somebody is parked")
        return call, mouth, to_box, bruno

    return park


async def test_a_parked_caller_hears_music_and_is_taken_out_by_any_phone(
    running, phone, audio, places, parked
):
    call, mouth, to_box, _ = await parked()
    assert list(places) == ["2"] and running.box.calls.live()[0].state.value == "held"
    heard = len(mouth.heard)
    await mouth.hears(lambda: len(mouth.heard) > heard + 5, "music")
    chloe, third = await phone("103"), await audio()
    taking = chloe.call("*682")
    await taking.invite_authenticated(description(third.port))
    from_box = (await taking.accepted()).media
    await running.until(lambda: not places, "the place is free")
    await hear_each_other(mouth, to_box, third, from_box, 10)
    told = next(each for each in running.box.calls.in_progress() if each.answered_by_id == "chloe")
    codes = [entry.reason.code for entry in told.trail]
    assert codes[-2:] == ["parked", "unparked"]
    await call.hang_up()
    await taking.hung_up()
    await running.at_rest()


async def test_who_hangs_up_in_a_place_leaves_it_free(running, places, parked):
    call, *_ = await parked("*68")
    assert list(places) == ["1"]
    await call.hang_up()
    await running.at_rest()
    assert not places


async def test_a_call_that_nobody_takes_comes_back_to_who_parked_it(running, places, parked, monkeypatch):
    monkeypatch.setattr("appliance.calls.parking._seconds", lambda board: 0.3)
    call, _, _, bruno = await parked(stays=False)
    back = await bruno.incoming()
    assert "101" in back.invitation.get("from") and not places
    back.answer(200, description(9))
    await back.request("ACK")
    told = next(iter(running.box.calls.in_progress()))
    assert "park_over" in [entry.reason.code for entry in told.trail]
    await call.hang_up()
    await back.hung_up()
    await running.at_rest()


async def test_a_place_that_is_taken_gives_the_call_back(running, phone, audio, places, parked):
    call, *_ = await parked()
    bruno, chloe = await phone("102"), await phone("103")
    ear = await audio()
    other, heard, _, _ = await talking(chloe, bruno, "102", await audio(), ear)
    refer(heard, "<sip:*682@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    while True:
        notify = await heard.request("NOTIFY")
        heard.respond(notify, 200)
        if "terminated" in notify.get("subscription-state"):
            break
    assert b"486" in notify.body
    assert places["2"].call.caller.label != "Chloe"
    await other.hang_up()
    await heard.hung_up()
    await call.hang_up()
    await running.at_rest()


async def test_who_dials_the_code_alone_is_told_the_place_that_their_next_call_gets(
    running, phone, audio, places, monkeypatch
):
    alice, bruno, ear = await phone("101"), await phone("102"), await audio()
    call, heard, _, _ = await talking(alice, bruno, "102", await audio(), ear)
    asking = bruno.call("*68")
    await asking.invite_authenticated(description((await audio()).port))
    await asking.accepted()
    lot = running.box.calls.parking
    await running.until(lambda: lot.reserved == {"bruno": "1"}, "the place is kept for Bruno")
    assert lot.place_for("chloe", 5) == "2" and lot.place_for("chloe", 1) is None
    refer(heard, "<sip:*68@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    await running.until(lambda: "1" in places, "Alice stands where Bruno was told")
    await asking.hang_up()
    await heard.hung_up(15)
    await call.hang_up()
    await running.at_rest()
    assert not lot.reserved and not places


async def test_a_place_where_nobody_stands_is_told(running, phone, audio):
    chloe = await phone("103")
    call = chloe.call("*684")
    await call.invite_authenticated(description((await audio()).port))
    await call.accepted()
    await call.hung_up(15)
    await running.at_rest()
