"""A call: all that happens for one caller's wish, and what will be kept of it."""

from __future__ import annotations

from asyncio import Queue
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from appliance.configuration.fields import Language
from appliance.legs.leg import CalleeLeg, CallerLeg, Leg
from appliance.legs.referral import Referral
from appliance.routing.decide import Decision
from appliance.routing.facts import Facts
from appliance.routing.plan import Plan
from appliance.routing.steps import Outcome
from appliance.routing.trail import Reason, TrailEntry
from appliance.storage.history import AudioFault

if TYPE_CHECKING:
    from asyncio import Future

    from appliance.calls.pick_up import PickUp
    from appliance.calls.transfer import Attended, Loan
    from appliance.calls.transfer_by_keys import KeyedTransfer


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two legs that talk, and what their far sides or another call want done, read by the talk.

    `loans` are those that it has asked other calls for.
    """

    one: CallerLeg
    other: CallerLeg
    wishes: Queue[tuple[CallerLeg, Referral | Attended | Loan | KeyedTransfer]]
    loans: list[Loan] = field(default_factory=list)

    def opposite(self, leg: Leg) -> CallerLeg:
        """The other of the two."""
        return self.other if leg is self.one else self.one


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a call: the number to reach them by, their name, and whose phone it is, if a person's.

    `proven`: the phone has proved that; it says so of itself where somebody calls for help.
    """

    number: str = ""
    name: str = ""
    person_id: str | None = None
    proven: bool = True


class Standing(NamedTuple):
    """Who talks to whom in a call."""

    caller: CallerLeg
    facts: Facts
    callee: CallerLeg | None
    answered_by_id: str | None


class Follow(Protocol):
    """Follows the plan anew for the caller and the facts as they are now; see `follow.follow_on`."""

    async def __call__(self, to_the_end: bool = False) -> Outcome | None: ...


@dataclass(slots=True)
class QueuePlace:
    """A caller's place in the queue of a group.

    `since` in epoch seconds, for people; `began` and `told_at` (when they last heard their place) in seconds
    that only go forward.
    """

    group_id: str
    since: float
    began: float
    told_at: float | None = None


