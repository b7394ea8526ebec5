"""Paging: an announcement on the phones of a ring group, which answer by themselves and are not heard."""

from __future__ import annotations

from asyncio import timeout
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from appliance.calls.call import Call
from appliance.calls.conference_room import answer_changes
from appliance.calls.saying import say
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.until_first import until_first
from appliance.configuration.people import RingGroup
from appliance.legs.audio import Conference
from appliance.legs.leg import CalleeLeg
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from appliance.routing.trail import Reason
from appliance.routing.world import PersonState

# A phone that does not answer by itself rings for so long.
SECONDS = 20
MOST_PHONES = 60


async def page(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Speak on the phones of the group whose extension was dialled after the code.

    Whoever is on a call, away or not to be disturbed is left alone.
    """
    group = board.configuration.group_at(parameters.get("argument", ""))
    if group is None:
        await say(board, call, "unknown_extension")
        return Outcome.DONE
    targets = _phones(board, call, group)
    with ExitStack() as taken:
        step = Ring(targets, SECONDS, call.facts.language)
        legs = [taken.enter_context(leg) for leg in board.legs_towards(step, call)] if targets else []
        if legs and await _speak(board, call, group, legs):
            return None
    await say(board, call, "nobody_available")
    return Outcome.DONE


def _phones(board: Switchboard, call: Call, group: RingGroup) -> tuple[PhoneTarget, ...]:
    """The phones of the members who may be spoken to now, but those of who speaks."""
    world, me = board.world(), call.party_of(call.caller).person_id
    people = {member.person_id for member in group.members if member.person_id != me}
    free = {
        person_id
        for person_id in people
        if not (now := world.person(person_id)).calls and now.state is PersonState.FREE
    }
    return tuple(
        PhoneTarget(phone.id, phone.person_id, by_itself=True)
        for phone in board.configuration.phones.values()
        if phone.person_id in free and phone.id in world.registered
    )[:MOST_PHONES]


async def _speak(board: Switchboard, call: Call, group: RingGroup, legs: Sequence[CalleeLeg]) -> bool:
    """Let each phone that answers hear the caller, until all have left; whether any has answered."""
    call.tell(Reason("paged", {"group": group.name}))
    call.rings(tuple(legs))
    for leg in legs:
        call.know(leg, board.party_of(leg))
    room = board.conference()
    async with TaskGroup() as listeners:
        with room.take_part(call.caller.media) as seat:
            changes = listeners.create_task(answer_changes(call, call.caller, seat))
            heard = [listeners.create_task(_listen(call, room, leg)) for leg in legs]
            answered = [await each for each in heard]
        changes.cancel()
    return any(answered)


async def _listen(call: Call, room: Conference, leg: CalleeLeg) -> bool:
    """Have one phone hear the caller until it hangs up; whether it has answered."""
    try:
        async with timeout(SECONDS):
            result = await leg.dial()
    except TimeoutError:
        result = None
    call.rings(tuple(each for each in call.ringing if each is not leg))
    if result is None or result.outcome is not Outcome.ANSWERED:
        return False
    with room.take_part(leg.media) as seat:
        seat.mute(True)
        call.speaks_to(leg)
        await until_first(leg.wait_ended(), beside=(answer_changes(call, leg, None),))
        call.speaks_no_more_to(leg)
    return True
