"""Call-backs: whoever asked for a call gets it, attempt after attempt, over restarts (OUT-6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from appliance.calls.call import Call
from appliance.configuration.call_backs import CallBackOutcome, CallBackRequest, CallBackState
from appliance.control.call_back_desk import TooManyCallBacks
from appliance.legs.outgoing import OutgoingLeg
from appliance.routing.calling_back import (
    facts_for_agents,
    facts_for_customer,
    hours_of,
    is_left,
    opens_at,
    ring_agents,
)
from appliance.routing.facts import Direction
from appliance.routing.limits import BARRED
from appliance.routing.steps import KeepCallBack, Outcome, Ring
from appliance.routing.trail import Reason, TrailEntry
from appliance.runtime.tokens import token
from appliance.storage.call_backs import CallBackStore
from appliance.storage.errors import StorageError

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)

MOST_OPEN = 500
ENDED_SHOWN = 100
# Whoever asks for a call by a key is still on the phone for so long.
HANG_UP_SECONDS = 8.0
# What no later hour lets through.
_FOR_EVER = frozenset({"barred_costly", "barred_country"})


class CallBacks:
    """The requests; implements `control.call_back_desk.CallBackDesk`. Open ones are held in memory."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._store = CallBackStore(box.database)
        self._open: dict[str, CallBackRequest] = {}
        self._calls: dict[str, str] = {}
        self._asked: set[str] = set()
        self._stories: dict[str, asyncio.Task[None]] = {}

    async def restore(self) -> None:
        """Take up those who were to be called before the restart. Raises StorageError."""
        now = self._box.epoch()
        await self._store.prune(now)
        for request in await self._store.open():
            # What a restart has cut off was no attempt.
            was_tried = request.state is CallBackState.TRYING
            again = request.due(now).model_copy(update={"state": CallBackState.WAITING})
            self._open[request.id] = again if was_tried else request

    # What control and calls ask for.

    def open(self) -> tuple[CallBackRequest, ...]:
        """Those who are still to be called, whoever asked first first."""
        return tuple(sorted(self._open.values(), key=lambda request: request.asked_at))

    async def ended(self) -> list[CallBackRequest]:
        """The last that are over, the newest first. Raises StorageError."""
        return await self._store.ended(ENDED_SHOWN)

    async def find(self, identifier: str) -> CallBackRequest | None:
        """A request by its id, None when nobody is to be called by it any more."""
        return self._open.get(identifier)

    async def ask(self, request: CallBackRequest) -> CallBackRequest:
        """Keep a request; whoever is to be called by the same people already is not called twice.

        Raises TooManyCallBacks, StorageError: then nothing is kept.
        """
        before = next((each for each in self._open.values() if each.is_same(request)), None)
        if before is not None:
            return before
        if len(self._open) >= MOST_OPEN:
            raise TooManyCallBacks
        await self._store.save(request)
        self._open[request.id] = request
        self._changed(request)
        self._box.jobs.call_back_soon()
        return request

    async def keep(self, step: KeepCallBack) -> bool:
        """Keep what a caller has asked for by a key; False when it cannot be kept."""
        settings, now = self._box.configuration.call_backs, self._box.epoch()
        request = CallBackRequest(
            id=token(),
            number=step.number,
            name=step.name[:200],
            number_id=step.number_id,
            person_id=step.person_id,
            group_id=step.group_id,
            allowed=settings.attempts,
            delay_minutes=settings.delay_minutes,
            asked_at=now,
            next_at=now + HANG_UP_SECONDS,
        )
        try:
            await self.ask(request)
        except (TooManyCallBacks, StorageError) as error:
            log.error("a caller who asked for a call-back cannot be called: %r", error)
            return False
        return True

    async def cancel(self, identifier: str) -> bool:
        """Call a request off; False when there is none. Our phones stop ringing, a call goes on."""
        request = self._open.get(identifier)
        if request is None:
            return False
        await self._store.save(request.cancelled(self._box.epoch()))
        self._open.pop(identifier, None)
        if story := self._stories.get(identifier):
            story.cancel()
        self._changed(request)
        return True

    async def try_now(self, identifier: str) -> bool:
        """Try a request at once, also while the office is closed; False when there is none that waits."""
        request = self._open.get(identifier)
        if request is None or request.state is not CallBackState.WAITING:
            return False
        await self._attempt(request, by_hand=True)
        return True

    # Attempts.

    async def attempt_due(self) -> None:
        """Begin the attempts whose time has come."""
        now = self._box.epoch()
        for request in self.open():
            if request.state is CallBackState.WAITING and (request.next_at or 0.0) <= now:
                await self._attempt(request)

    async def _attempt(self, request: CallBackRequest, by_hand: bool = False) -> None:
        box, now = self._box, self._box.epoch()
        configuration, plan, world = box.configuration, box.plan, box.world()
        if not is_left(configuration, request):
            self._came_to(request, CallBackOutcome.NOBODY_LEFT)
            return
        if request.is_too_old(now) and not by_hand:
            self._came_to(request, CallBackOutcome.TOO_OLD)
            return
        opening = opens_at(hours_of(plan, configuration, request.number_id), world, box.now())
        if not by_hand and (opening is None or opening.timestamp() > now + 1.0):
            until = opening.timestamp() if opening else None
            self._came_to(request, CallBackOutcome.CLOSED, until=until)
            return
        step = self._next(request)
        if step is None:
            self._came_to(request, CallBackOutcome.NOBODY_FREE)
            return
        self._keep(request.trying())
        story = box.background.start(self._story(request, step), f"call-back {request.id}")
        self._stories[request.id] = story
        story.add_done_callback(lambda _: self._stories.pop(request.id, None))

    def _others_wait(self, request: CallBackRequest) -> bool:
        """Whether somebody waits on the phone who came before the request did."""
        places = (call.waiting for call in self._box.calls.in_progress() if call.waiting is not None)
        return any(place.group_id == request.group_id and place.since < request.asked_at for place in places)

    async def _story(self, request: CallBackRequest, step: Ring | None) -> None:
        """Ring our people as the group rings for a caller; who takes it, calls the customer."""
        asked: list[str] = []
        winner: OutgoingLeg | None = None
        try:
            while step is not None and winner is None:
                winner = await self._ring(request, step)
                if winner is None:
                    asked += dict.fromkeys(people_of(step))
                    step = self._next(request, asked)
        except BaseException:
            self._came_to(request, CallBackOutcome.NOBODY_FREE)
            raise
        if winner is None:
            self._came_to(request, CallBackOutcome.NOT_TAKEN)
        elif request.id not in self._open:
            # Called off in the moment of the answer.
            winner.close()
        else:
            self._call(request, winner, asked)

    async def _ring(self, request: CallBackRequest, step: Ring) -> OutgoingLeg | None:
        box, people = self._box, set(people_of(step))
        self._asked |= people
        box.turns.rings(step)
        try:
            return await box.origination.ring_first(step, facts_for_agents(box.configuration, request))
        finally:
            self._asked -= people

    def _next(self, request: CallBackRequest, asked: Collection[str] = ()) -> Ring | None:
        """Who is to be asked next; nobody while others wait on the phone who came before."""
        if self._others_wait(request):
            return None
        box, taken = self._box, self._asked.union(asked)
        return ring_agents(box.plan, box.configuration, request, box.world(), box.now(), taken)

    def _call(self, request: CallBackRequest, winner: OutgoingLeg, asked: Sequence[str]) -> None:
        box, call_id = self._box, token()
        self._calls[call_id] = request.id
        facts = facts_for_customer(box.configuration, request, winner.person_id)
        call = box.calls.start(facts, winner, None, call_id)
        if call is None:
            self._calls.pop(call_id, None)
            self._came_to(request, CallBackOutcome.NOBODY_FREE)
            return
        people = box.configuration.people
        others = [people[each].name for each in asked if each in people]
        entry = box.plan.entries[box.plan.entry(facts)]
        call.trail.append(TrailEntry(entry, None, taken_by(facts.caller_name, others)))

    def call_ended(self, call: Call, _now: float) -> None:
        """A call is over: an attempt of ours, or somebody who was to be called has got through."""
        identifier = self._calls.pop(call.id, None)
        request = self._open.get(identifier or "")
        if request is not None:
            self._came_to(request, outcome_of(call), call_id=call.id)
        elif call.arrived.direction is Direction.INBOUND and call.outcome == "answered":
            for each in self.open():
                if each.number == call.arrived.caller and each.state is CallBackState.WAITING:
                    self._came_to(each, CallBackOutcome.CALLED_AGAIN, call_id=call.id)

    # Keeping.

    def _came_to(
        self,
        request: CallBackRequest,
        outcome: CallBackOutcome,
        *,
        call_id: str | None = None,
        until: float | None = None,
    ) -> None:
        if request.id in self._open:
            self._keep(request.after(outcome, self._box.epoch(), call_id=call_id, until=until))

    def _keep(self, request: CallBackRequest) -> None:
        """Hold a request as it is now; what a restart finds out by itself is not written each minute."""
        before = self._open.pop(request.id, request)
        if request.is_open:
            self._open[request.id] = request
        if not request.is_open or (request.outcome, request.made) != (before.outcome, before.made):
            self._box.background.start(self._write(request), "a call-back request")
        else:
            self._changed(request)

    async def _write(self, request: CallBackRequest) -> None:
        try:
            await self._store.save(request)
        except StorageError as error:
            log.error("the call-back request %s could not be kept: %s", request.id, error)
        self._changed(request)

    def _changed(self, request: CallBackRequest) -> None:
        self._box.events.publish("call_back", id=request.id, state=request.state.value)


def people_of(step: Ring) -> Iterator[str]:
    """Whom a step rings."""
    return (target.person_id for target in step.targets if target.person_id)


def taken_by(person: str, others: Sequence[str]) -> Reason:
    """Who took a call-back, and whom else it was asked of."""
    if not others:
        return Reason("call_back_taken", {"person": person})
    return Reason("call_back_taken_after", {"person": person, "others": ", ".join(others)})


def outcome_of(call: Call) -> CallBackOutcome:
    """What a call to a customer came to."""
    if call.outcome == "answered":
        return CallBackOutcome.ANSWERED
    barred = {entry.reason.code for entry in call.trail}.intersection(BARRED)
    if barred:
        return CallBackOutcome.BARRED if barred & _FOR_EVER else CallBackOutcome.LIMITED
    rings = [step for step in call.steps if step["step"] == "Ring"]
    if not rings:
        return CallBackOutcome.NO_LINE
    outcome = str(rings[-1].get("outcome", "no_answer"))
    if outcome == Outcome.NO_SUCH_NUMBER:
        return CallBackOutcome.UNREACHABLE
    try:
        return CallBackOutcome(outcome)
    except ValueError:
        return CallBackOutcome.NO_ANSWER
