"""A call: all that happens for one caller's wish, and what will be kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from appliance.legs.leg import CalleeLeg, CallerLeg, Leg
from appliance.routing.decide import Decision
from appliance.routing.facts import Facts
from appliance.routing.trail import TrailEntry
from appliance.storage.history import AudioFault


@dataclass(slots=True)
class Call:
    """One call in progress: who wants what, its legs, and the story so far.

    Times are epoch seconds. `changed` is called whenever something that pages show has changed.
    """

    id: str
    facts: Facts
    caller: CallerLeg
    started_at: float
    number_id: str | None
    configuration_version: int
    changed: Callable[[Call], None]
    answered_at: float | None = None
    trail: list[TrailEntry] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    ringing: tuple[CalleeLeg, ...] = ()
    answered_by_id: str | None = None
    message_id: str | None = None
    outcome: str = "unanswered"
    ended_by: str = "caller"
    person_ids: tuple[str, ...] = ()
    callee: CalleeLeg | None = None
    met: list[Leg] = field(default_factory=list)
    audio_faults: list[AudioFault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.met.append(self.caller)

    def note(self, decision: Decision) -> None:
        """Add a decision to the story."""
        self.trail.extend(decision.trail)
        self.steps.append({"step": type(decision.step).__name__, "position": decision.position})
        self.changed(self)

    def stage(self, outcome: str, now: float | None = None) -> None:
        """Say what the caller meets now: voicemail, announcement; `now` when it answers the call."""
        if now is not None:
            self.answered_at = self.answered_at or now
        self.outcome = outcome
        self.changed(self)

    def note_outcome(self, outcome: str) -> None:
        """Add to the story how the last step ended."""
        if self.steps:
            self.steps[-1]["outcome"] = outcome

    @property
    def ringing_people(self) -> tuple[str, ...]:
        """The ids of the people whose devices ring now."""
        return tuple(leg.person_id for leg in self.ringing if leg.person_id)

    @property
    def people_now(self) -> tuple[str, ...]:
        """The ids of the people who are in the call now: who calls, and who talks or is being rung."""
        caller = self.facts.caller_person_id
        others = (self.answered_by_id,) if self.callee is not None else self.ringing_people
        return tuple(dict.fromkeys(person for person in (caller, *others) if person))

    def rings(self, legs: tuple[CalleeLeg, ...]) -> None:
        """Say who is ringing now."""
        self.ringing = legs
        self.met.extend(leg for leg in legs if leg not in self.met)
        self.person_ids = tuple(dict.fromkeys((*self.person_ids, *self.ringing_people)))
        self.changed(self)

    def answered_by(self, leg: CalleeLeg, now: float) -> None:
        """Say that somebody took the call."""
        self.answered_at = self.answered_at or now
        self.callee = leg
        self.answered_by_id = leg.person_id
        self.ringing = ()
        self.outcome = "answered"
        if leg not in self.met:
            self.met.append(leg)
        self.changed(self)

    def missed_sound(self, leg: Leg, code: str, now: float) -> None:
        """Say that a leg is not heard though it should be, with the likely cause."""
        self.audio_faults.append(AudioFault(code=code, label=leg.label, at=now))
        self.changed(self)
