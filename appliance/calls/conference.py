"""Conference: whoever has asked a colleague in during a call brings all together, mixed by the box.

Who leaves, leaves alone; the last two go on as any two who talk. It is over when nobody of the office is
left: people outside do not talk to each other on the office's lines.
"""

from __future__ import annotations

from contextlib import ExitStack

from appliance.calls.call import Call, Party
from appliance.calls.conference_guests import hand_over, pressed, take_place
from appliance.calls.conference_room import ConferenceRoom, Pressed, Wish
from appliance.calls.consulting import is_ours
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.transfer import Attended, agree
from appliance.legs.leg import CallerLeg
from appliance.legs.referral import Referral


async def confer(board: Switchboard, call: Call, by: Party, legs: tuple[CallerLeg, ...]) -> None:
    """Let all hear each other until at most two are left, who go on talking; `by` has made it."""
    call.confers(legs, by)
    with ExitStack() as taken:
        there = await _mixed(board, call, legs, taken)
        call.confers_no_more()
        if len(there) == 2 and any(is_ours(call, leg) for leg in there):
            await _go_on(board, call, by, there)
            return
    call.ended_by = "box" if there else call.ended_by
    if len(there) > 1:
        call.story_moves("conference_over", by)


async def _mixed(
    board: Switchboard, call: Call, legs: tuple[CallerLeg, ...], taken: ExitStack
) -> tuple[CallerLeg, ...]:
    """Mix, and do what is asked for, until there is no reason to; returns who is there still."""
    async with TaskGroup() as group:
        room = ConferenceRoom(board, call, group, taken)
        for leg in legs:
            room.seat(leg)
        room.tell()
        with call.open_to_guests(room.give_place):
            while (asked := await room.asked()) is not None:
                await _do(room, *asked)
        await room.clear()
    return room.there


async def _do(room: ConferenceRoom, leg: CallerLeg, wish: Wish) -> None:
    match wish:
        case Referral():
            await hand_over(room, leg, wish)
        case Attended(referral, loan):
            await take_place(room, leg, referral, loan)
        case Pressed(action=action):
            await pressed(room, leg, action)


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
