"""What a restart changes for phones: nothing; what a lost phone changes: it is not rung."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.raw_sip import connected


async def test_registrations_outlive_a_restart(running, phone):
    await phone("101")
    bruno = await phone("102")
    await running.stop()
    await running.start()
    assert running.box.phones.registered() == {"alice-desk", "bruno-desk"}
    chloe = await phone("103")
    call, heard = await connected(chloe, bruno, "102")
    await call.hang_up()
    await heard.hung_up()
    await running.at_rest()


async def test_a_registration_that_runs_out_takes_the_phone_off_the_list(running, phone):
    await phone("101")
    clock, later = running.box.clock, 7200
    running.box.phones._clock = SimpleNamespace(
        epoch=lambda: clock.epoch() + later, monotonic=lambda: clock.monotonic() + later
    )
    await running.until(lambda: not running.box.phones.registered(), "the phone is gone", 10)
    phones = (await running.ask("GET", "/state"))["phones"]
    assert not any(each["online"] for each in phones)


async def test_an_unregistered_phone_is_gone_at_once(running, phone):
    alice = await phone("101")
    assert (await alice.register(expires=0)).status == 200
    assert not running.box.phones.registered()
    await running.stop()
    await running.start()
    assert not running.box.phones.registered()


@pytest.mark.parametrize("change", ["password", "deleted", "disabled"])
async def test_a_phone_that_may_no_longer_register_is_gone_at_once(running, phone, change):
    alice = await phone("101")
    settings = running.box.configuration
    desk = settings.phones["alice-desk"]
    if change == "password":
        from pydantic import SecretStr

        settings = settings.with_record(
            "phones", desk.id, desk.model_copy(update={"sip_password": SecretStr("another-word-9")})
        )
    elif change == "deleted":
        settings = settings.without_record("phones", desk.id)
    else:
        settings = settings.with_record("phones", desk.id, desk.model_copy(update={"enabled": False}))
    await running.set(settings)
    assert not running.box.phones.registered()
    assert (await alice.register()).status == 401
    await running.stop()
    await running.start()
    assert not running.box.phones.registered()


async def test_stopping_the_box_ends_its_calls(running, phone):
    alice, bruno = await phone("101"), await phone("102")
    call, heard = await connected(alice, bruno, "102")
    await running.stop()
    await call.hung_up()
    await heard.hung_up()
    await running.start()
    assert (await running.box.history.list()).total == 1
