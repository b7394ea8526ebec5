"""The address that the outside sees: each line is told its own, and nobody waits for a silent server."""

from __future__ import annotations

import socket

import pytest
from pydantic import SecretStr

from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import OutsideAddress, SipTrunk
from appliance.runtime import outside
from tests.integration.box.offices import NUMBER, OUTSIDER, PROVIDER_HOST, office_of_three
from tests.support.raw_messages import description
from tests.support.raw_sip import RawCall

SECOND = "+33299005678"
OURS, THEIRS = "203.0.113.7", "198.51.100.20"


def two_lines(port: int, first: dict[str, object], second: dict[str, object]) -> Configuration:
    """The office of three with another line to the same server, each line beyond an address of its own."""
    settings = office_of_three(port)
    trunk, main = settings.lines["trunk"], settings.numbers["main"]
    other = SipTrunk.model_validate({**trunk.model_dump(), "id": "other", "main_number_id": None, **second})
    number = main.model_copy(update={"id": "second", "line_id": "other", "number": SECOND})
    trunk = SipTrunk.model_validate({**trunk.model_dump(), **first})
    for line in (trunk, other):
        settings = settings.with_record("lines", line.id, line)
    return settings.with_record("numbers", number.id, number)


def fixed(host: str, **more: object) -> dict[str, object]:
    return {"outside_address": OutsideAddress.FIXED, "outside_host": host, **more}


def host_of(contact: str) -> str:
    return contact.partition("@")[2].partition(":")[0]


async def gives_up(call: RawCall, heard: RawCall) -> None:
    """Whoever calls has it ring, and hangs up."""
    heard.answer(180)
    await call.ringing()
    call.cancel()
    assert (await call.refused()).status == 487
    await heard.cancelled()


@pytest.mark.feature("NUM-2", "OUT-3")
async def test_lines_that_share_their_server_are_each_told_their_own_address(running, provider, phone, audio):
    port = provider.address[1]
    await running.set(two_lines(port, fixed(OURS, prefix="801"), fixed(THEIRS, prefix="802")))
    alice = await phone("101")
    mouth = await audio()
    for prefix, address in (("801", OURS), ("802", THEIRS)):
        call = alice.call(f"{prefix}0639981234")
        await call.invite_authenticated(description(mouth.port))
        heard = await provider.incoming()
        assert heard.invitation.uri.startswith(f"sip:{OUTSIDER}@")
        assert (host_of(heard.invitation.contact), heard.invitation.media[0]) == (address, address)
        await gives_up(call, heard)
    for number, address in ((NUMBER, OURS), (SECOND, THEIRS)):
        call = provider.call(f"sip:{number}@{provider.domain}", from_user=OUTSIDER)
        call.invite(description(mouth.port))
        taken = await alice.incoming()
        taken.answer(200, description(mouth.port))
        answer = await call.accepted()
        await taken.request("ACK")
        assert (host_of(answer.contact), answer.media[0]) == (address, address)
        await call.hang_up()
        await taken.hung_up()
    await running.at_rest()


@pytest.mark.feature("OUT-9")
async def test_a_call_that_falls_over_to_another_line_tells_it_that_lines_address(
    running, provider, phone, audio
):
    port = provider.address[1]
    await running.set(two_lines(port, fixed(OURS), fixed(THEIRS)))
    alice = await phone("101")
    mouth = await audio()
    call = alice.call("0639981234")
    await call.invite_authenticated(description(mouth.port))
    first = await provider.incoming()
    first.answer(503)
    await first.request("ACK")
    second = await provider.incoming()
    await gives_up(call, second)
    told = [(host_of(each.invitation.contact), each.invitation.media[0]) for each in (first, second)]
    assert sorted(told) == sorted([(OURS, OURS), (THEIRS, THEIRS)])
    await running.at_rest()


@pytest.mark.feature("NUM-2")
async def test_a_silent_stun_server_keeps_a_line_from_nothing_and_is_said(running, provider, monkeypatch):
    monkeypatch.setattr(outside, "STUN_WAITS", (0.05, 0.05))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((PROVIDER_HOST, 0))
        server = f"{PROVIDER_HOST}:{deaf.getsockname()[1]}"
        asks = {"outside_address": OutsideAddress.STUN, "outside_host": server}
        await running.set(two_lines(provider.address[1], asks, {"enabled": False}))

        def told():
            return next(line for line in running.box.lines.live() if line.line_id == "trunk")

        await running.until(lambda: told().outside_problem == "stun_silent", "the silence said")
        assert told().state == "up" and told().outside == ""


@pytest.mark.feature("NUM-2")
async def test_a_call_of_the_marked_line_is_that_lines_whoever_shares_its_server(running, provider, phone):
    """What registered last bears a mark of its own in its Contact, which the provider calls."""
    sign_in = {"mode": "registered", "user": "0299005678", "password": SecretStr("secret-of-the-line")}
    await running.set(two_lines(provider.address[1], {}, fixed(THEIRS, main_number_id="second", **sign_in)))
    registration = await provider.outside.take(lambda m: m.method == "REGISTER", "a registration", 10.0)
    alice = await phone("101")
    call: RawCall = provider.call(registration.contact, from_user=OUTSIDER)
    call.invite()
    heard = await alice.incoming()
    (live,) = running.box.live().calls
    assert (live.line_id, live.number_id) == ("other", "second")
    await gives_up(call, heard)
    await running.at_rest()
