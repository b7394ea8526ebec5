"""A line with several servers: when the next one is tried, and that nothing of the first remains."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from appliance.legs.outgoing import LineFull, OutgoingLeg
from appliance.legs.sessions import Sound
from appliance.routing.steps import Outcome
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Codec, parse_sdp
from tests.support.raw_messages import description
from tests.support.scripted_calls import settle
from tests.support.scripted_signalling import ScriptedStack, attempt

CALLER = Sound((*DEFAULT_CODECS, Codec(9, "G722", 8000)))


def ringing(stack: ScriptedStack) -> tuple[OutgoingLeg, asyncio.Future, list[int]]:
    ways = [attempt(stack, host) for host in ("first", "second")]
    leg = OutgoingLeg(stack.around(), "0612345678", ways, Sound(DEFAULT_CODECS))
    opened: list[int] = []
    leg.when_early(lambda: opened.append(1))
    return leg, asyncio.ensure_future(leg.dial()), opened


async def test_a_server_that_tries_is_not_left_for_its_slowness(monkeypatch):
    monkeypatch.setattr("appliance.legs.outgoing.SERVER_SECONDS", 0.01)
    stack = ScriptedStack()
    leg, dialling, _ = ringing(stack)
    await settle()
    stack.progress("s1", 100)
    await asyncio.sleep(0.02)
    assert len(stack.invitations) == 1
    stack.accepted("s1", description(6000, "127.0.0.2"))
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


@pytest.mark.feature("OUT-5", "OUT-9")
@pytest.mark.parametrize("line_id", ["line", None])
async def test_the_last_server_of_a_line_is_left_when_it_stays_silent_and_no_phone_is(monkeypatch, line_id):
    """Whoever calls hears nothing meanwhile; a phone that rings late is none the worse."""
    monkeypatch.setattr("appliance.legs.outgoing.LAST_SERVER_SECONDS", 0.01)
    stack = ScriptedStack()
    way = attempt(stack, "only")
    leg = OutgoingLeg(
        stack.around(), "0612345678", [lambda: replace(way(), line_id=line_id)], Sound(DEFAULT_CODECS)
    )
    dialling = asyncio.ensure_future(leg.dial())
    if line_id:
        result = await dialling
        assert (result.outcome, result.status) == (Outcome.UNREACHABLE, 408)
        assert "s1 hung up" in stack.story
    else:
        await asyncio.sleep(0.03)
        assert not dialling.done()
        stack.accepted("s1", description(6000, "127.0.0.2"))
        assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


async def test_the_next_servers_early_audio_replaces_the_firsts():
    stack = ScriptedStack()
    leg, dialling, opened = ringing(stack)
    await settle()
    stack.progress("s1", 183, description(6000, "127.0.0.2"))
    stack.refused("s1", 503)
    await settle()
    stack.progress("s2", 183, description(7000, "127.0.0.3"))
    agreed = stack.ports[0].agreement
    assert agreed and (agreed.remote_host, agreed.remote_port) == ("127.0.0.3", 7000)
    assert opened == [1, 1]
    stack.accepted("s2", b"")
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


async def test_an_answer_without_description_after_another_server_spoke_is_none():
    stack = ScriptedStack()
    leg, dialling, _ = ringing(stack)
    await settle()
    stack.progress("s1", 183, description(6000, "127.0.0.2"))
    stack.refused("s1", 503)
    await settle()
    stack.accepted("s2", b"")
    assert (await dialling).status == 488
    leg.close()


async def test_a_line_that_is_full_is_passed_over_without_a_packet():
    stack = ScriptedStack()

    def full():
        raise LineFull("first")

    leg = OutgoingLeg(stack.around(), "0612345678", [full, attempt(stack, "second")], Sound(DEFAULT_CODECS))
    dialling = asyncio.ensure_future(leg.dial())
    await settle()
    assert len(stack.invitations) == 1
    stack.accepted("s1", description(6000, "127.0.0.2"))
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


def redirecting(stack: ScriptedStack, follows: int) -> tuple[OutgoingLeg, asyncio.Future, list[str]]:
    """A leg whose provider may send it elsewhere so often; the hosts it was told of."""
    told: list[str] = []

    def redirect(line_id, contacts):
        told.extend(contact.host for contact in contacts)
        return attempt(stack, contacts[0].host) if len(told) <= follows else None

    leg = OutgoingLeg(
        stack.around(), "0612345678", [attempt(stack)], Sound(DEFAULT_CODECS), redirect=redirect
    )
    return leg, asyncio.ensure_future(leg.dial()), told


async def test_a_redirection_is_followed():
    stack = ScriptedStack()
    leg, dialling, told = redirecting(stack, follows=1)
    await settle()
    stack.redirected("s1", "elsewhere")
    await settle()
    stack.accepted("s2", description(6000, "127.0.0.2"))
    assert (await dialling).outcome is Outcome.ANSWERED
    assert told == ["elsewhere"]
    leg.close()


async def test_redirections_end():
    stack = ScriptedStack()
    leg, dialling, told = redirecting(stack, follows=99)
    for turn in range(1, 5):
        await settle()
        stack.redirected(f"s{turn}", "elsewhere")
    assert (await dialling).status == 302
    assert len(told) == 3
    leg.close()


async def test_each_line_is_offered_its_own_codecs():
    stack = ScriptedStack()
    lines = [replace(attempt(stack)(), codecs=codecs) for codecs in (("PCMU",), (), ("G722", "PCMA"))]
    leg = OutgoingLeg(stack.around(), "0612345678", [partial(lambda one: one, one) for one in lines], CALLER)
    dialling = asyncio.ensure_future(leg.dial())
    for session in ("s1", "s2", "s3"):
        await settle()
        stack.refused(session, 503)
    await dialling
    offered = [
        [codec.name for codec in parse_sdp(each.body).media[0].codecs if codec.name != "telephone-event"]
        for each in stack.invitations
    ]
    assert offered[0] == ["PCMU"]
    assert set(offered[1]) == {"PCMA", "PCMU", "G722"}
    assert offered[2] == ["G722", "PCMA"]
