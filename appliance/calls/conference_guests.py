"""Who is brought into a conference, or takes somebody's place there, while the others go on talking.

By the code: whoever of the office presses it leaves their seat, dials and talks to the other first. By REFER:
the phone keeps its seat until the target has answered, and leaves then (RFC 5589).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from appliance.calls.call import Call, Party
from appliance.calls.conference_room import ConferenceRoom
from appliance.calls.consulting import (
    is_ours,
    number_dialled,
    reached,
    reached_for,
    talk_it_over,
    tell_failure,
)
from appliance.calls.transfer import DECLINED, OK, STATUSES, TRYING, Loan
from appliance.calls.until_first import until_first
from appliance.legs.leg import CallerLeg
from appliance.legs.referral import Referral
from appliance.routing.facts import Facts
from appliance.routing.steps import Outcome

# As many as can follow each other by ear: each open microphone adds its noise to what all hear, and each
# party from outside takes a channel of a line. Mixing eight takes less than a hundredth of the time there is.
MOST_PARTIES = 8


async def bring_in(room: ConferenceRoom, leg: CallerLeg) -> None:
    """Let somebody consult one more, and bring them in; hanging up meanwhile leaves them in one's place."""
    if len(room.there) >= MOST_PARTIES:
        await tell_failure(room.board, room.call, leg, "conference_full")
        return
    await room.rise(leg)
    await until_first(_consult(room, leg), beside=(room.keep_company(leg),))
    if leg.has_ended:
        room.leaves(leg)
    else:
        room.seat(leg)


async def _consult(room: ConferenceRoom, leg: CallerLeg) -> None:
    board, call = room.board, room.call
    target = await until_first(number_dialled(board, leg), leg.wait_ended())
    if not target:
        return
    with ExitStack() as rung:
        with _calling(room, call.party_of(leg), target):
            guest = await reached_for(board, call, leg, rung)
        if isinstance(guest, Outcome):
            if guest is not Outcome.CALLER_LEFT:
                await tell_failure(board, call, leg)
        elif await talk_it_over(board, call, leg, guest) != "comes back":
            room.taken.enter_context(rung.pop_all())
            room.take_in(guest, board.party_of(guest), call.party_of(leg))


@contextmanager
def _calling(room: ConferenceRoom, by: Party, target: str) -> Iterator[None]:
    """The facts of the call are those of `by` who calls the target."""
    call, before = room.call, room.call.facts
    call.facts = _facts(room, call, by, target)
    try:
        yield
    finally:
        call.facts = before
        call.changed(call)


def _facts(room: ConferenceRoom, call: Call, by: Party, target: str) -> Facts:
    return room.board.facts_of_transfer(by, by, target, call.facts.language)


async def hand_over(room: ConferenceRoom, leg: CallerLeg, wish: Referral) -> None:
    """Give somebody's place to whom their phone names; the conference stays as it was when nobody comes."""
    if not is_ours(room.call, leg):
        wish.done(DECLINED)
        return
    loan = room.board.borrow(wish.replaces, leg) if wish.replaces is not None else None
    if loan is not None:
        await _take_place(room, leg, wish, loan)
    else:
        await _send_for(room, leg, wish)


async def _take_place(room: ConferenceRoom, leg: CallerLeg, wish: Referral, loan: Loan) -> None:
    """Attended: the one they have been talking to comes."""
    loan.story = "to_conference"
    room.taken.callback(loan.over.set)
    if not await loan.is_lent():
        wish.done(STATUSES[Outcome.UNREACHABLE])
        return
    wish.done(OK)
    room.take_in(loan.leg, loan.party, room.call.party_of(leg), loan)
    await room.let_go(leg)


async def _send_for(room: ConferenceRoom, leg: CallerLeg, wish: Referral) -> None:
    """Blind: the target rings for the conference; its phone is told how it fares."""
    call, by = room.call, room.call.party_of(leg)
    call.story_moves("conference_sent", by, wish.target)
    wish.progress(TRYING)
    with ExitStack() as rung:
        with _calling(room, by, wish.target):
            guest = await reached(room.board, call, rung, partial(room.until_alone, leg))
        if isinstance(guest, Outcome):
            wish.done(STATUSES.get(guest, 480))
            call.story_moves("conference_stays", by, wish.target)
            return
        room.taken.enter_context(rung.pop_all())
    wish.done(OK)
    room.take_in(guest, room.board.party_of(guest), by)
    await room.let_go(leg)
