"""A call whose story fails: the caller is told, and the record says that the box ended it."""

import pytest

from appliance.calls.follow import run_call
from tests.unit.calls.test_follow import OUTSIDE, Story, rings


async def test_the_caller_of_a_story_that_fails_is_told():
    story = Story(OUTSIDE, rings(None))

    def fails(step, call):
        raise ValueError("no legs today")

    story.board.legs_towards = fails
    with pytest.raises(ExceptionGroup):
        await run_call(story.board, story.call)
    assert story.told[-1] == "caller is refused 500"
    assert story.call.ended_by == "box" and story.caller.closed


async def test_without_audio_ports_the_caller_is_told_to_come_back():
    story = Story(OUTSIDE, rings(None))

    def fails(step, call):
        raise OSError("no port left")

    story.board.legs_towards = fails
    with pytest.raises(ExceptionGroup):
        await run_call(story.board, story.call)
    assert story.told[-1] == "caller is refused 503"
