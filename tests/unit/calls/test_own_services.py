"""Star codes that people use for themselves: do-not-disturb, the last caller, what the box says of itself."""

import pytest

from appliance.calls.services import HANDLERS, serve
from appliance.configuration.star_codes import DURING_CALL, Action
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome, Service
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call

FACTS = Facts(Direction.INTERNAL, "101", "Alice", "*1", caller_person_id="alice")


@pytest.fixture
def call():
    return scripted_call(ScriptedCaller([], "alice"), FACTS)


@pytest.fixture
def board(call):
    return ScriptedBoard(call.caller.story)


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Keys are waited for a moment."""
    monkeypatch.setattr("appliance.calls.saying.KEY_SECONDS", 0.01)


def test_every_action_that_can_be_dialled_has_a_handler():
    assert set(HANDLERS) == set(Action) - DURING_CALL


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (Action.DO_NOT_DISTURB, False, True),
        (Action.DO_NOT_DISTURB, True, False),
        (Action.DO_NOT_DISTURB_ON, True, True),
        (Action.DO_NOT_DISTURB_OFF, True, False),
    ],
)
@pytest.mark.feature("FWD-6")
async def test_do_not_disturb_is_set_and_said(board, call, action, before, after):
    board.settings["people", "alice", "do_not_disturb"] = before
    assert await serve(board, call, Service(action)) is Outcome.DONE
    assert board.settings["people", "alice", "do_not_disturb"] is after
    assert board.story[-1] == f"alice hears do_not_disturb_{'on' if after else 'off'}"


async def test_a_setting_that_is_refused_is_said_to_be(board, call):
    board.refuses_settings = True
    await serve(board, call, Service(Action.DO_NOT_DISTURB_ON))
    assert board.story == ["caller is answered", "alice hears refused"]


@pytest.mark.parametrize(("number", "told"), [(None, "last_caller_none"), ("", "last_caller_withheld")])
async def test_there_may_be_no_last_caller(board, call, number, told):
    board.last = number
    assert await serve(board, call, Service(Action.LAST_CALLER)) is Outcome.DONE
    assert board.story[-1] == f"alice hears {told}"


async def test_the_last_caller_is_called_with_1(board, call):
    followed = []

    async def follow(to_the_end: bool = False) -> None:
        followed.append((call.facts.called, to_the_end))

    call.follow, board.last = follow, "+33612345678"
    call.caller.media.press_after("last_caller_keys", "1")
    assert await serve(board, call, Service(Action.LAST_CALLER)) is None
    assert followed == [("+33612345678", True)]


async def test_without_a_key_nobody_is_called(board, call):
    board.last = "+33612345678"
    assert await serve(board, call, Service(Action.LAST_CALLER)) is Outcome.DONE


async def test_the_box_says_the_extension_and_its_address(board, call):
    await serve(board, call, Service(Action.ABOUT))
    assert board.said[0].parameters == {"number": "101"}
    assert board.said[1].parameters == {"address": "192.0.2.1"}
    assert board.story[1:] == ["alice hears own_extension", *["alice hears own_address"] * 2]


@pytest.mark.feature("IN-9")
@pytest.mark.parametrize(
    ("number", "key", "locked", "asked", "told"),
    [
        ("+33612345678", "1", set(), [("block", "+33612345678")], "caller_blocked"),
        ("+33612345678", "1", {"block"}, [("block", "+33612345678")], "caller_not_blocked"),
        ("+33612345678", "2", set(), [], "block_caller_keys"),
        ("102", "1", set(), [], "caller_not_blocked"),
        ("", "1", set(), [], "last_caller_withheld"),
        (None, "1", set(), [], "last_caller_none"),
        ("+33612345678", "1", {"phone.block_callers"}, [], "setting_locked"),
    ],
)
async def test_the_last_caller_is_blocked_with_1(board, call, number, key, locked, asked, told):
    board.last, board.by_phone.locked = number, locked
    call.caller.media.press_after("block_caller_keys", key)
    assert await serve(board, call, Service(Action.BLOCK_CALLER)) is Outcome.DONE
    assert board.by_phone.asked == asked
    assert board.story[-1] == f"alice hears {told}"