@dataclass(slots=True)
class Call:
    """One call in progress: who wants what, its legs, and the story so far.

    `facts` follow who is sent where; `arrived` are those the call began with. Times are epoch seconds.
    `changed` is called whenever something that pages show has changed.
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
    callee: CallerLeg | None = None
    met: list[Leg] = field(default_factory=list)
    audio_faults: list[AudioFault] = field(default_factory=list)

    # Set by whoever tells the call's story (`follow`), for those parts of it that go on elsewhere.
    follow: Follow = field(init=False, repr=False)
    talk: Callable[[CallerLeg, CallerLeg], Awaitable[None]] = field(init=False, repr=False)
    conversation: Conversation | None = None
    plan: Plan | None = None
    waiting: QueuePlace | None = None
    pick_up: Future[PickUp] | None = None
    place: str | None = None
    holding: set[int] = field(default_factory=set)
    report: tuple[Referral, CallerLeg] | None = None
    conference: tuple[CallerLeg, ...] = ()
    # Seats whom another call lends in somebody's place, as long as this one is a conference.
    give_place: Callable[[CallerLeg, Loan], bool] | None = None
    consulted: CallerLeg | None = None
    leader: Leg | None = field(init=False)
    arrived: Facts = field(init=False)
    _parties: dict[int, Party] = field(default_factory=dict)
    _leader_ended: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        self.met.append(self.caller)
        self.leader = self.caller
        facts = self.arrived = self.facts
        me = Party(facts.caller, facts.caller_name, facts.caller_person_id, facts.proven)
        self._parties[id(self.caller)] = me

    # Who leads, who takes part.

    def when_leader_ends(self, action: Callable[[], object]) -> None:
        """Call `action` when the leg that leads the call ends: at first the caller's."""
        self._leader_ended = action
        self.lead(self.caller)

    @contextmanager
    def told_by(
        self, follow: Follow, talk: Callable[[CallerLeg, CallerLeg], Awaitable[None]]
    ) -> Iterator[None]:
        """The call's story is told; those who tell it are not known any more when that is over."""
        self.follow, self.talk = follow, talk
        try:
            yield
        finally:
            self._leader_ended = None
            del self.follow, self.talk

    def lead(self, leg: Leg) -> None:
        """From now on the end of this leg is the end of the call."""
        self.leader = leg
        leg.when_ended(lambda: self._ended(leg))

    def confers(self, legs: tuple[CallerLeg, ...], by: Party) -> None:
        """All of these hear each other from now on; the end of none of them is the end of the call."""
        self.leader, self.conference = None, legs
        self.story_moves("conference", by)

    def joins_conference(self, leg: CallerLeg, party: Party, by: Party) -> None:
        """Somebody more hears the others, and is heard."""
        self.know(leg, party)
        if leg not in self.met:
            self.met.append(leg)
        if party.person_id:
            self.person_ids = tuple(dict.fromkeys((*self.person_ids, party.person_id)))
        self.conference = (*self.conference, leg)
        self.story_moves("conference_joined", by, party.name or party.number)

    def leaves_conference(self, leg: CallerLeg) -> bool:
        """Somebody has left the conference; False when they had done so before."""
        if leg not in self.conference:
            return False
        self.conference = tuple(each for each in self.conference if each is not leg)
        self.holding.discard(id(leg))
        self.story_moves("conference_left", self.party_of(leg))
        return True

    @contextmanager
    def open_to_guests(self, give_place: Callable[[CallerLeg, Loan], bool]) -> Iterator[None]:
        """As long as the context lasts, another call may lend somebody a place here is given to."""
        self.give_place = give_place
        try:
            yield
        finally:
            self.give_place = None

    @contextmanager
    def consults(self, leg: CallerLeg, party: Party) -> Iterator[None]:
        """Somebody of the call talks to one who is not in it, as long as the context lasts."""
        self.know(leg, party)
        self.consulted = leg
        self.changed(self)
        try:
            yield
        finally:
            self.consulted = None
            self.changed(self)

    def speaks_to(self, leg: CallerLeg) -> None:
        """The caller is heard on one phone more: an announcement on several."""
        self.conference = (*(self.conference or (self.caller,)), leg)
        self.changed(self)

    def speaks_no_more_to(self, leg: CallerLeg) -> None:
        """A phone has left the announcement."""
        self.conference = tuple(each for each in self.conference if each is not leg)
        self.changed(self)

    def confers_no_more(self) -> None:
        """The conference is over."""
        self.conference = ()
        self.changed(self)

    def _ended(self, leg: Leg) -> None:
        if leg is self.leader and self._leader_ended is not None:
            self._leader_ended()

    def party_of(self, leg: Leg) -> Party:
        """Who is at the far side of a leg of this call."""
        return self._parties.get(id(leg), Party(leg.label))

    def know(self, leg: Leg, party: Party) -> None:
        """Say who is at the far side of a leg."""
        self._parties[id(leg)] = party

    def send_on(self, party: CallerLeg, facts: Facts) -> None:
        """Somebody goes on as the caller, with facts of their own."""
        self.caller, self.facts, self.callee, self.answered_by_id = party, facts, None, None
        self.lead(party)
        self.changed(self)

    def comes_back(self, before: Standing) -> None:
        """Nobody took the call that was sent on: all is as it was."""
        self.caller, self.facts, self.callee, self.answered_by_id = before
        self.changed(self)

    @property
    def standing(self) -> Standing:
        """Who talks to whom, to come back to."""
        return Standing(self.caller, self.facts, self.callee, self.answered_by_id)

    def holds(self, leg: Leg, holds: bool) -> None:
        """Say that a leg's far side has put the other aside, or taken it up again."""
        (self.holding.add if holds else self.holding.discard)(id(leg))
        self.changed(self)

    def talks_to(self, leg: Leg, party: Party) -> None:
        """Somebody takes the place of the one who was talked to."""
        self.know(leg, party)
        if leg not in self.met:
            self.met.append(leg)
        self.goes_over_to(party)

    def goes_over_to(self, party: Party) -> None:
        """Somebody else talks to whoever stays."""
        self.answered_by_id = party.person_id
        if party.person_id:
            self.person_ids = tuple(dict.fromkeys((*self.person_ids, party.person_id)))
        self.changed(self)

    def story_moves(self, what: str, by: Party, target: str = "") -> None:
        """Add to the story that somebody sent the call on, joined two calls, or had it come back."""
        reason = Reason(what, {"by": by.name or by.number, "to": target})
        self.trail.append(TrailEntry("", None, reason))
        self.steps.append({"step": "Transfer", "what": what, "by": by.name or by.number, "to": target})
        self.changed(self)

    def stands_in(self, place: str | None) -> None:
        """Say that the caller is parked in that place, or has left it."""
        self.place = place
        self.changed(self)

    def sent_on_has_arrived(self) -> None:
        """Let whoever sent the call on go: it has arrived."""
        self._reported()
        self.changed(self)

    def _reported(self) -> None:
        """Whoever sent the call on hears that it was taken, and is let go."""
        report, self.report = self.report, None
        if report is not None:
            referral, transferor = report
            referral.done(200)
            transferor.close()

    def tell(self, reason: Reason) -> None:
        """Add to the story what happened at the place where the call stands."""
        self.trail.append(TrailEntry(self.trail[-1].node if self.trail else "", None, reason))

    def waits_for(self, group_id: str, since: float, began: float) -> None:
        """The caller takes a place in the queue of a group, or keeps the one they have."""
        if self.waiting is None or self.waiting.group_id != group_id:
            self.waiting = QueuePlace(group_id, since, began)
            self.changed(self)

    def note(self, decision: Decision) -> None:
        """Add a decision to the story; one that leads on gives up the place in a queue."""
        if self.waiting is not None and getattr(decision.step, "group_id", "") != self.waiting.group_id:
            self.waiting = None
        if decision.position.language:
            self.facts = replace(self.facts, language=Language(decision.position.language))
        self.trail.extend(decision.trail)
        self.steps.append({"step": type(decision.step).__name__, "position": decision.position})
        self.changed(self)

    def stage(self, outcome: str, now: float | None = None) -> None:
        """Say what the caller meets now: voicemail, announcement; `now` when it answers the call."""
        if now is not None:
            self.answered_at = self.answered_at or now
            self._reported()
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
        ringing = self.ringing_people if self.callee is None or self.conference else ()
        return tuple(dict.fromkeys((*self.people_on_the_phone, *ringing)))

    @property
    def people_on_the_phone(self) -> tuple[str, ...]:
        """The ids of the people who call or talk now: whoever has transferred the call is gone."""
        found = (self.party_of(leg).person_id for leg in self.legs_talking)
        return tuple(dict.fromkeys(person for person in found if person))

    @property
    def legs_talking(self) -> tuple[CallerLeg, ...]:
        """The legs of whoever calls, talks, is asked something or is in the conference, each once."""
        known = (self.caller, self.callee, self.consulted, *self.conference)
        there = {id(leg): leg for leg in known if leg is not None and not leg.has_ended}
        return tuple(there.values())

    def rings(self, legs: tuple[CalleeLeg, ...]) -> None:
        """Say who is ringing now."""
        self.ringing = legs
        self.met.extend(leg for leg in legs if leg not in self.met)
        self.person_ids = tuple(dict.fromkeys((*self.person_ids, *self.ringing_people)))
        self.changed(self)

    def answered_by(self, leg: CalleeLeg, now: float) -> None:
        """Say that somebody took the call."""
        self.answered_at = self.answered_at or now
        self.waiting = None
        self.callee = leg
        self.answered_by_id = leg.person_id
        self._parties.setdefault(id(leg), Party(leg.label, "", leg.person_id))
        self.ringing = ()
        self.outcome = "answered"
        self._reported()
        if leg not in self.met:
            self.met.append(leg)
        self.changed(self)

    def picked_up(self, leg: CallerLeg, by: Party, now: float, reason: str) -> None:
        """Say that somebody took the call whom it did not ring."""
        self.answered_at = self.answered_at or now
        self.callee, self.ringing, self.outcome = leg, (), "answered"
        self._reported()
        self.tell(Reason(reason, {"by": by.name or by.number}))
        self.talks_to(leg, by)

    @property
    def answered_by_line(self) -> bool:
        """Whether somebody outside, reached by a line, has taken the call."""
        callee = self.callee
        return callee is not None and getattr(callee, "line_id", None) is not None

    def missed_sound(self, leg: Leg, code: str, now: float) -> None:
        """Say that a leg is not heard though it should be, with the likely cause."""
        self.audio_faults.append(AudioFault(code=code, label=leg.label, at=now))
        self.changed(self)
