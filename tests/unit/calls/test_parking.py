"""Parking: which place a call gets, and what each who dials the code is told."""

import asyncio

import pytest

from appliance.calls.call import Party
from appliance.calls.parking import Parked, ParkingLot, park
from appliance.configuration.configuration import Configuration
from appliance.configuration.office import Office
from appliance.configuration.people import Person
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call, settle

pytestmark = pytest.mark.feature("RING-10")


@pytest.fixture
def board():
    made = ScriptedBoard([])
    bruno = Person(id="bruno", name="Bruno", extension="102")
    made.configuration = Configuration(office=Office(name="Office", park_places=2), people={"bruno": bruno})
    return made


def sent(board, name="outsider", by="bruno"):
    """A call that Bruno has sent to the park code."""
    facts = Facts(Direction.INTERNAL, "+33612345678", name, "*68", sent_by=by)
    return scripted_call(ScriptedCaller(board.story, name), facts)


async def test_a_place_is_the_first_that_is_neither_taken_nor_told_to_another():
    lot, call = ParkingLot(), scripted_call(ScriptedCaller([], "outsider"))
    with lot.occupy("1", Parked(call, Party("102", "Bruno", "bruno"))):
        assert call.place == "1"
        with lot.reserve("alice", "2"):
            assert lot.place_for("alice", 3) == "2"
            assert lot.place_for("bruno", 3) == "3"
            assert lot.place_for("bruno", 2) is None
    assert call.place is None and lot.place_for("bruno", 1) == "1" and not lot.reserved


@pytest.mark.parametrize("place", ["3", "0", "x", "11", "²"])
async def test_a_place_that_there_is_not_takes_nobody(board, place):
    assert await park(board, sent(board), {"argument": place}) is Outcome.BUSY


async def test_whom_no_person_has_sent_is_not_parked(board):
    assert await park(board, sent(board, by="nobody"), {"argument": "1"}) is Outcome.UNREACHABLE


async def test_one_call_too_many_is_given_back(board):
    tasks = [asyncio.get_running_loop().create_task(park(board, sent(board), {})) for _ in range(2)]
    await settle()
    assert set(board.parking.places) == {"1", "2"}
    assert await park(board, sent(board), {}) is Outcome.BUSY
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert not board.parking.places, "who hangs up leaves the place free"


@pytest.mark.parametrize(
    ("argument", "places", "told"), [("1", 2, "park_empty"), ("", 0, "park_full"), ("9", 2, "park_empty")]
)
async def test_who_dials_the_code_is_told_what_there_is(board, argument, places, told):
    board.parking.reserved = {} if places else {"a": "1", "b": "2"}
    facts = Facts(Direction.INTERNAL, "103", "Chloe", "*68", caller_person_id="chloe")
    call = scripted_call(ScriptedCaller(board.story, "chloe"), facts)
    assert await park(board, call, {"argument": argument}) is Outcome.DONE
    assert board.story[-1] == f"chloe hears {told}"
