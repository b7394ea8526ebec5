"""Dialling a leg: how each answer of the far side counts, and that every ending frees what was taken."""

import asyncio

import pytest

from appliance.legs.outgoing import OutgoingLeg
from appliance.legs.refusals import outcome_of
from appliance.legs.sessions import Sound
from appliance.routing.steps import Outcome
from appliance.sip import events
from appliance.sip.offer_answer import DEFAULT_CODECS
from tests.support.raw_messages import description
from tests.support.scripted_calls import settle
from tests.support.scripted_signalling import ScriptedStack, attempt

ANSWER = description(6000, "127.0.0.2")


def ringing(stack: ScriptedStack, *hosts: str) -> tuple[OutgoingLeg, asyncio.Future]:
    ways = [attempt(stack, host) for host in hosts or ("phone",)]
    leg = OutgoingLeg(stack.around(), "Bruno", ways, Sound(DEFAULT_CODECS), "bruno")
    return leg, asyncio.ensure_future(leg.dial())


async def test_an_answer_settles_the_audio():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.progress("s1", 180)
    stack.accepted("s1", ANSWER)
    assert (await dialling).outcome is Outcome.ANSWERED
    agreed = stack.ports[0].agreement
    assert agreed and (agreed.remote_host, agreed.remote_port) == ("127.0.0.2", 6000)
    assert [codec.name for codec in leg.sound.codecs] == ["PCMA"]
    leg.close()
    leg.close()
    assert stack.story == ["INVITE phone as s1", "s1 hung up", "audio closed"]
    assert not stack.handlers


@pytest.mark.parametrize(
    ("status", "outcome", "for_all"),
    [
        (486, Outcome.BUSY, False),
        (600, Outcome.BUSY, True),
        (603, Outcome.DECLINED, True),
        (403, Outcome.DECLINED, False),
        (480, Outcome.UNREACHABLE, False),
        (404, Outcome.UNREACHABLE, False),
        (487, Outcome.NO_ANSWER, False),
        (503, Outcome.UNREACHABLE, False),
        (302, Outcome.UNREACHABLE, False),
    ],
)
@pytest.mark.feature("RING-1")
async def test_each_refusal_has_its_meaning(status, outcome, for_all):
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.refused("s1", status)
    result = await dialling
    assert (result.outcome, result.status, result.for_all) == (outcome, status, for_all)
    assert outcome_of(status) is outcome
    leg.close()
    assert stack.ports[0].closed and not stack.handlers and "s1 hung up" not in stack.story


@pytest.mark.parametrize("status", [401, 402, 408, 500, 502, 503, 504, 580])
async def test_a_failing_server_leads_to_the_next(status):
    stack = ScriptedStack()
    leg, dialling = ringing(stack, "first", "second")
    await settle()
    stack.refused("s1", status)
    await settle()
    assert stack.story == ["INVITE first as s1", "INVITE second as s2"]
    stack.accepted("s2", ANSWER)
    assert (await dialling).outcome is Outcome.ANSWERED
    assert not leg.has_ended
    leg.close()
    assert len(stack.ports) == 1 and stack.ports[0].closed


async def test_a_refusal_of_the_called_is_not_tried_elsewhere():
    stack = ScriptedStack()
    leg, dialling = ringing(stack, "first", "second")
    await settle()
    stack.refused("s1", 486)
    assert (await dialling).outcome is Outcome.BUSY
    assert len(stack.invitations) == 1
    leg.close()


async def test_a_silent_server_is_left_for_the_next(monkeypatch):
    monkeypatch.setattr("appliance.legs.outgoing.SERVER_SECONDS", 0.01)
    stack = ScriptedStack()
    leg, dialling = ringing(stack, "first", "second")
    await settle()
    await asyncio.sleep(0.02)
    assert len(stack.invitations) == 2
    assert "s1 hung up" in stack.story and "s1" not in stack.handlers
    stack.progress("s2", 180)
    stack.accepted("s2", ANSWER)
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


async def test_early_media_is_opened_once_and_kept_by_an_answer_without_description():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    opened: list[int] = []
    leg.when_early(lambda: opened.append(1))
    await settle()
    stack.progress("s1", 180)
    stack.progress("s1", 183, ANSWER)
    stack.progress("s1", 183, ANSWER)
    assert opened == [1] and stack.ports[0].agreement
    stack.accepted("s1", b"")
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


async def test_early_media_is_left_alone_when_nobody_wants_it():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.progress("s1", 183, ANSWER)
    assert stack.ports[0].agreement is None
    stack.accepted("s1", ANSWER)
    await dialling
    leg.close()


async def test_early_media_that_cannot_be_read_is_ignored():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    leg.when_early(lambda: pytest.fail("nothing to hear"))
    await settle()
    stack.progress("s1", 183, b"v=nonsense")
    stack.accepted("s1", ANSWER)
    assert (await dialling).outcome is Outcome.ANSWERED
    leg.close()


@pytest.mark.parametrize("body", [b"", b"v=nonsense", description(codecs="18")])
async def test_an_answer_without_audio_we_can_take_is_hung_up(body):
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.accepted("s1", body)
    result = await dialling
    assert (result.outcome, result.status) == (Outcome.UNREACHABLE, 488)
    assert stack.story[-2:] == ["s1 hung up", "audio closed"]


@pytest.mark.parametrize("moment", ["at once", "while it rings", "with early media"])
async def test_dialling_that_is_cancelled_stops_the_ringing(moment):
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    leg.when_early(lambda: None)
    await settle()
    if moment == "while it rings":
        stack.progress("s1", 180)
    elif moment == "with early media":
        stack.progress("s1", 183, ANSWER)
    dialling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert stack.story[1:] == ["s1 hung up", "audio closed"]
    assert not stack.handlers


async def test_without_an_audio_port_nobody_is_rung():
    stack = ScriptedStack()
    stack.ports_left = False
    leg, dialling = ringing(stack)
    assert (await dialling).outcome is Outcome.UNREACHABLE
    assert not stack.invitations
    leg.close()


async def test_nowhere_to_send_it_is_unreachable():
    stack = ScriptedStack()
    leg = OutgoingLeg(stack.around(), "Bruno", [], Sound(DEFAULT_CODECS))
    assert (await leg.dial()).outcome is Outcome.UNREACHABLE


async def test_a_callee_that_hangs_up_is_noticed_once():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.accepted("s1", ANSWER)
    await dialling
    told: list[str] = []
    leg.when_ended(lambda: told.append("ended"))
    stack.hangs_up("s1")
    stack.hangs_up("s1")
    await leg.wait_ended()
    leg.when_ended(lambda: told.append("at once"))
    assert told == ["ended", "at once"] and leg.has_ended
    leg.close()
    assert "s1 hung up" not in stack.story


async def test_a_lost_transport_while_it_rings_is_unreachable():
    stack = ScriptedStack()
    leg, dialling = ringing(stack)
    await settle()
    stack.tells(events.Ended("s1", "transport", "gone"))
    assert (await dialling).outcome is Outcome.UNREACHABLE
    leg.close()
