"""The doors of the SIP port: strangers learn nothing, guessers wait, then are not heard; phones go on."""

from __future__ import annotations

import asyncio

import pytest

from appliance.sip import guard
from tests.integration.box.offices import PASSWORD
from tests.support.raw_sip import NothingCame

INTRUDER = "127.0.77.9"


async def _told(running, wanted):
    """Wait until all these events, (kind, address) each, can be read."""
    async with asyncio.timeout(10):
        with running.box.events.subscribe(None) as happenings:
            while True:
                listed = (await running.ask("GET", "/security"))["events"]
                if wanted <= {(event["kind"], event["address"]) for event in listed}:
                    return
                await happenings.next()


async def _registration(phone, user, password, **options):
    made = await phone(user, register=False, password=password, **options)
    return await made.register()


async def test_wrong_user_and_wrong_password_are_told_the_same(phone):
    unknown = await _registration(phone, "999", PASSWORD)
    wrong = await _registration(phone, "101", "wrong")
    assert unknown.status == wrong.status == 401
    assert [name for name, _ in unknown.fields] == [name for name, _ in wrong.fields]


async def test_a_guesser_is_shut_out_and_a_phone_beside_it_goes_on(running, phone, monkeypatch):
    monkeypatch.setattr(guard, "LONGEST_DELAY", 0.01)
    monkeypatch.setattr(guard, "FIRST_DELAY", 0.01)
    alice = await phone("101")
    guesser = await phone("102", register=False, password="guess", host=INTRUDER)
    for _ in range(guard.SHUT_OUT_AFTER):
        assert (await guesser.register()).status == 401
    with pytest.raises(NothingCame):
        await guesser.ask("OPTIONS", seconds=0.3)
    assert (await alice.register()).status == 200
    await _told(running, {("wrong_password", INTRUDER), ("banned", INTRUDER)})
    bans = (await running.ask("GET", "/security"))["bans"]
    assert [ban["address"] for ban in bans] == [INTRUDER]
    await running.ask("DELETE", f"/security/bans/{INTRUDER}")
    assert (await _registration(phone, "102", PASSWORD, host=INTRUDER)).status == 200


async def test_failures_from_a_phone_s_own_address_only_slow(running, phone, monkeypatch):
    monkeypatch.setattr(guard, "LONGEST_DELAY", 0.01)
    monkeypatch.setattr(guard, "FIRST_DELAY", 0.01)
    alice = await phone("101")
    neighbour = await phone("102", register=False, password="guess")
    for _ in range(guard.SHUT_OUT_AFTER + 5):
        assert (await neighbour.register()).status == 401
    assert (await alice.register()).status == 200
    assert (await running.ask("GET", "/security"))["bans"] == []


async def test_who_only_asks_around_is_shut_out_and_told(running, phone, monkeypatch):
    monkeypatch.setattr(guard, "ASKED_FORGIVEN", 3)
    alice = await phone("101")
    scanner = await phone("100", register=False, host=INTRUDER)
    for number in range(100, 100 + 3 + guard.SHUT_OUT_AFTER):
        call = scanner.call(f"00442079460{number}")
        call.invite()
        assert (await call.response(least=300)).status == 401
    with pytest.raises(NothingCame):
        await scanner.ask("OPTIONS", seconds=0.3)
    await _told(running, {("looks_around", INTRUDER), ("banned", INTRUDER)})
    for _ in range(2 * guard.SHUT_OUT_AFTER):
        assert (await alice.ask("SUBSCRIBE")).status == 401
    assert (await alice.register()).status == 200


async def test_who_guesses_beside_a_phone_learns_nothing_even_when_right(running, phone, monkeypatch):
    for name, value in (("LONGEST_DELAY", 0.01), ("FIRST_DELAY", 0.01), ("GUESSES_AFTER", 30)):
        monkeypatch.setattr(guard, name, value)
    alice = await phone("101")
    guesser = await phone("102", register=False, password="guess")
    for _ in range(29):
        assert (await guesser.register()).status == 401
    assert (await _registration(phone, "102", PASSWORD)).status == 200
    assert (await guesser.register()).status == 401
    assert (await _registration(phone, "103", PASSWORD)).status == 401
    assert (await alice.register()).status == 200
    assert (await _registration(phone, "103", PASSWORD, host=INTRUDER)).status == 200
    await _told(running, {("guessing", "127.0.0.1")})


async def test_a_wrong_password_is_answered_later_each_time(phone):
    guesser = await phone("102", register=False, password="guess", host=INTRUDER)
    for _ in range(guard.FORGIVEN):
        await guesser.register()
    began = asyncio.get_running_loop().time()
    assert (await guesser.register()).status == 401
    assert asyncio.get_running_loop().time() - began >= guard.FIRST_DELAY


async def test_who_comes_from_outside_gets_no_answer_until_the_office_opens(running, phone, monkeypatch):
    for judge in (running.box.doors, running.box.phones):
        monkeypatch.setattr(judge, "is_near", lambda address: address != INTRUDER)
    stranger = await phone("101", register=False, host=INTRUDER)
    with pytest.raises(NothingCame):
        await stranger.ask("OPTIONS", seconds=0.3)
    settings = running.box.configuration
    office = settings.office.model_copy(update={"phones_outside": True})
    settings = settings.with_singleton("office", office)
    await running.set(settings)
    assert (await stranger.register()).status == 401
    for key, person in settings.people.items():
        settings = settings.with_record("people", key, person.model_copy(update={"outside_allowed": True}))
    await running.set(settings)
    assert (await stranger.register()).status == 200
