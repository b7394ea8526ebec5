"""The calls in progress: starts each one's coroutine, tells the pages, keeps the record at the end."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from appliance.calls.call import Call
from appliance.calls.follow import run_call
from appliance.calls.parking import ParkingLot
from appliance.calls.switchboard import Switchboard
from appliance.control.events import EventHub
from appliance.control.live import CallLive, CallState, Waiting
from appliance.legs.leg import CallerLeg, Leg
from appliance.media.quality import loss_fraction, mean_opinion_score
from appliance.routing.facts import Facts
from appliance.routing.number_limit import FULL
from appliance.routing.trail import Reason, TrailEntry
from appliance.runtime.background import Background
from appliance.runtime.ladders import CallLadders
from appliance.runtime.waiting_lines import WaitingLines
from appliance.storage.errors import StorageError
from appliance.storage.history import CallRecord, History, LegFigures

log = logging.getLogger(__name__)

MOST_CALLS = 500


class Calls:
    """Every call in progress, by id."""

    def __init__(
        self,
        background: Background,
        history: History,
        ladders: CallLadders,
        events: EventHub,
        tokens: Callable[[], str],
        epoch: Callable[[], float],
        version: Callable[[], int],
    ) -> None:
        self._background = background
        # The records of calls on their way to the disk.
        self.unwritten = 0
        self._history = history
        self._ladders = ladders
        self._events = events
        self._tokens = tokens
        self._epoch = epoch
        self._version = version
        self._calls: dict[str, Call] = {}
        self.parking = ParkingLot()
        self.waiting = WaitingLines(self.in_progress, epoch)
        self.board: Switchboard | None = None
        self.when_ended: Sequence[Callable[[Call, float], None]] = ()
        self.when_changed: Callable[[Call], None] = lambda call: None

    def __len__(self) -> int:
        return len(self._calls)

    def start(
        self, facts: Facts, caller: CallerLeg, number_id: str | None, call_id: str | None = None
    ) -> Call | None:
        """Start a call's coroutine; refuses it with 503 when the box has all it can carry, or stops."""
        if len(self._calls) >= MOST_CALLS or self.board is None:
            caller.refuse(503)
            caller.close()
            return None
        call = Call(
            id=call_id or self._tokens(),
            facts=facts,
            caller=caller,
            started_at=self._epoch(),
            number_id=number_id,
            configuration_version=self._version(),
            changed=self._changed,
        )
        if facts.caller_person_id:
            call.person_ids = (facts.caller_person_id,)
        self._calls[call.id] = call
        self._background.start(self._run(self.board, call), f"call {call.id}")
        return call

    def turned_away(self, facts: Facts, number_id: str | None, code: str, dialog: str) -> None:
        """Keep the record of a call that ended before its story began; `dialog` is its Call-ID."""
        call_id, now = self._tokens(), self._epoch()
        record = CallRecord(
            id=call_id,
            direction=facts.direction.value,
            started_at=now,
            ended_at=now,
            caller=facts.caller,
            caller_name=facts.caller_name,
            called=facts.called,
            number_id=number_id,
            line_id=facts.line_id,
            caller_person_id=facts.caller_person_id,
            person_ids=(facts.caller_person_id,) if facts.caller_person_id else (),
            outcome="failed",
            ended_by="box",
            trail=(entry_of(TrailEntry("", None, Reason(code))),),
            configuration_version=self._version(),
        )
        self._ladders.over(call_id, (dialog,))
        self._background.start(self._keep_record(record), f"record of call {call_id}")

    async def _run(self, board: Switchboard, call: Call) -> None:
        try:
            await run_call(board, call)
        finally:
            del self._calls[call.id]
            self.waiting.ended(call)
            for told in self.when_ended:
                told(call, self._epoch())
            self._events.publish("call", id=call.id, state="ended")
            self.unwritten += 1
            self._background.start(self._keep(call, self._epoch()), f"record of call {call.id}")
            self._ladders.ended(call.id, call.met)

    async def _keep(self, call: Call, ended_at: float) -> None:
        try:
            await self._keep_record(record_of(call, ended_at))
        finally:
            self.unwritten -= 1

    async def _keep_record(self, record: CallRecord) -> None:
        try:
            await self._history.add(record)
            self._events.publish("history", id=record.id)
        except StorageError as error:
            log.error("the record of call %s could not be kept: %s", record.id, error)

    def _changed(self, call: Call) -> None:
        self.waiting.follow(call)
        self.when_changed(call)
        self._events.publish("call", id=call.id, state=state_of(call).value)

    def hang_up(self, call_id: str) -> bool:
        """End a call; False when there is none by that id."""
        call = self._calls.get(call_id)
        if call is None:
            return False
        call.ended_by = "box"
        for leg in call.conference or (call.caller,):
            leg.hang_up()
        return True

    def hang_up_all(self) -> None:
        """End every call and take no other: the box stops."""
        self.board = None
        for call_id in list(self._calls):
            self.hang_up(call_id)

    def in_progress(self) -> Collection[Call]:
        """The calls that go on now."""
        return self._calls.values()

    def live(self) -> tuple[CallLive, ...]:
        """The calls in progress, as pages show them."""
        return tuple(live_of(call, self.waiting.live(call)) for call in self._calls.values())

    def busy_people(self) -> frozenset[str]:
        """The people who are on a call that has been answered, or who are placing one."""
        return frozenset(person for call in self._calls.values() for person in call.people_on_the_phone)

    def of_numbers(self) -> Counter[str]:
        """How many calls each number has, by its id: those that have arrived and that it had room for."""
        arrived = [call for call in self._calls.values() if call.trail and not _overflowed(call)]
        return Counter(call.number_id for call in arrived if call.number_id is not None)

    def channels(self) -> Counter[str]:
        """How many calls each line carries now, by its id."""
        legs = {id(leg): leg for call in self._calls.values() for leg in (call.caller, *call.met)}
        lines = (getattr(leg, "line_id", None) for leg in legs.values() if not leg.has_ended)
        return Counter(line for line in lines if line is not None)

    @property
    def legs(self) -> int:
        """How many legs are up: the callers', the answered ones, and those that ring."""
        return sum(
            (len(call.conference) or 1 + (call.callee is not None))
            + len(call.ringing)
            + (call.consulted is not None)
            for call in self._calls.values()
        )


