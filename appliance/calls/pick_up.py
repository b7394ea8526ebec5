"""Pick-up: a ringing call is taken by somebody whose phone it does not ring (RING-10).

The leg of who picks up is lent to the ringing call, which goes on with it as if it had been rung. Members of
a ring group pick up each other's calls; others may too, unless that is locked for them (PERM-1).
"""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, Future, Task, wait
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from appliance.calls.call import Call, Party
from appliance.calls.moving import move_here
from appliance.calls.saying import say
from appliance.calls.switchboard import Switchboard
from appliance.calls.task_group import TaskGroup
from appliance.calls.transfer import Loan, agree
from appliance.calls.until_first import until_first
from appliance.configuration.configuration import Configuration
from appliance.routing.steps import Outcome
from appliance.routing.trail import Reason

if TYPE_CHECKING:
    from appliance.legs.leg import CalleeLeg

LOCK = "phone.pick_up"


@dataclass(frozen=True, slots=True)
class PickUp:
    """Somebody who wants a call, and their leg on loan; `reason` is what the call's story says of it."""

    by: Party
    loan: Loan
    reason: str = "picked_up"

    def accept(self) -> bool:
        """Take the leg; False when its far side has hung up in the meantime."""
        if self.loan.ready.done():
            return False
        self.loan.ready.set_result(None)
        return True


# The one who picks up.


async def pick_up(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Take the ringing call of the extension dialled after the code, or the oldest of the caller's groups.

    A call named by its id may be the caller's own, which they have on another phone.
    """
    me = call.party_of(call.caller)
    talks = next((each for each in board.calls_in_progress() if each.id == parameters.get("call_id")), None)
    if talks is not None and await move_here(board, call, talks):
        return None
    found = _wanted(board, me, parameters)
    if not isinstance(found, Call):
        await say(board, call, found)
        return Outcome.DONE
    offer = found.pick_up
    if offer is None or not await take(board, call, found, offer, "picked_up"):
        await say(board, call, "nothing_to_pick_up")
        return Outcome.DONE
    return None


async def take(board: Switchboard, call: Call, wanted: Call, offer: Future[PickUp], reason: str) -> bool:
    """Lend the caller's leg to the call they want, to the end of that; False when that is gone."""
    if offer.done():
        return False
    loan, me = Loan(call.caller), call.party_of(call.caller)
    who = wanted.facts.caller_name or board.written(wanted.facts.caller)
    offer.set_result(PickUp(me, loan, reason))
    if not await loan.is_lent():
        return False
    call.tell(Reason("picks_up", {"who": who}))
    # They talk in the other call, and count there.
    call.know(call.caller, Party(me.number, me.name))
    await _lent(call, loan)
    return True


async def _lent(call: Call, loan: Loan) -> None:
    """Wait until a lent leg is given back, or its far side leaves."""
    await until_first(loan.over.wait(), call.caller.wait_ended())


def _wanted(
    board: Switchboard, me: Party, parameters: Mapping[str, str]
) -> Call | Literal["nothing_to_pick_up", "not_permitted"]:
    """The call to be picked up, or the prompt that says why there is none."""
    ringing = [each for each in board.calls_in_progress() if _may_be_taken(each, me)]
    configuration, person_id = board.configuration, me.person_id or ""
    reach = Reach(configuration, person_id, board.by_phone.is_locked(person_id, LOCK))
    call_id, extension = parameters.get("call_id", ""), parameters.get("argument", "")
    if call_id:
        chosen = [each for each in ringing if each.id == call_id]
        return _first(chosen, lambda each: any(map(reach.may, each.ringing_people)))
    person = configuration.person_at(extension)
    if person is not None:
        chosen = [each for each in ringing if person.id in each.ringing_people]
        return _first(chosen, lambda each: reach.may(person.id))
    group = configuration.group_at(extension)
    if group is not None:
        chosen = [each for each in ringing if _rings_group(board, each, group.id)]
        return _first(chosen, lambda each: group.id in reach.groups or not reach.locked)
    if extension:
        return "nothing_to_pick_up"
    return _first([each for each in ringing if any(map(reach.is_near, each.ringing_people))])


def _may_be_taken(call: Call, me: Party) -> bool:
    offer = call.pick_up
    return offer is not None and not offer.done() and call.facts.caller_person_id != me.person_id


def _first(
    calls: list[Call], allowed: Callable[[Call], bool] = lambda call: True
) -> Call | Literal["nothing_to_pick_up", "not_permitted"]:
    if not calls:
        return "nothing_to_pick_up"
    return next((each for each in calls if allowed(each)), "not_permitted")


def _rings_group(board: Switchboard, call: Call, group_id: str) -> bool:
    """Whether a call stands where the plan rings that group."""
    node = board.plan.nodes.get(call.trail[-1].node) if call.trail else None
    return node is not None and node.record == ("groups", group_id)


class Reach:
    """Whose calls somebody may pick up: `groups` are the ring groups they are in."""

    def __init__(self, configuration: Configuration, person_id: str, locked: bool) -> None:
        members = {
            group.id: frozenset(member.person_id for member in group.members)
            for group in configuration.groups.values()
        }
        self.locked = locked
        self.groups = frozenset(each for each, people in members.items() if person_id in people)
        self._colleagues = frozenset({person_id}).union(*(members[each] for each in self.groups))

    def may(self, person_id: str) -> bool:
        """Whether they may pick up that person's calls, by extension."""
        return person_id in self._colleagues or not self.locked

    def is_near(self, person_id: str) -> bool:
        """Whether that person's calls are meant without an extension: of their groups, all without any."""
        return person_id in self._colleagues or not (self.groups or self.locked)


# The call that is picked up.


async def answered_or_picked_up(
    call: Call, answering: Coroutine[Any, Any, CalleeLeg | Outcome]
) -> CalleeLeg | Outcome | PickUp:
    """What comes first: an answer (or that there is none), or somebody who picks up."""
    async with TaskGroup() as group:
        task = group.create_task(answering)
        try:
            taken = await _taken_before(call, task)
        finally:
            call.pick_up = None
        if taken is not None:
            for leg in call.ringing:
                leg.taken_elsewhere()
            task.cancel()
    return taken or task.result()


async def _taken_before(call: Call, answering: Task[CalleeLeg | Outcome]) -> PickUp | None:
    """Who picks up before there is an answer; None when that came first."""
    while True:
        call.pick_up = offer = Future[PickUp]()
        await wait((answering, offer), return_when=FIRST_COMPLETED)
        if answering.done():
            return None
        taken = offer.result()
        if taken.accept():
            return taken


async def go_on_with(board: Switchboard, call: Call, taken: PickUp) -> None:
    """The caller talks to who has picked up, until one of them leaves."""
    leg = taken.loan.leg
    try:
        call.picked_up(leg, taken.by, board.epoch(), taken.reason)
        call.caller.answer(leg)
        await agree(call.caller, leg)
        await call.talk(call.caller, leg)
    finally:
        taken.loan.over.set()
