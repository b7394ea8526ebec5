"""A conference: who hears whom as people come and go, and when it is over."""

import asyncio

import pytest

from appliance.calls.call import Party
from appliance.calls.conference import confer
from appliance.legs.sessions import Sound
from appliance.runtime.calls import Calls, state_of
from appliance.runtime.people_states import HOLDING, TALKING, parts_in
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Codec, Direction
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

pytestmark = pytest.mark.feature("RING-10")


class Scene:
    """A call of three: by default an outsider, Bruno who has brought them together, and Chloé."""

    def __init__(self, *outside: str) -> None:
        self.story: list[str] = []
        self.board = ScriptedBoard(self.story)
        outsider, bruno = ScriptedCaller(self.story, "outsider"), ScriptedCallee(self.story, "bruno")
        chloe = ScriptedCallee(self.story, "chloe")
        self.legs = {"outsider": outsider, "bruno": bruno, "chloe": chloe}
        for leg in self.legs.values():
            leg.answered = True
        self.call = scripted_call(outsider)
        self.call.talk = self._talk
        self.call.answered_by(bruno, 1000.0)
        self.call.know(bruno, Party("102", "Bruno", "bruno"))
        self.call.know(chloe, Party("103", "Chloé", None if "chloe" in outside else "chloe"))

    async def _talk(self, one, other):
        self.story.append(f"{one.label} talks to {other.label}")
        await other.wait_ended()

    async def begin(self) -> asyncio.Task[None]:
        by = self.call.party_of(self.legs["bruno"])
        made = confer(self.board, self.call, by, tuple(self.legs.values()))
        task = asyncio.get_running_loop().create_task(made)
        await settle()
        return task

    async def leaves(self, *names: str) -> None:
        for name in names:
            self.legs[name].hangs_up()
        await settle()


async def test_all_three_are_in_the_room_and_the_call_says_so():
    scene = Scene()
    task = await scene.begin()
    assert scene.story == [f"{name} takes part" for name in scene.legs]
    assert state_of(scene.call) == "conference"
    assert set(scene.call.people_on_the_phone) == {"bruno", "chloe"}
    assert [each.reason.sentence() for each in scene.call.trail] == [
        "Bruno brings everybody together in a conference",
        "In the conference from 10:00 on: +33612345678, Bruno, Chloé",
    ]
    task.cancel()


@pytest.mark.parametrize(
    ("who", "pair"),
    [
        ("outsider", "bruno talks to chloe"),
        ("bruno", "outsider talks to chloe"),
        ("chloe", "outsider talks to bruno"),
    ],
)
async def test_whoever_leaves_the_two_others_go_on(who, pair):
    scene = Scene()
    task = await scene.begin()
    await scene.leaves(who)
    assert scene.story[-1] == pair and not task.done()
    assert scene.legs[who].closed and state_of(scene.call) == "talking"
    assert scene.call.leader is scene.call.caller and not scene.call.caller.has_ended
    assert [each.reason.code for each in scene.call.trail][-2:] == ["conference_left", "conference_two"]
    scene.call.callee.hangs_up()
    await task


async def test_people_outside_do_not_go_on_without_anybody_of_the_office():
    scene = Scene("chloe")
    task = await scene.begin()
    await scene.leaves("bruno")
    await task
    assert not any("talks to" in line for line in scene.story)
    assert scene.call.trail[-1].reason.code == "conference_over" and scene.call.ended_by == "box"


async def test_it_is_over_when_two_leave_at_once():
    scene = Scene()
    task = await scene.begin()
    await scene.leaves("outsider", "chloe")
    await task
    assert not scene.call.conference and not any("talks to" in line for line in scene.story)


async def test_who_holds_is_not_heard_until_they_take_it_up_again():
    scene = Scene()
    task = await scene.begin()
    agreed = []

    class Change:
        def __init__(self, direction):
            self.wanted = Sound(DEFAULT_CODECS, direction)

        def accept(self, other: Sound) -> bool:
            agreed.append(other)
            return True

    for direction, part in ((Direction.SENDONLY, HOLDING), (Direction.SENDRECV, TALKING)):
        scene.legs["chloe"].queue.put_nowait(Change(direction))
        await settle()
        assert dict(parts_in(scene.call)) == {"bruno": TALKING, "chloe": part}
        assert state_of(scene.call) == "conference"
    assert scene.story[-2:] == ["chloe is muted", "chloe is heard"] and len(agreed) == 2
    task.cancel()


@pytest.mark.parametrize("beside", [(), DEFAULT_CODECS[:1]])
async def test_who_speaks_a_codec_that_cannot_be_mixed_is_asked_for_another(beside):
    """Also as the second of two: some phones send the first of what was offered to them."""
    scene = Scene()
    scene.legs["chloe"].sound = Sound((*beside, Codec(9, "G722", 8000)))
    task = await scene.begin()
    assert scene.legs["chloe"].proposals == [Sound(DEFAULT_CODECS)]
    assert not scene.legs["bruno"].proposals
    task.cancel()


async def test_ending_the_call_on_the_page_ends_it_for_all(monkeypatch):
    scene = Scene()
    task = await scene.begin()
    calls = Calls.__new__(Calls)
    calls._calls = {"c1": scene.call}
    assert calls.legs == 3 and calls.hang_up("c1")
    await task
    assert all(leg.has_ended for leg in scene.legs.values())
