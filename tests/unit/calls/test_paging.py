"""Paging: whose phones answer by themselves, who is heard, and what is said when nobody listens."""

import asyncio

import pytest

from appliance.calls.services import serve
from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Member, Person, Phone, RingGroup
from appliance.configuration.star_codes import Action
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome, PhoneTarget, Service
from appliance.routing.world import PersonNow, World
from appliance.runtime.calls import state_of
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

pytestmark = pytest.mark.feature("RING-10")
FACTS = Facts(Direction.INTERNAL, "101", "Alice", "*91200", caller_person_id="alice")
ASKED = Service(Action.PAGING, {"argument": "200"})
NAMES = ("alice", "bruno", "chloe")


@pytest.fixture
def call():
    return scripted_call(ScriptedCaller([], "alice"), FACTS)


@pytest.fixture
def board(call):
    made = ScriptedBoard(call.caller.story)
    made.state = World(registered=frozenset(f"{name}-desk" for name in NAMES))
    configuration = Configuration()
    for place, name in enumerate(NAMES, 101):
        phone = Phone(
            id=f"{name}-desk", name=name, person_id=name, sip_user=str(place), sip_password="correct-horse-77"
        )
        person = Person(id=name, name=name.title(), extension=str(place))
        configuration = configuration.with_record("people", name, person)
        configuration = configuration.with_record("phones", phone.id, phone)
    members = tuple(Member(person_id=name) for name in NAMES)
    group = RingGroup(id="shop", name="Shop", extension="200", members=members)
    made.configuration = configuration.with_record("groups", "shop", group)
    return made


@pytest.fixture
async def phones(board):
    board.legs = [ScriptedCallee(board.story, "bruno"), ScriptedCallee(board.story, "chloe")]
    return board.legs


async def begin(board, call, asked=ASKED):
    task = asyncio.get_running_loop().create_task(serve(board, call, asked))
    await settle()
    return task


async def test_every_phone_that_answers_hears_the_caller_and_is_not_heard(board, call, phones):
    task = await begin(board, call)
    for phone in phones:
        phone.answers()
    await settle()
    assert [target.phone_id for target in board.asked[0].targets] == ["bruno-desk", "chloe-desk"]
    assert all(target.by_itself for target in board.asked[0].targets)
    for name in ("bruno", "chloe"):
        assert f"{name} takes part" in board.story and f"{name} is muted" in board.story
    assert "alice is muted" not in board.story
    assert state_of(call) == "paging" and set(call.people_on_the_phone) == set(NAMES)
    assert call.trail[-1].reason.sentence() == "The phones of Shop answer by themselves and hear the caller"
    phones[0].hangs_up()
    await settle()
    assert not task.done() and set(call.people_on_the_phone) == {"alice", "chloe"}
    phones[1].hangs_up()
    assert await task is None


async def test_whoever_is_on_a_call_is_left_alone(board, call, phones):
    board.state = World(registered=board.state.registered, people={"bruno": PersonNow(talking=1)})
    task = await begin(board, call)
    assert board.asked[0].targets == (PhoneTarget("chloe-desk", "chloe", by_itself=True),)
    task.cancel()


async def test_phones_that_refuse_are_told_as_nobody(board, call):
    board.legs = [ScriptedCallee(board.story, "bruno", Outcome.DECLINED)]
    assert await (await begin(board, call)) is Outcome.DONE
    assert board.story[-1] == "alice hears nobody_available" and not call.ringing


@pytest.mark.parametrize(
    ("argument", "registered", "told"),
    [
        ("999", NAMES, "unknown_extension"),
        ("102", NAMES, "unknown_extension"),
        ("200", (), "nobody_available"),
    ],
)
async def test_where_nobody_can_be_spoken_to_that_is_said(board, call, argument, registered, told):
    board.state = World(registered=frozenset(f"{name}-desk" for name in registered))
    task = await begin(board, call, Service(Action.PAGING, {"argument": argument}))
    assert await task is Outcome.DONE
    assert board.story[-1] == f"alice hears {told}"
