"""A call's whole story, from the plan compiled of an office's settings to what each party meets."""

import asyncio
from datetime import UTC, datetime

import pytest

from appliance.calls.follow import run_call
from appliance.configuration.destinations import Route, RouteStep, ToPerson
from appliance.configuration.fields import HoursState
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from appliance.legs.leg import DialResult
from appliance.routing.facts import Direction, Facts
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome, PhoneTarget
from appliance.routing.world import PersonNow, World
from tests.integration.box.offices import NUMBER, OUTSIDER, office_of_three
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle

INSIDE = Facts(Direction.INTERNAL, "101", "Alice", "102", None, "alice")
OUTSIDE = Facts(Direction.INBOUND, OUTSIDER, "Mme Petit", NUMBER, "trunk")
EVERYBODY = frozenset({"alice-desk", "bruno-desk", "chloe-desk"})


class Story:
    """One call in an office of three; `callees` are the legs that each ringing gets, in turn."""

    def __init__(self, facts: Facts, *callees: list[ScriptedCallee], settings=None, **world) -> None:
        self.told: list[str] = []
        self.caller = ScriptedCaller(self.told, "caller")
        self.board = ScriptedBoard(self.told, plan=compile_plan(settings or office_of_three()))
        self.board.moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        self.board.state = World(**{"registered": EVERYBODY, "lines_up": frozenset({"trunk"}), **world})
        self.call = scripted_call(self.caller, facts)
        self.legs = list(callees)
        self.board.legs_towards = self._legs_towards

    def _legs_towards(self, step, call):
        self.board.asked.append(step)
        legs = self.legs.pop(0) if self.legs else []
        for leg in legs:
            leg.story = self.told
        return legs

    async def run(self) -> None:
        await run_call(self.board, self.call)


def rings(*outcomes: Outcome | None) -> list[ScriptedCallee]:
    return [ScriptedCallee([], name, outcome) for name, outcome in zip("abc", outcomes, strict=False)]


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Tones last no time."""

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("appliance.calls.announce.sleep", at_once)


def with_mailbox():
    own = Mailbox(id="brunos", name="Bruno", owner=MailboxOwner.PERSON, owner_id="bruno")
    return office_of_three().with_record("mailboxes", own.id, own)


async def test_somebody_answers_and_hangs_up():
    callees = rings(Outcome.ANSWERED)
    story = Story(INSIDE, callees)
    running = asyncio.ensure_future(story.run())
    await settle()
    assert story.told[-1] == "caller and a are joined"
    callees[0].hangs_up()
    await running
    assert (story.call.outcome, story.call.ended_by) == ("answered", "callee")
    assert callees[0].closed and story.caller.closed
    assert story.board.asked[0].targets == (PhoneTarget("bruno-desk", "bruno"),)


@pytest.mark.feature("NOANS-1", "VM-1")
async def test_a_busy_person_has_a_mailbox():
    story = Story(INSIDE, rings(Outcome.BUSY), settings=with_mailbox())
    story.caller.media.recording.set()
    await story.run()
    assert "recording brunos/m1.wav" in story.told
    assert story.told[-1].startswith("caller is refused"), "the call is ended by us once the message is taken"
    assert [step["step"] for step in story.call.steps] == ["Ring", "TakeMessage", "HangUp"]
    assert story.call.steps[0]["outcome"] == "busy"
    assert story.call.ended_by == "box" and story.call.message_id == "m1"


@pytest.mark.feature("RING-7")
async def test_a_person_who_has_all_the_calls_they_take_is_not_rung_at_all():
    full = {"bruno": PersonNow(talking=1, holding=1)}
    story = Story(INSIDE, settings=with_mailbox(), people=full)
    story.caller.media.recording.set()
    await story.run()
    assert not story.board.asked
    assert story.call.steps[0]["step"] == "TakeMessage"
    assert "busy" in [entry.reason.code.split("_")[-1] for entry in story.call.trail]


async def test_without_a_mailbox_the_caller_hears_words_and_a_status():
    story = Story(INSIDE, rings(Outcome.DECLINED))
    await story.run()
    assert [word for word in story.told if word.startswith("caller hears")]
    assert story.told[-1] == "caller is refused 603"


@pytest.mark.feature("RING-3")
async def test_people_in_order_are_rung_one_after_the_other():
    settings = office_of_three()
    steps = tuple(RouteStep(destination=ToPerson(person_id=name)) for name in ("alice", "bruno"))
    number = settings.numbers["main"].model_copy(update={"routes": {HoursState.OPEN: Route(steps=steps)}})
    callees = rings(Outcome.ANSWERED)
    story = Story(
        OUTSIDE,
        rings(Outcome.NO_ANSWER),
        callees,
        settings=settings.with_record("numbers", "main", number),
    )
    running = asyncio.ensure_future(story.run())
    await settle()
    assert [step.targets[0].person_id for step in story.board.asked] == ["alice", "bruno"]
    callees[0].hangs_up()
    await running


@pytest.mark.parametrize("moment", ["ringing", "talking", "message", "words"])
async def test_the_caller_hanging_up_ends_it_wherever_it_stands(moment):
    outcome = {"ringing": None, "talking": Outcome.ANSWERED, "message": Outcome.BUSY}.get(moment)
    outcome = Outcome.DECLINED if moment == "words" else outcome
    callees = rings(outcome)
    story = Story(INSIDE, callees, settings=with_mailbox() if moment == "message" else None)
    if moment == "words":
        story.caller.media.play = lambda sound, loop=False: asyncio.Event().wait()
    running = asyncio.ensure_future(story.run())
    await settle()
    story.caller.hangs_up()
    await asyncio.wait_for(running, 1)
    assert story.caller.closed and all(leg.closed for leg in callees)
    assert story.call.ended_by == "caller"
    if moment == "message":
        assert "message m1 of 0 s kept" in story.told


async def test_a_caller_gone_before_the_story_begins():
    story = Story(INSIDE, rings(None))

    def at_once(action) -> None:
        action()

    story.caller._ended.set()
    story.caller.when_ended = at_once
    await asyncio.wait_for(story.run(), 1)
    assert not story.board.asked and story.caller.closed


async def test_the_box_stopping_releases_the_call_too():
    callees = rings(None)
    story = Story(INSIDE, callees)
    running = asyncio.ensure_future(story.run())
    await settle()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert story.caller.closed and callees[0].closed


async def test_the_settings_changing_meanwhile_do_not_change_the_call_under_way():
    story = Story(INSIDE, rings(None), settings=with_mailbox())
    running = asyncio.ensure_future(story.run())
    await settle()
    story.board.plan = compile_plan(office_of_three())
    story.caller.media.recording.set()
    leg = next(iter(story.call.ringing))
    leg.ended_dialling.set_result(DialResult(Outcome.NO_ANSWER))
    await running
    assert "recording brunos/m1.wav" in story.told


async def test_an_unknown_extension_is_said_to_be_unknown():
    story = Story(Facts(Direction.INTERNAL, "101", "Alice", "199", None, "alice"))
    await story.run()
    assert "caller hears unknown_extension" in story.told
    assert story.told[-1] == "caller is refused 404"


async def test_every_change_is_told():
    callees = rings(Outcome.ANSWERED)
    story = Story(INSIDE, callees)
    seen: list[str] = []
    story.call.changed = lambda call: seen.append(call.outcome)
    running = asyncio.ensure_future(story.run())
    await settle()
    callees[0].hangs_up()
    await running
    assert seen[0] == "unanswered" and seen[-1] == "answered"
