"""A line plays dead for a test of the operator's forward: it alone, for a while, and never for help."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.integration.box.offices import OUTSIDER, PROVIDER_HOST, office_of_three
from tests.integration.box.test_outside_calls import arrives, reply
from tests.interop.box import Refused
from tests.support.raw_messages import description

pytestmark = pytest.mark.feature("BACKUP-2")

FORWARD = "/lines/trunk/forward"


async def playing_dead(running) -> None:
    await running.ask("PUT", FORWARD, {"number": OUTSIDER, "set_up": True})
    told = await running.ask("POST", f"{FORWARD}/test", {})
    assert told["state"] == "testing"
    assert "trunk" not in running.box.lines.up()


async def asked_after(provider) -> int:
    return (await provider.ask("OPTIONS", f"sip:{provider.domain}")).status


async def test_calls_are_turned_away_until_it_ends_also_after_a_restart(running, provider, phone):
    alice = await phone("101")
    assert await asked_after(provider) == 200
    await playing_dead(running)
    call = arrives(provider)
    call.invite()
    assert (await call.refused()).status == 503
    assert await asked_after(provider) == 503
    await running.stop()
    await running.start()
    call = arrives(provider)
    call.invite()
    assert (await call.refused()).status == 503
    told = await running.ask("GET", FORWARD)
    assert told["state"] == "testing" and 0 < told["seconds_left"] <= 180
    assert [each["caller"] for each in told["turned_away"]] == [OUTSIDER, OUTSIDER]

    # Nothing inside is touched.
    bruno = await phone("102")
    inside = bruno.call("101")
    await inside.invite_authenticated()
    heard = await alice.incoming()
    heard.answer(180)
    await inside.ringing()
    inside.cancel()
    await heard.cancelled()

    assert (await running.ask("POST", f"{FORWARD}/end", {}))["state"] == "unjudged"
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is up")
    call = arrives(provider)
    call.invite()
    heard = await alice.incoming()
    heard.answer(180)
    await call.ringing()
    call.cancel()
    await heard.cancelled()
    await running.at_rest()


async def test_a_call_for_help_leaves_by_the_line_and_ends_the_test(running, provider, phone):
    alice = await phone("101")
    await playing_dead(running)
    call = alice.call("112")
    call.invite(description())
    heard = await provider.incoming()
    assert "112" in heard.invitation.uri
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    assert running.box.operator_forwards.seconds_left("trunk") == 0
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is up")
    await call.hang_up()
    await heard.hung_up()
    with pytest.raises(Refused, match="emergency_lately"):
        await running.ask("POST", f"{FORWARD}/test", {})
    await running.at_rest()


async def test_a_call_for_help_that_is_refused_before_the_line_is_back_is_tried_once_more(running, phone):
    provider = await phone("provider", register=False, host=PROVIDER_HOST)
    settings = office_of_three(provider.address[1])
    account = {"mode": "registered", "user": "acct", "password": SecretStr("open-sesame")}
    trunk = settings.lines["trunk"].model_copy(update=account)

    async def registers(expires: str) -> None:
        wanted = lambda message: message.method == "REGISTER" and message.get("expires") == expires
        request = await provider.outside.take(wanted, f"REGISTER for {expires} s", 10)
        reply(provider, request, 200, f"Contact: <{request.contact}>;expires={expires}")

    await running.set(settings.with_record("lines", "trunk", trunk))
    await registers("600")
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is registered")
    alice = await phone("101")
    await playing_dead(running)
    await registers("0")
    call = alice.call("112")
    call.invite(description())
    first = await provider.incoming()
    first.answer(100)
    await registers("600")
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is registered again")
    first.answer(403)
    second = await provider.incoming()
    assert "112" in second.invitation.uri
    await running.is_taken_and_ended(call, second)
    running.box.lines.play_dead("trunk", 180)
    await registers("0")
