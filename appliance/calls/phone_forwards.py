"""Forwards set at a phone itself: it answers a call with 302 and where to call instead (RFC 3261 21.3.3).

Followed for a call to one person, once none of their other phones has taken it, as a forward of theirs would
be: where they may set one, to where anybody may be forwarded, and not round in circles. Whoever is spoken to
without picking up is spoken to nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.calls.call import Call, Party
from appliance.calls.switchboard import Switchboard
from appliance.legs.leg import CalleeLeg
from appliance.routing.redirections import ALWAYS, Redirection
from appliance.routing.steps import Outcome, PhoneTarget, Ring
from appliance.routing.trail import Reason

LOCK = "people.forward_to"
# How many phones in a row may send a call on.
MOST_FORWARDS = 3
FOLLOWED, NOT_FOLLOWED = "phone_forwards", "phone_forward_barred"


async def follow_phones(
    board: Switchboard, call: Call, step: Ring, legs: Sequence[CalleeLeg], outcome: Outcome
) -> Outcome | None:
    """Go where a phone that was rung says, if one does; else `outcome`. None once the call is over."""
    person_id, target = _told(legs)
    person = board.configuration.people.get(person_id)
    missed = outcome in (Outcome.UNREACHABLE, Outcome.NO_ANSWER)
    by_itself = any(isinstance(each, PhoneTarget) and each.by_itself for each in step.targets)
    if person is None or step.group_id or by_itself or not missed:
        return outcome
    by = Party(person.extension, person.name, person.id)
    followed = sum(entry.reason.code == FOLLOWED for entry in call.trail)
    locked = board.by_phone.is_locked(person.id, LOCK)
    nowhere = target == person.extension or board.by_phone.destination(target) is None
    if locked or nowhere or followed >= MOST_FORWARDS:
        call.tell(Reason(NOT_FOLLOWED, {"by": person.name, "to": target}))
        return outcome
    before = call.facts
    party = call.party_of(call.caller)
    facts = board.facts_of_transfer(party, by, target, before.language)
    call.tell(Reason(FOLLOWED, {"by": person.name, "to": target}))
    call.facts = replace(facts, redirected=Redirection(person.extension, person.name, ALWAYS))
    ended = await call.follow()
    if ended is not None:
        call.facts = before
    return ended


def _told(legs: Sequence[CalleeLeg]) -> tuple[str, str]:
    """Whose phone names somebody to be called instead, and whom; empty when none does."""
    return next(((leg.person_id, leg.sends_to) for leg in legs if leg.person_id and leg.sends_to), ("", ""))
