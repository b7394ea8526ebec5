"""Changes of a session under way: asked by the far side, and proposed to it."""

import asyncio

import pytest

from appliance.legs.incoming import IncomingLeg
from appliance.legs.renegotiation import pass_changes
from appliance.legs.sessions import Sound, shared, widened
from appliance.sip import events
from appliance.sip.offer_answer import DEFAULT_CODECS
from appliance.sip.sdp import Codec, Direction, parse_sdp
from appliance.sip.uri import Uri
from tests.support.raw_messages import description
from tests.support.scripted_calls import ScriptedLeg, settle
from tests.support.scripted_signalling import ScriptedStack, invite, response

FIRST = description(5000, "127.0.0.2")
HOLD = description(5000, "127.0.0.2", direction="sendonly", version=2)


def talking() -> tuple[ScriptedStack, IncomingLeg]:
    stack = ScriptedStack()
    contact = Uri("sip", "102", host="127.0.0.1")
    leg = IncomingLeg(stack.around(), "s1", invite(FIRST), "Alice", answers_to_speak=False, contact=contact)
    stack.attach("s1", leg)
    leg.answer()
    stack.story.clear()
    stack.bodies.clear()
    return stack, leg


def directions(stack: ScriptedStack) -> list[str]:
    return [parse_sdp(body).media[0].direction.value for body in stack.bodies]


async def test_a_hold_goes_to_whoever_listens_and_is_answered_with_what_they_agreed():
    stack, leg = talking()
    with leg.changes() as changes:
        stack.reinvited("s1", HOLD)
        change = changes.get_nowait()
        assert change.wanted.direction is Direction.SENDONLY and not stack.story
        change.accept(Sound(DEFAULT_CODECS, Direction.RECVONLY))
    assert stack.story == ["re-INVITE answered"] and directions(stack) == ["recvonly"]
    assert stack.ports[0].agreement.direction.value == "recvonly"


async def test_a_change_nobody_listens_to_is_accepted_by_the_leg():
    stack, _ = talking()
    stack.reinvited("s1", HOLD)
    assert stack.story == ["re-INVITE answered"] and directions(stack) == ["recvonly"]


async def test_a_refresh_is_never_passed_on():
    stack, leg = talking()
    with leg.changes() as changes:
        stack.reinvited("s1", FIRST)
        assert changes.empty()
    assert stack.story == ["re-INVITE answered"] and directions(stack) == ["sendrecv"]


async def test_changes_still_waiting_when_the_talk_ends_are_answered():
    stack, leg = talking()
    with leg.changes():
        stack.reinvited("s1", HOLD)
    assert stack.story == ["re-INVITE answered"]


async def test_a_reinvite_without_offer_gets_ours():
    stack, _ = talking()
    stack.reinvited("s1", b"")
    assert stack.story == ["re-INVITE answered"] and directions(stack) == ["sendrecv"]
    moved = description(5500, "127.0.0.2", version=2)
    stack.tells(events.Confirmed("s1", moved))
    assert stack.ports[0].agreement.remote_port == 5500


@pytest.mark.parametrize(
    ("body", "status"), [(b"v=nonsense", 400), (description(codecs="18", version=2), 488)]
)
async def test_a_change_that_cannot_be_taken_is_refused(body, status):
    stack, leg = talking()
    stack.reinvited("s1", body)
    assert stack.story == [f"re-INVITE refused {status}"]
    assert not leg.has_ended


async def test_a_proposal_comes_back_with_what_was_agreed():
    stack, leg = talking()
    proposing = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS, Direction.SENDONLY)))
    await settle()
    assert stack.story == ["re-INVITE"] and directions(stack) == ["sendonly"]
    held = description(5000, "127.0.0.2", direction="recvonly", version=2)
    stack.tells(events.ReinviteAccepted("s1", response(200, held)))
    agreed = await proposing
    assert isinstance(agreed, Sound) and agreed.direction is Direction.RECVONLY


async def test_a_refused_proposal_leaves_the_session_as_it_was():
    stack, leg = talking()
    proposing = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS, Direction.SENDONLY)))
    await settle()
    stack.tells(events.ReinviteRefused("s1", 488))
    assert await proposing == 488
    assert leg.sound.direction is Direction.SENDRECV


