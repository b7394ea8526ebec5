"""Intercom: a colleague's desk phone answers by itself and speaks, without being picked up."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.ring import ring
from appliance.calls.saying import say
from appliance.calls.switchboard import Switchboard
from appliance.configuration.people import Person
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from appliance.routing.world import PersonState

# A phone that takes no such calls rings for so long.
SECONDS = 20
PROMPTS = {Outcome.BUSY: "person_busy", Outcome.DECLINED: "call_refused"}


async def intercom(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Speak to the person whose extension was dialled after the code, unless they are on a call or away."""
    person = board.configuration.person_at(parameters.get("argument", ""))
    if person is None or person.id == call.party_of(call.caller).person_id:
        await say(board, call, "unknown_extension")
        return Outcome.DONE
    outcome = await _reach(board, call, person)
    if outcome is None:
        return None
    await say(board, call, PROMPTS.get(outcome, "person_unavailable"))
    return Outcome.DONE


async def _reach(board: Switchboard, call: Call, person: Person) -> Outcome | None:
    """Have a phone of theirs answer; None once the two have talked."""
    world = board.world()
    now = world.person(person.id)
    if now.calls:
        return Outcome.BUSY
    targets = tuple(
        PhoneTarget(phone.id, person.id, by_itself=True)
        for phone in board.configuration.phones.values()
        if phone.person_id == person.id and phone.id in world.registered
    )
    if now.state is not PersonState.FREE or not targets:
        return Outcome.UNREACHABLE
    return await ring(board, call, Ring(targets, SECONDS, call.facts.language))