def _overflowed(call: Call) -> bool:
    """Whether the number called had no room; only the caller filter is asked before."""
    return any(entry.reason.code == FULL for entry in call.trail[:4])


def state_of(call: Call) -> CallState:
    """What a call is doing."""
    if call.waiting is not None:
        return CallState.WAITING
    if call.conference:
        # Without anybody who answered in person, it is an announcement on several phones.
        return CallState.CONFERENCE if call.callee is not None else CallState.PAGING
    if call.holding or call.place is not None:
        return CallState.HELD
    if call.callee is not None:
        return CallState.TALKING
    if call.outcome == "voicemail":
        return CallState.MESSAGE
    if call.outcome == "service":
        return CallState.SERVICE
    if call.outcome in ("announcement", "call_back"):
        return CallState.ANNOUNCEMENT
    return CallState.RINGING


def live_of(call: Call, queue: Waiting | None = None) -> CallLive:
    """One call in progress, as pages show it."""
    facts = call.facts
    return CallLive(
        id=call.id,
        direction=facts.direction.value,
        state=state_of(call),
        caller=facts.caller,
        caller_name=facts.caller_name,
        called=facts.called,
        number_id=call.number_id,
        line_id=facts.line_id,
        caller_person_id=facts.caller_person_id,
        person_ids=call.people_now,
        started_at=call.started_at,
        answered_at=call.answered_at,
        audio_faults=tuple(fault.code for fault in call.audio_faults),
        queue=queue,
    )


def record_of(call: Call, ended_at: float) -> CallRecord:
    """What the history keeps of a call."""
    facts = call.arrived
    return CallRecord(
        id=call.id,
        direction=facts.direction.value,
        started_at=call.started_at,
        answered_at=call.answered_at,
        # The clock may have been set back meanwhile.
        ended_at=max(ended_at, call.started_at, call.answered_at or 0.0),
        caller=facts.caller,
        caller_name=facts.caller_name,
        called=facts.called,
        number_id=call.number_id,
        line_id=facts.line_id,
        caller_person_id=facts.caller_person_id,
        answered_by=call.answered_by_id,
        person_ids=call.person_ids,
        outcome="message" if call.outcome == "voicemail" and call.message_id else call.outcome,
        ended_by=call.ended_by,
        trail=tuple(entry_of(entry) for entry in call.trail),
        steps=tuple(call.steps),
        message_id=call.message_id,
        configuration_version=call.configuration_version,
        legs=tuple(figures for leg in call.met if (figures := figures_of(leg)) is not None),
        audio_faults=tuple(call.audio_faults),
    )


def figures_of(leg: Leg) -> LegFigures | None:
    """What the history keeps of a leg's audio; None when nothing was said or heard on it."""
    statistics = leg.statistics
    if statistics is None or not (statistics.packets_sent or statistics.packets_received):
        return None
    loss = loss_fraction(statistics.packets_received, statistics.lost)
    far_loss = loss_fraction(statistics.packets_sent, statistics.remote_lost or 0)
    return LegFigures(
        label=leg.label,
        codec=leg.sound.codecs[0].name if leg.sound.codecs else "",
        sent=statistics.packets_sent,
        received=statistics.packets_received,
        lost=statistics.lost,
        jitter_ms=round(statistics.jitter_ms, 1),
        far_lost=statistics.remote_lost,
        far_jitter_ms=_rounded(statistics.remote_jitter_ms),
        round_trip_ms=_rounded(statistics.round_trip_ms),
        strangers=statistics.strangers,
        encrypted=statistics.encrypted,
        score=mean_opinion_score(loss, statistics.jitter_ms, statistics.round_trip_ms)
        if statistics.packets_received
        else 1.0,
        far_score=None
        if statistics.remote_lost is None
        else mean_opinion_score(far_loss, statistics.remote_jitter_ms or 0.0, statistics.round_trip_ms),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def entry_of(entry: TrailEntry) -> dict[str, Any]:
    """A trail entry as the history keeps it."""
    reason = {"code": entry.reason.code, "parameters": dict(entry.reason.parameters)}
    return {"node": entry.node, "edge": entry.edge, "reason": reason}
