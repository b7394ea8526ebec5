"""Questions answered by keys: what the caller hears, and what counts as an answer."""

import asyncio

import pytest

from appliance.calls import keys
from appliance.calls.keys import ask
from appliance.routing.steps import Ask, Keys, Speech
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call

QUESTION = Ask(Speech(text="question"), frozenset({"1", "2", "101", "102"}), 5)


@pytest.fixture
def story():
    return []


@pytest.fixture
def caller(story):
    return ScriptedCaller(story, "caller")


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(keys, "BETWEEN_KEYS", 0.01)


async def answer(story, caller, *pressed, step=QUESTION):
    for key in pressed:
        caller.media.digits.put_nowait(key)
    return await ask(ScriptedBoard(story), scripted_call(caller), step)


@pytest.mark.feature("MENU-1")
@pytest.mark.parametrize(
    ("pressed", "understood"),
    [("2", "2"), ("101", "101"), ("1", "1"), ("1#", "1"), ("10", "10"), ("9", "9"), ("109", "109")],
)
async def test_keys_make_an_answer(story, caller, pressed, understood):
    assert await answer(story, caller, *pressed) == Keys(understood)
    assert caller.answered


@pytest.mark.feature("MENU-1")
async def test_no_key_is_no_answer(story, caller):
    step = Ask(QUESTION.speech, QUESTION.answers, 0)
    assert await answer(story, caller, step=step) == Keys("")
    assert story[-1] == "caller hears question"


@pytest.mark.feature("MENU-1")
async def test_a_key_silences_the_words(story, caller):
    started = asyncio.Event()

    async def endless(sound, *, loop=False):
        started.set()
        await asyncio.Event().wait()

    caller.media.play = endless
    asking = asyncio.ensure_future(answer(story, caller))
    await started.wait()
    caller.media.digits.put_nowait("2")
    assert await asking == Keys("2")


async def test_keys_of_a_caller_in_a_hurry_wait_for_the_next_question(story, caller):
    assert await answer(story, caller, "2", "1") == Keys("2")
    assert await answer(story, caller) == Keys("1")


async def test_what_is_typed_after_a_wrong_key_is_no_answer(story, caller):
    assert await answer(story, caller, "9", "1") == Keys("9")
    assert caller.media.digits.empty()


async def test_the_caller_is_told_of_a_wrong_key_first(story, caller):
    step = Ask(QUESTION.speech, QUESTION.answers, 0, sorry=Speech(text="sorry"))
    await answer(story, caller, step=step)
    assert story[-2:] == ["caller hears sorry", "caller hears question"]
