"""Intercom: whose phone answers by itself, and what is said when none may."""

import asyncio

import pytest

from appliance.calls.services import serve
from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Person, Phone
from appliance.configuration.star_codes import Action
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome, PhoneTarget, Service
from appliance.routing.world import PersonNow, World
from appliance.runtime.auto_answer import answer_by_itself
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

FACTS = Facts(Direction.INTERNAL, "101", "Alice", "*90102", caller_person_id="alice")
ASKED = Service(Action.INTERCOM, {"argument": "102"})


@pytest.fixture
def call():
    return scripted_call(ScriptedCaller([], "alice"), FACTS)


@pytest.fixture
def board(call):
    made = ScriptedBoard(call.caller.story)
    made.state = World(registered=frozenset({"bruno-desk", "alice-desk"}))
    configuration = Configuration()
    for name, extension in (("alice", "101"), ("bruno", "102")):
        person = Person(id=name, name=name.title(), extension=extension)
        phone = Phone(
            id=f"{name}-desk", name=name, person_id=name, sip_user=extension, sip_password="correct-horse-77"
        )
        configuration = configuration.with_record("people", name, person)
        configuration = configuration.with_record("phones", phone.id, phone)
    made.configuration = configuration
    return made


async def test_a_free_colleagues_phone_is_to_answer_by_itself(board, call):
    bruno = ScriptedCallee(board.story, "bruno")
    board.legs = [bruno]
    task = asyncio.get_running_loop().create_task(serve(board, call, ASKED))
    await settle()
    bruno.answers()
    await settle()
    bruno.hangs_up()
    async with asyncio.timeout(5):
        assert await task is None
    assert [step.targets for step in board.asked] == [(PhoneTarget("bruno-desk", "bruno", by_itself=True),)]
    assert "alice and bruno are joined" in board.story


@pytest.mark.parametrize(
    ("argument", "now", "told"),
    [
        ("102", PersonNow(talking=1), "person_busy"),
        ("102", PersonNow(ringing=1), "person_busy"),
        ("102", PersonNow(do_not_disturb=True), "person_unavailable"),
        ("103", PersonNow(), "unknown_extension"),
        ("", PersonNow(), "unknown_extension"),
        ("101", PersonNow(), "unknown_extension"),
    ],
)
async def test_who_is_busy_or_away_is_not_disturbed(board, call, argument, now, told):
    board.state = World(registered=frozenset({"bruno-desk"}), people={"bruno": now})
    assert await serve(board, call, Service(Action.INTERCOM, {"argument": argument})) is Outcome.DONE
    assert board.story[-1] == f"alice hears {told}"


async def test_a_colleague_without_a_phone_is_said_to_be_out_of_reach(board, call):
    board.state = World()
    assert await serve(board, call, ASKED) is Outcome.DONE
    assert board.story[-1] == "alice hears person_unavailable"


def test_each_maker_gets_the_field_it_reads():
    fields = dict(answer_by_itself("192.0.2.1"))
    assert "answer-after=0" in fields["Call-Info"]
    assert "info=alert-autoanswer" in fields["Alert-Info"]
    assert fields["Answer-Mode"] == "Auto"
