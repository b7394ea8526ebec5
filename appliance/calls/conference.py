"""Conference: whoever has asked a colleague in during a call brings all together, mixed by the box.

Who leaves, leaves alone; the last two go on as any two who talk. It is over when nobody of the office is
left: people outside do not talk to each other on the office's lines.
"""

from __future__ import annotations

from contextlib import ExitStack

from appliance.calls.audio_watch import until_silent, watch_audio
from appliance.calls.call import Call, Party
from appliance.calls.hold import HOLDS
from appliance.calls.switchboard import Switchboard
from appliance.calls.transfer import agree
from appliance.calls.until_first import until_first
from appliance.legs.audio import Seat
from appliance.legs.leg import CallerLeg
from appliance.legs.sessions import Sound, is_g711
from appliance.sip.offer_answer import DEFAULT_CODECS

OURS = Sound(DEFAULT_CODECS)


async def confer(board: Switchboard, call: Call, by: Party, legs: tuple[CallerLeg, ...]) -> None:
    """Let all hear each other until at most two are left, who go on talking; `by` has made it."""
    call.confers(legs, by)
    there = await _mixed(board, call, legs)
    call.confers_no_more()
    if len(there) == 2 and _is_of_the_office(call, there):
        await _go_on(board, call, by, there)
        return
    call.ended_by = "box" if there else call.ended_by
    if len(there) > 1:
        call.story_moves("conference_over", by)


async def _mixed(board: Switchboard, call: Call, legs: tuple[CallerLeg, ...]) -> tuple[CallerLeg, ...]:
    """Mix until there is no reason to; returns who is there still."""
    with ExitStack() as room:
        conference = board.conference()
        seats = [(leg, room.enter_context(conference.take_part(leg.media))) for leg in legs]
        for leg in legs:
            if leg.sound.codecs and not is_g711(leg.sound.codecs[0]):
                await leg.propose(OURS)
        beside = [answer_changes(leg, seat) for leg, seat in seats]
        await until_first(
            _until_two(call, legs), until_silent(*legs), beside=(*beside, watch_audio(board, call, legs))
        )
        return _still(call, legs)


async def _until_two(call: Call, legs: tuple[CallerLeg, ...]) -> None:
    """Return once at most two are left, or nobody of the office."""
    there = _still(call, legs)
    while len(there) > 2 and _is_of_the_office(call, there):
        await until_first(*(leg.wait_ended() for leg in there))
        there = _still(call, there)


def _still(call: Call, legs: tuple[CallerLeg, ...]) -> tuple[CallerLeg, ...]:
    """Who has not left; whoever has is released, and the story tells it."""
    for leg in legs:
        if leg.has_ended and call.leaves_conference(leg):
            leg.close()
    return tuple(leg for leg in legs if not leg.has_ended)


def _is_of_the_office(call: Call, legs: tuple[CallerLeg, ...]) -> bool:
    return any(call.party_of(leg).person_id and getattr(leg, "line_id", None) is None for leg in legs)


async def _go_on(board: Switchboard, call: Call, by: Party, there: tuple[CallerLeg, ...]) -> None:
    """The two who are left talk."""
    one, other = there if there[1] is not call.caller else there[::-1]
    if one is not call.caller:
        party = call.party_of(one)
        number, language = call.party_of(other).number, call.facts.language
        call.send_on(one, board.facts_of_transfer(party, by, number, language))
    call.callee = other
    call.lead(one)
    call.talks_to(other, call.party_of(other))
    await agree(one, other)
    await call.talk(one, other)


async def answer_changes(leg: CallerLeg, seat: Seat | None) -> None:
    """Answer every session change of a leg; who holds is not heard, lest all hear their phone's music."""
    with leg.changes() as changes:
        while True:
            change = await changes.get()
            if seat is not None:
                seat.mute(change.wanted.direction in HOLDS)
            change.accept(OURS)
