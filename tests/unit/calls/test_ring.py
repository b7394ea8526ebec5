"""Ringing: who rings, who stops, what the caller is told."""

import asyncio

import pytest

from appliance.calls.ring import ring
from appliance.configuration.fields import Language
from appliance.legs.leg import DialResult
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from tests.support.scripted_calls import (
    ScriptedBoard,
    ScriptedCallee,
    ScriptedCaller,
    scripted_call,
    settle,
)

STEP = Ring((PhoneTarget("ph1", "p1"),), 20, Language.FRENCH)


def office(*outcomes: Outcome | None):
    story: list[str] = []
    legs = [ScriptedCallee(story, name, outcome) for name, outcome in zip("abc", outcomes, strict=False)]
    caller = ScriptedCaller(story, "caller")
    return story, legs, caller, ScriptedBoard(story, legs), scripted_call(caller)


@pytest.mark.feature("RING-2")
async def test_one_of_three_answers_and_the_others_stop():
    story, legs, caller, board, call = office(None, None, None)
    talking = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    legs[1].answers()
    await settle()
    assert story[:4] == ["caller is told it rings", "a rings", "b rings", "c rings"]
    assert "a stops ringing" in story and "c stops ringing" in story
    assert legs[0].closed and legs[2].closed and not legs[1].closed
    assert "caller and b are joined" in story
    legs[1].hangs_up()
    assert await talking is None
    assert story[-1] == "caller and b are parted"
    assert call.outcome == "answered" and call.ended_by == "callee"
    assert all(leg.closed for leg in legs)


@pytest.mark.feature("RING-3")
async def test_nobody_answers_within_the_time():
    story, legs, caller, board, call = office(None, None)
    assert await ring(board, call, Ring(STEP.targets, 0, Language.FRENCH)) is Outcome.NO_ANSWER
    assert all(leg.closed for leg in legs)


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ((Outcome.BUSY,), Outcome.BUSY),
        ((Outcome.UNREACHABLE, Outcome.BUSY), Outcome.BUSY),
        ((Outcome.DECLINED, Outcome.BUSY), Outcome.DECLINED),
        ((Outcome.UNREACHABLE, Outcome.UNREACHABLE), Outcome.UNREACHABLE),
    ],
)
async def test_the_most_telling_failure_is_told(outcomes, told):
    _, legs, _, board, call = office(*outcomes)
    assert await ring(board, call, STEP) is told
    assert all(leg.closed for leg in legs)


async def test_a_refusal_for_all_stops_the_other_devices():
    story, legs, caller, board, call = office(None, None)
    attempt = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    legs[1].person_id = legs[0].person_id
    legs[0].ended_dialling.set_result(DialResult(Outcome.DECLINED, 603, for_all=True))
    assert await attempt is Outcome.DECLINED
    assert "b stops ringing" in story


async def test_nothing_to_ring_is_unreachable_at_once():
    _, _, _, board, call = office()
    assert await ring(board, call, STEP) is Outcome.UNREACHABLE


async def test_a_cancelled_call_releases_every_leg():
    story, legs, caller, board, call = office(None, None)
    attempt = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert all(leg.closed for leg in legs)
    assert "a stops ringing" in story and "b stops ringing" in story


async def test_an_answered_caller_hears_ringback_as_a_tone():
    story, legs, caller, board, call = office(None)
    caller.answered = True
    attempt = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    assert "caller hears ringback..." in story
    legs[0].answers()
    await settle()
    assert story.index("caller hears no tone") < story.index("caller and a are joined")
    legs[0].hangs_up()
    await attempt


async def test_early_media_of_a_single_leg_is_heard_before_the_answer():
    story, legs, caller, board, call = office(None)
    attempt = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    legs[0].early()
    await settle()
    assert "caller hears a early" in story and "caller and a are joined" in story
    from appliance.legs.leg import DialResult

    legs[0].ended_dialling.set_result(DialResult(Outcome.BUSY))
    assert await attempt is Outcome.BUSY
    assert story[-1] == "caller and a are parted"


async def test_a_session_change_is_passed_to_the_other_side():
    story, legs, caller, board, call = office(None)
    attempt = asyncio.ensure_future(ring(board, call, STEP))
    await settle()
    legs[0].answers()
    await settle()

    class Wish:
        wanted = caller.sound
        accepted = None

        def accept(self, other):
            self.accepted = other
            return True

    wish = Wish()
    caller.queue.put_nowait(wish)
    await settle()
    assert legs[0].proposals == [caller.sound] and wish.accepted == legs[0].sound
    legs[0].hangs_up()
    await attempt