@pytest.mark.parametrize("moment", ["before", "during"])
async def test_a_leg_that_ends_answers_the_proposal(moment):
    stack, leg = talking()
    if moment == "before":
        stack.hangs_up("s1")
    proposing = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS)))
    await settle()
    if moment == "during":
        stack.hangs_up("s1")
    assert await proposing == 481


async def test_an_answer_counts_though_whoever_proposed_waits_for_it_no_more():
    stack, leg = talking()
    proposing = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS)))
    await settle()
    proposing.cancel()
    waiting = asyncio.ensure_future(leg.settled())
    await settle()
    assert not waiting.done()
    stack.tells(events.ReinviteAccepted("s1", response(200, description(5004, codecs="0", version=2))))
    await waiting
    assert [codec.name for codec in leg.sound.codecs] == ["PCMU"]
    assert stack.ports[0].agreement.remote_port == 5004


async def test_a_proposal_waits_for_the_one_before_and_has_its_own_answer():
    stack, leg = talking()
    first = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS, Direction.SENDONLY)))
    second = asyncio.ensure_future(leg.propose(Sound(DEFAULT_CODECS)))
    await settle()
    assert directions(stack) == ["sendonly"]
    held = description(5000, "127.0.0.2", direction="recvonly", version=2)
    stack.tells(events.ReinviteAccepted("s1", response(200, held)))
    await settle()
    assert directions(stack) == ["sendonly", "sendrecv"]
    stack.tells(events.ReinviteRefused("s1", 488))
    assert (await first).direction is Direction.RECVONLY and await second == 488
    assert leg.sound.direction is Direction.RECVONLY


async def test_what_the_far_side_asks_is_answered_before_anything_is_proposed_to_it():
    """Else two who ask something of each other in the same breath would wait for ever."""
    stack, leg = talking()
    with leg.changes() as changes:
        stack.reinvited("s1", HOLD)
        assert await leg.propose(Sound(DEFAULT_CODECS)) == 491
        changes.get_nowait().accept(Sound(DEFAULT_CODECS))
    assert stack.story == ["re-INVITE answered"]


async def test_a_change_that_was_about_to_be_answered_as_the_talk_ended_is_answered():
    stack, leg = talking()
    with leg.changes() as changes:
        stack.reinvited("s1", HOLD)
        change = changes.get_nowait()
    assert stack.story == ["re-INVITE answered"] and directions(stack) == ["recvonly"]
    assert not change.accept(Sound(DEFAULT_CODECS))


async def test_a_late_answer_to_a_change_after_the_end_is_not_sent():
    stack, leg = talking()
    with leg.changes() as changes:
        stack.reinvited("s1", HOLD)
        change = changes.get_nowait()
        stack.hangs_up("s1")
        change.accept(Sound(DEFAULT_CODECS))
        change.refuse(488)
    assert stack.story == []


class Wish:
    """A change that somebody wants."""

    def __init__(self, direction: Direction) -> None:
        self.wanted = Sound(DEFAULT_CODECS, direction)
        self.end: object = None

    def accept(self, other: Sound) -> bool:
        self.end = other.direction
        return True

    def refuse(self, status: int) -> None:
        self.end = status


@pytest.mark.parametrize(
    ("wish", "reply", "end"),
    [
        (Direction.SENDONLY, Sound(DEFAULT_CODECS, Direction.RECVONLY), Direction.RECVONLY),
        (Direction.SENDONLY, 488, Direction.SENDRECV),
        (Direction.SENDRECV, 488, 488),
    ],
)
async def test_what_one_side_asks_the_other_decides(wish, reply, end):
    asking, other = ScriptedLeg([], "asking"), ScriptedLeg([], "other")
    other.reply = reply
    changes: asyncio.Queue = asyncio.Queue()
    passing = asyncio.ensure_future(pass_changes(changes, asking, other))
    change = Wish(wish)
    changes.put_nowait(change)
    await settle()
    assert other.proposals == [change.wanted] and change.end == end
    passing.cancel()


def test_g711_is_always_shared():
    wide = Codec(9, "G722", 8000)
    assert widened((wide,)) == (wide,)
    assert [codec.name for codec in widened(DEFAULT_CODECS[:1])] == ["PCMA", "PCMU"]
    assert shared((wide, *DEFAULT_CODECS), (wide,)) == (wide,)
    assert shared(DEFAULT_CODECS, (wide,)) == DEFAULT_CODECS
