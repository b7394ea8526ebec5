"""Lamps of keys that dial star codes, and of colleagues who do not want to be rung; over a restart too."""

import asyncio

import pytest

from tests.integration.box.test_lamps import Watcher
from tests.integration.box.test_transfers import refer, talking


async def watching(phone, extension):
    """A watcher that has been told the first state, which is unlit."""
    watcher = Watcher(phone, extension)
    assert (await watcher.subscribe()).status == 200
    assert await watcher.lamp() == "terminated"
    return watcher


@pytest.mark.feature("TIME-4")
async def test_the_key_that_closes_is_lit_while_the_office_is_closed_by_hand(running, phone):
    await running.ask("POST", "/calendars", {"name": "Atelier", "code": "2"})
    alice = await phone("101")
    office = await watching(alice, "*52")
    shop = await watching(alice, "*522")
    await running.ask("PUT", "/overrides", {"state": "closed"})
    assert await office.lamp() == "confirmed"
    await running.stop()
    await running.start()
    assert await office.lamp() == "confirmed", "told again after the restart"
    assert await shop.lamp() == "terminated"
    await running.ask("DELETE", "/overrides")
    assert await office.lamp() == "terminated"


@pytest.mark.feature("FWD-6", "STAT-1", "KEYS-1")
async def test_ones_own_keys_show_what_holds_for_oneself(running, phone):
    await running.ask("PATCH", "/people/alice", {"working_day": True})
    await running.ask("PUT", "/people/alice/day", {"state": "started"})
    alice = await phone("101")
    disturb, pause, forward = [await watching(alice, code) for code in ("*76", "*72", "*21")]
    await running.ask("PATCH", "/people/alice", {"do_not_disturb": True})
    assert await disturb.lamp() == "confirmed"
    await running.ask("PUT", "/people/alice/day", {"state": "on_break"})
    assert await pause.lamp() == "confirmed"
    change = {"forward_active": True, "forward_to": {"kind": "person", "person_id": "bruno"}}
    await running.ask("PATCH", "/people/alice", change)
    assert await forward.lamp() == "confirmed"


@pytest.mark.feature("FWD-6", "STAT-1", "KEYS-1")
async def test_a_colleague_who_is_not_to_be_rung_is_lit(running, phone):
    alice, _ = await phone("101"), await phone("102")
    bruno = await watching(alice, "102")
    await running.ask("PATCH", "/people/bruno", {"do_not_disturb": True})
    assert await bruno.lamp() == "confirmed"
    await running.ask("PATCH", "/people/bruno", {"do_not_disturb": False, "working_day": True})
    await running.ask("PUT", "/people/bruno/day", {"state": "started"})
    async with asyncio.timeout(10):
        while await bruno.lamp() != "terminated":
            continue


@pytest.mark.feature("RING-10", "KEYS-1")
async def test_the_key_of_a_place_shows_who_is_parked_there(running, phone, audio):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    place = await watching(chloe, "*683")
    call, heard, _, _ = await talking(alice, bruno, "102", await audio(), await audio())
    refer(heard, "<sip:*683@127.0.0.1>")
    assert (await heard.response("REFER")).status == 202
    notify = await place.told()
    assert b"confirmed" in notify.body and b"sip:101@" in notify.body
    await heard.hung_up(15)
    await call.hang_up()
    assert await place.lamp() == "terminated"
    await running.at_rest()


@pytest.mark.parametrize("dialled", ["*529", "*680", "*43", "*8102"])
async def test_what_has_no_lamp_can_not_be_watched(running, phone, dialled):
    alice = await phone("101")
    assert (await Watcher(alice, dialled).subscribe()).status == 404


@pytest.mark.feature("RING-5", "KEYS-1")
async def test_the_key_of_a_group_is_lit_while_one_is_signed_in_over_a_restart(running, phone):
    await running.ask("PATCH", "/groups/all", {"extension": "200"})
    alice = await phone("101")
    group, every = Watcher(alice, "*45200"), Watcher(alice, "*45")
    for watcher in (group, every):
        assert (await watcher.subscribe()).status == 200
        assert await watcher.lamp() == "confirmed"
    assert running.box.calls.board.by_phone.sign_group("alice", "200") == ("out", "Accueil")
    assert running.box.calls.board.by_phone.sign_group("alice", "201") == ("unknown", "")
    assert await group.lamp() == "terminated" and await every.lamp() == "terminated"
    await running.stop()
    await running.start()
    assert running.box.memberships.out_of("alice") == {"all"}
    assert await group.lamp() == "terminated", "told again after the restart"
    await running.ask("PUT", "/people/alice/groups/all", {"signed_in": True})
    assert await group.lamp() == "confirmed"
