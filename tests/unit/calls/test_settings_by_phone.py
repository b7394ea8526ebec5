"""Star codes that set forwards, the working day and the opening hours: what changes, what is said."""

import pytest

from appliance.calls.by_phone import GroupSigned, HoursSaid
from appliance.calls.services import serve
from appliance.configuration.destinations import ToExternal, ToMailbox, ToPerson
from appliance.configuration.star_codes import Action
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome, Service
from appliance.routing.world import DayState
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call

FACTS = Facts(Direction.INTERNAL, "101", "Alice", "*1", caller_person_id="alice")
OUTSIDE = ToExternal(number="+33612345678")


@pytest.fixture
def call():
    return scripted_call(ScriptedCaller([], "alice"), FACTS)


@pytest.fixture
def board(call):
    made = ScriptedBoard(call.caller.story)
    made.by_phone.places = {"0612345678": OUTSIDE, "102": ToPerson(person_id="bruno")}
    return made


async def dial(board, call, action, argument=""):
    assert await serve(board, call, Service(action, {"argument": argument})) is Outcome.DONE
    return board.said[-1]


@pytest.mark.feature("FWD-1")
async def test_all_calls_are_forwarded_to_what_was_dialled(board, call):
    said = await dial(board, call, Action.FORWARD_ALL, "0612345678")
    assert said.prompt_name == "forward_all_on" and said.parameters == {"number": "0612345678"}
    assert board.settings["people", "alice", "forward_active"] is True
    assert board.settings["people", "alice", "forward_to"]["number"] == "+33612345678"


async def test_nothing_of_the_former_destination_is_left_behind(board, call):
    board.settings["people", "alice", "forward_to"] = ToMailbox(mailbox_id="general")
    await dial(board, call, Action.FORWARD_ALL, "102")
    patch = board.settings["people", "alice", "forward_to"]
    assert patch == {"kind": "person", "mailbox_id": None, "person_id": "bruno"}


async def test_without_a_number_the_forward_is_in_force_as_last_time(board, call):
    board.settings["people", "alice", "forward_to"] = ToMailbox(mailbox_id="general")
    assert (await dial(board, call, Action.FORWARD_ALL)).prompt_name == "forward_on_again"
    assert board.settings["people", "alice", "forward_active"] is True


@pytest.mark.parametrize("dialled", ["", "999"])
async def test_a_forward_to_nowhere_changes_nothing(board, call, dialled):
    said = await dial(board, call, Action.FORWARD_ALL, dialled)
    assert said.prompt_name == "forward_nowhere" and not board.settings


@pytest.mark.feature("FWD-3")
@pytest.mark.parametrize("condition", ["busy", "no_answer", "not_connected"])
async def test_calls_not_taken_are_forwarded_and_no_more(board, call, condition):
    said = await dial(board, call, Action(f"forward_{condition}"), "102")
    assert said.prompt_name == f"forward_{condition}_on"
    assert board.settings["people", "alice", "forwards"][condition]["person_id"] == "bruno"
    said = await dial(board, call, Action(f"forward_{condition}_off"))
    assert said.prompt_name == f"forward_{condition}_off"
    assert board.settings["people", "alice", "forwards"] == {condition: None}


async def test_all_calls_are_forwarded_no_more(board, call):
    assert (await dial(board, call, Action.FORWARD_ALL_OFF)).prompt_name == "forward_all_off"
    assert board.settings["people", "alice", "forward_active"] is False


@pytest.mark.feature("PERM-1")
@pytest.mark.parametrize(
    ("action", "setting"),
    [
        (Action.FORWARD_ALL, "people.forward_to"),
        (Action.FORWARD_ALL_OFF, "people.forward_active"),
        (Action.FORWARD_BUSY, "people.forwards"),
        (Action.DO_NOT_DISTURB_ON, "people.do_not_disturb"),
        (Action.HOURS_CLOSED, "phone.hours"),
    ],
)
async def test_what_is_locked_is_refused_in_words(board, call, action, setting):
    board.by_phone.locked = {setting}
    argument = "102" if action in (Action.FORWARD_ALL, Action.FORWARD_BUSY) else ""
    assert (await dial(board, call, action, argument)).prompt_name == "setting_locked"
    assert not board.settings and not board.by_phone.asked


@pytest.mark.feature("STAT-1")
@pytest.mark.parametrize(
    ("action", "before", "after", "told"),
    [
        (Action.DAY_START, DayState.NOT_STARTED, DayState.STARTED, "day_started"),
        (Action.DAY_BREAK, DayState.STARTED, DayState.ON_BREAK, "day_on_break"),
        (Action.DAY_BREAK, DayState.ON_BREAK, DayState.STARTED, "day_started"),
        (Action.DAY_END, DayState.ON_BREAK, DayState.ENDED, "day_ended"),
        (Action.DAY_START, None, None, "day_not_used"),
    ],
)
async def test_the_working_day_goes_on_and_is_said(board, call, action, before, after, told):
    board.by_phone.day = before
    assert (await dial(board, call, action)).prompt_name == told
    assert board.by_phone.day == after


@pytest.mark.feature("TIME-4")
@pytest.mark.parametrize(
    ("action", "wish"),
    [(Action.HOURS_OPEN, "open"), (Action.HOURS_CLOSED, "closed"), (Action.HOURS_AS_SET, "as_set")],
)
@pytest.mark.parametrize(
    ("done", "told"),
    [
        ("open", "hours_open"),
        ("as_set", "hours_as_set"),
        ("unknown", "hours_unknown"),
        ("refused", "refused"),
    ],
)
async def test_the_hours_are_said_as_they_stand(board, call, action, wish, done, told):
    board.by_phone.hours = HoursSaid(done, "Atelier")
    said = await dial(board, call, action, "2")
    assert (said.prompt_name, said.parameters) == (told, {"name": "Atelier"})
    assert board.by_phone.asked == [(wish, "2")]


@pytest.mark.feature("RING-5")
@pytest.mark.parametrize(
    ("signed", "prompt"),
    [
        (GroupSigned("in", "Ventes"), "group_signed_in"),
        (GroupSigned("out", "Ventes"), "group_signed_out"),
        (GroupSigned("in"), "groups_signed_in"),
        (GroupSigned("out"), "groups_signed_out"),
        (GroupSigned("unknown"), "group_not_member"),
    ],
)
async def test_signing_into_a_group_or_out_of_it_is_said_back(board, call, signed, prompt):
    board.by_phone.signed = signed
    said = await dial(board, call, Action.GROUP_SIGN, "200")
    assert said.prompt_name == prompt and board.by_phone.asked == [("sign", "200")]
    if signed.name:
        assert said.parameters == {"name": "Ventes"}


@pytest.mark.feature("RING-5", "PERM-1")
async def test_who_may_not_sign_in_and_out_is_told_so(board, call):
    board.by_phone.locked.add("phone.groups")
    assert (await dial(board, call, Action.GROUP_SIGN)).prompt_name == "setting_locked"
    assert not board.by_phone.asked
