"""Who is brought into a conference, or takes somebody's place there, while the others go on talking.

By the codes of a conference and of transfers: whoever of the office presses one leaves their seat, dials, and
talks to the other first, unless the code is that of a blind transfer. By REFER: the phone keeps its seat
until the target has answered, and leaves then (RFC 5589).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from appliance.calls.call import Call, Party
from appliance.calls.conference_room import ConferenceRoom
from appliance.calls.consulting import (
    Decision,
    is_ours,
    number_dialled,
    reached,
    reached_for,
    talk_it_over,
    tell_failure,
    tone,
)
from appliance.calls.speaking import takes_words
from appliance.calls.transfer import DECLINED, OK, STATUSES, TRYING, Loan
from appliance.calls.until_first import until_first
from appliance.configuration.star_codes import Action
from appliance.legs.leg import CalleeLeg, CallerLeg
from appliance.legs.referral import Referral
from appliance.routing.facts import Facts
from appliance.routing.steps import Outcome
from appliance.sip.refer import Refer

# As many as can follow each other by ear: each open microphone adds its noise to what all hear, and each
# party from outside takes a channel of a line. Mixing eight takes less than a hundredth of the time there is.
MOST_PARTIES = 8


async def pressed(room: ConferenceRoom, leg: CallerLeg, code: Action) -> None:
    """Let somebody consult one more and bring them in, or send somebody in their own place.

    Hanging up while they consult leaves the other in their place.
    """
    await takes_words(leg)
    if code is Action.CONFERENCE and _is_full(room):
        await tell_failure(room.board, room.call, leg, "conference_full")
        return
    await room.rise(leg)
    await until_first(_calls_somebody(room, leg, code), beside=(room.keep_company(leg),))
    if leg.has_ended:
        room.leaves(leg)
    elif leg in room.there:
        room.seat(leg)


def _is_full(room: ConferenceRoom) -> bool:
    return len(room.there) >= MOST_PARTIES


async def _calls_somebody(room: ConferenceRoom, leg: CallerLeg, code: Action) -> None:
    target = await until_first(number_dialled(room.board, leg), leg.wait_ended())
    if not target:
        return
    if code is Action.TRANSFER:
        await _send(room, leg, target)
    else:
        await _consult(room, leg, target)


async def _send(room: ConferenceRoom, leg: CallerLeg, target: str) -> None:
    """Blind: whoever has pressed the code hears it ring, and may hang up at once."""
    wish = Referral(Refer(target, quiet=True), lambda body, headers: None)
    with tone(room.board, leg, "ringback"):
        has_come = await _send_for(room, leg, wish)
    if not has_come:
        await tell_failure(room.board, room.call, leg)


async def _consult(room: ConferenceRoom, leg: CallerLeg, target: str) -> None:
    board, call = room.board, room.call
    with ExitStack() as rung:
        with _calling(room, call.party_of(leg), target):
            guest = await reached_for(board, call, leg, rung)
        if isinstance(guest, Outcome):
            if guest is not Outcome.CALLER_LEFT:
                await tell_failure(board, call, leg)
        elif await _decided(room, leg, guest) != "comes back":
            room.taken.enter_context(rung.pop_all())
            room.take_in(guest, board.party_of(guest), call.party_of(leg))


async def _decided(room: ConferenceRoom, leg: CallerLeg, guest: CalleeLeg) -> Decision:
    """What whoever consults decides; one more is not let into a full conference."""
    while True:
        decision = await talk_it_over(room.board, room.call, leg, guest)
        if decision != "joins all" or not _is_full(room):
            return decision
        await tell_failure(room.board, room.call, leg, "conference_full")


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
        await take_place(room, leg, wish, loan)
    else:
        await _send_for(room, leg, wish)


async def take_place(room: ConferenceRoom, leg: CallerLeg, wish: Referral, loan: Loan) -> None:
    """Attended: the one they have been talking to comes."""
    if not await room.take_lent(loan, room.call.party_of(leg)):
        wish.done(STATUSES[Outcome.UNREACHABLE])
        return
    wish.done(OK)
    await room.let_go(leg)


async def _send_for(room: ConferenceRoom, leg: CallerLeg, wish: Referral) -> bool:
    """Blind: the target rings for the conference; the phone is told how it fares. False: nobody has come."""
    call, by = room.call, room.call.party_of(leg)
    call.story_moves("conference_sent", by, wish.target)
    wish.progress(TRYING)
    with ExitStack() as rung:
        with _calling(room, by, wish.target):
            guest = await reached(room.board, call, rung, partial(room.until_alone, leg))
        if isinstance(guest, Outcome):
            wish.done(STATUSES.get(guest, 480))
            call.story_moves("conference_stays", by, wish.target)
            return False
        room.taken.enter_context(rung.pop_all())
    wish.done(OK)
    room.take_in(guest, room.board.party_of(guest), by)
    await room.let_go(leg)
    return True
