"""Pick-up: whose ringing call is taken, what happens to both calls, and what is refused in words."""

import asyncio

import pytest

from appliance.calls.call import Party
from appliance.calls.pick_up import PickUp, Reach, answered_or_picked_up, pick_up
from appliance.calls.ring import ring
from appliance.calls.transfer import Loan
from appliance.configuration.configuration import Configuration
from appliance.configuration.people import Member, Person, RingGroup
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Language, Outcome, PhoneTarget, Ring
from tests.support.scripted_calls import (
    ScriptedBoard,
    ScriptedCallee,
    ScriptedCaller,
    scripted_call,
    settle,
)

pytestmark = pytest.mark.feature("RING-10")
STEP = Ring((PhoneTarget("bruno-desk", "bruno"),), 20, Language.FRENCH)


def office(*groups: tuple[str, ...]) -> Configuration:
    """Alice, Bruno and Chloé, and groups of them, 200 and on."""
    made = Configuration()
    for place, name in enumerate(("alice", "bruno", "chloe"), 1):
        made = made.with_record("people", name, Person(id=name, name=name.title(), extension=f"10{place}"))
    for place, members in enumerate(groups):
        group = RingGroup(
            id=f"group{place}",
            name=f"Group {place}",
            extension=f"20{place}",
            members=tuple(Member(person_id=name) for name in members),
        )
        made = made.with_record("groups", group.id, group)
    return made


@pytest.fixture
def story():
    return []


@pytest.fixture
def board(story):
    made = ScriptedBoard(story)
    made.configuration = office()
    return made


@pytest.fixture
async def ringing(board, story):
    """A call from outside that rings Bruno; ends with the test."""
    bruno = ScriptedCallee(story, "bruno")
    board.legs = [bruno]
    call = scripted_call(ScriptedCaller(story, "outsider"))
    board.calls = [call]

    async def talk(one, other):
        story.append(f"{one.label} talks to {other.label}")
        await other.wait_ended()

    call.talk = talk
    task = asyncio.get_running_loop().create_task(ring(board, call, STEP))
    await settle()
    yield call
    task.cancel()
    await asyncio.wait((task,))


def picker(story, person="chloe"):
    facts = Facts(Direction.INTERNAL, "103", person.title(), "*8", caller_person_id=person)
    return scripted_call(ScriptedCaller(story, person), facts)


async def dial(board, call, argument="", **more):
    return await pick_up(board, call, {"argument": argument, **more})


@pytest.mark.parametrize("wish", [{}, {"argument": "102"}, {"call_id": "c1"}])
async def test_the_ringing_stops_and_the_caller_talks_to_who_has_picked_up(board, ringing, story, wish):
    call = picker(story)
    task = asyncio.get_running_loop().create_task(dial(board, call, **{"argument": "", **wish}))
    await settle()
    assert "bruno is told that the call was taken" in story and "bruno stops ringing" in story
    assert story[-1] == "outsider talks to chloe"
    assert ringing.answered_by_id == "chloe" and ringing.callee is call.caller
    assert ringing.trail[-1].reason.sentence() == "Chloe picks up the call"
    assert "chloe" in ringing.person_ids and not ringing.ringing_people
    assert call.party_of(call.caller).person_id is None, "they count in one call alone"
    call.caller.hangs_up()
    assert await task is None


async def test_the_one_who_picked_up_is_let_go_when_the_caller_leaves(board, ringing, story):
    task = asyncio.get_running_loop().create_task(dial(board, picker(story), "102"))
    await settle()
    ringing.callee.hangs_up()
    await settle()
    assert task.done() and ringing.outcome == "answered"


async def test_who_hangs_up_at_once_takes_nothing(board, ringing, story):
    task = asyncio.get_running_loop().create_task(dial(board, picker(story), "102"))
    await asyncio.sleep(0)
    task.cancel()
    await settle()
    assert ringing.callee is None and "bruno stops ringing" not in story
    assert ringing.pick_up is not None and not ringing.pick_up.done(), "somebody else may still"


async def test_an_answer_at_the_same_moment_wins(story):
    call, picked = scripted_call(ScriptedCaller(story, "outsider")), ScriptedCaller(story, "chloe")
    gate = asyncio.Event()

    async def answering():
        await gate.wait()
        return Outcome.BUSY

    task = asyncio.get_running_loop().create_task(answered_or_picked_up(call, answering()))
    await settle()
    loan = Loan(picked)
    call.pick_up.set_result(PickUp(Party("103", "Chloe"), loan))
    gate.set()
    assert await task is Outcome.BUSY
    assert not loan.ready.done() and call.pick_up is None


async def test_who_comes_too_late_is_told(board, ringing, story, monkeypatch):
    monkeypatch.setattr("appliance.calls.transfer.LOAN_SECONDS", 0.01)
    monkeypatch.setattr(ringing, "pick_up", asyncio.Future())
    assert await dial(board, picker(story), "102") is Outcome.DONE
    assert story[-1] == "chloe hears nothing_to_pick_up"


@pytest.mark.parametrize("argument", ["101", "999"])
async def test_where_nothing_rings_that_is_said(board, ringing, story, argument):
    assert await dial(board, picker(story), argument) is Outcome.DONE
    assert story[-1] == "chloe hears nothing_to_pick_up"


async def test_nobody_picks_up_their_own_call(board, ringing, story):
    ringing.facts = Facts(Direction.INTERNAL, "103", "Chloe", "102", caller_person_id="chloe")
    await dial(board, picker(story), "102")
    assert story[-1] == "chloe hears nothing_to_pick_up"


@pytest.mark.feature("PERM-1")
async def test_outside_their_groups_a_lock_is_told(board, ringing, story):
    board.configuration = office(("alice", "bruno"))
    board.by_phone.locked = {"phone.pick_up"}
    await dial(board, picker(story), "102")
    assert story[-1] == "chloe hears not_permitted"


def test_a_group_shares_its_calls_and_without_a_group_the_office_does():
    settings = office(("alice", "bruno"))
    alice, chloe = Reach(settings, "alice", False), Reach(settings, "chloe", False)
    assert alice.is_near("bruno") and not alice.is_near("chloe") and alice.may("chloe")
    assert chloe.is_near("alice") and chloe.may("bruno")
    locked = Reach(settings, "chloe", True)
    assert not locked.is_near("alice") and not locked.may("bruno") and locked.may("chloe")
    assert Reach(settings, "alice", True).may("bruno")
