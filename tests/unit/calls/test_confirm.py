"""The human answer and the whisper: who must press 1, what they hear, who goes on ringing meanwhile."""

import asyncio

import pytest

from appliance.calls import confirm
from appliance.calls.ring import ring
from appliance.configuration.fields import Language
from appliance.routing.steps import ExternalTarget, Introduction, Outcome, Ring, Speech
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

STEP = Ring((ExternalTarget("+33639980001", None, ("l1",)),), 20, Language.FRENCH)
WHO = (Speech(prompt_name="who calls"),)
ASKED = Introduction(WHO, Speech(prompt_name=", press 1"), 15)
AT_ONCE = Introduction(WHO, Speech(prompt_name=", press 1"), 0)
WHISPERED = Introduction(WHO)


def office(**introductions: Introduction | None):
    story: list[str] = []
    legs = []
    for name, introduction in introductions.items():
        leg = ScriptedCallee(story, name)
        leg.introduction = introduction
        legs.append(leg)
    board = ScriptedBoard(story, legs)
    call = scripted_call(ScriptedCaller(story, "caller"))
    return story, legs, asyncio.ensure_future(ring(board, call, STEP)), call


@pytest.mark.feature("CONF-1")
async def test_the_key_one_connects_and_not_before():
    story, (mobile,), ringing, _ = office(mobile=ASKED)
    await settle()
    mobile.answers()
    await settle()
    assert story[-1] == "mobile hears who calls, press 1"
    assert "caller is answered" not in story
    mobile.media.digits.put_nowait("1")
    await settle()
    assert story[-2:] == ["caller is answered", "caller and mobile are joined"]
    mobile.hangs_up()
    assert await ringing is None


@pytest.mark.feature("CONF-1", "RING-9")
async def test_a_voicemail_that_answers_first_leaves_the_others_ringing(monkeypatch):
    monkeypatch.setattr(confirm, "PAUSE_SECONDS", 0.0)
    story, (mobile, desk), ringing, call = office(mobile=AT_ONCE, desk=None)
    await settle()
    mobile.answers()
    await settle()
    assert mobile.closed
    assert not ringing.done() and "desk stops ringing" not in story
    desk.answers()
    await settle()
    assert call.answered_by_id == "desk" and "caller and desk are joined" in story
    desk.hangs_up()
    assert await ringing is None


@pytest.mark.feature("CONF-1")
@pytest.mark.parametrize(
    ("what", "told"), [("key", Outcome.DECLINED), ("leaves", Outcome.NO_ANSWER)], ids=["key", "hang-up"]
)
async def test_another_key_or_hanging_up_does_not_take_the_call(what, told):
    story, (mobile,), ringing, call = office(mobile=ASKED)
    await settle()
    mobile.answers()
    await settle()
    if what == "key":
        mobile.media.digits.put_nowait("2")
    else:
        mobile.hangs_up()
    assert await ringing is told
    assert mobile.closed and call.answered_at is None and "caller is answered" not in story


@pytest.mark.feature("CONF-1")
async def test_who_listens_goes_silent_when_somebody_else_takes_the_call():
    story, (mobile, desk), ringing, _ = office(mobile=ASKED, desk=None)
    await settle()
    mobile.answers()
    await settle()
    desk.answers()
    await settle()
    heard = len([line for line in story if line.startswith("mobile hears")])
    assert mobile.closed and "caller and desk are joined" in story
    await settle()
    assert len([line for line in story if line.startswith("mobile hears")]) == heard
    desk.hangs_up()
    await ringing


@pytest.mark.feature("CONF-1")
async def test_who_listens_as_the_ringing_ends_keeps_their_time():
    story, legs, ringing, _ = office(mobile=ASKED, desk=None)
    mobile, desk = legs
    ringing.cancel()
    board, call = ScriptedBoard(story, legs), scripted_call(ScriptedCaller(story, "caller"))
    mobile.answers()
    ringing = asyncio.ensure_future(ring(board, call, Ring(STEP.targets, 0, Language.FRENCH)))
    await settle()
    assert "desk stops ringing" in story
    assert not ringing.done()
    mobile.media.digits.put_nowait("1")
    await settle()
    assert "caller and mobile are joined" in story
    mobile.hangs_up()
    assert await ringing is None


@pytest.mark.feature("WHISP-1")
async def test_who_picks_up_hears_who_calls_alone_before_they_are_joined():
    story, (desk, other), ringing, _ = office(desk=WHISPERED, other=WHISPERED)
    await settle()
    desk.answers()
    await settle()
    whispered, answered = story.index("desk hears who calls"), story.index("caller is answered")
    assert story.index("other stops ringing") < whispered < answered
    assert story.index("caller and desk are joined") > answered
    desk.hangs_up()
    assert await ringing is None


@pytest.mark.feature("WHISP-1")
async def test_hanging_up_during_the_whisper_does_not_take_the_call():
    story, (desk,), ringing, call = office(desk=WHISPERED)
    await settle()
    desk._ended.set()
    desk.answers()
    assert await ringing is Outcome.DECLINED
    assert call.answered_at is None and "caller is answered" not in story


async def test_who_answers_and_leaves_in_the_same_breath_has_taken_the_call():
    story, (desk,), ringing, call = office(desk=None)
    await settle()
    desk.answers()
    desk.hangs_up()
    assert await ringing is None
    assert "caller is answered" in story and call.outcome == "answered"
