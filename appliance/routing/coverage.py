"""Coverage: who answers a number in each hour of a week, and the hours in which nobody does.

The plan is asked as for a call (`explain`), once for each combination of what the calendars say, so that the
picture of the week, the checks before saving and live calls come from one engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from appliance.configuration.fields import HoursState
from appliance.configuration.forwards import ScheduledForward
from appliance.routing.decide import Decision
from appliance.routing.explain import Explanation, explain
from appliance.routing.facts import Direction, Facts
from appliance.routing.forwarding import ForwardNode, in_force
from appliance.routing.nodes import HoursNode, PlanNode, RingNode, UnansweredNode
from appliance.routing.opening_hours import HoursAnswer, OpeningHours
from appliance.routing.plan import LOOP, Plan
from appliance.routing.steps import Announce, Ask, Ring, Say, Service, TakeMessage, Tone
from appliance.routing.world import World
from appliance.zones import zone

# Somebody nobody knows: a number of the range kept free for works of fiction.
STRANGER = "+33199009900"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# What every calendar says, as far as a way can depend on it.
# What changes with time: opening hours, and the scheduled forwards of somebody.
Changing = OpeningHours | tuple[ScheduledForward, ...]
Sign = tuple[HoursState, str, str, int | None]
Signs = tuple[Sign, ...]
# From, until, and what holds meanwhile.
Stretch = tuple[datetime, datetime, Signs]


class AnswerKind(StrEnum):
    """What a caller meets first."""

    RINGS = "rings"
    MENU = "menu"
    CALL_BACK = "call_back"
    MESSAGE = "message"
    ANNOUNCEMENT = "announcement"
    TONE = "tone"
    SERVICE = "service"
    HANG_UP = "hang_up"


class Hole(StrEnum):
    """What is wrong with an hour."""

    SILENT = "silent"
    LOOP = "loop"
    NOBODY = "nobody"


# Somebody is rung, or the caller leaves a message or chooses: no hole.
ANSWERS = frozenset({AnswerKind.RINGS, AnswerKind.MENU, AnswerKind.CALL_BACK, AnswerKind.MESSAGE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call meets when nobody picks up: first, and at the end.

    `who`: the names of those who ring first, else the name of the mailbox. `way`: the code of the reason
    given by the opening hours. `hole`: somebody should ring and nobody can, or the caller hears nothing. At a
    menu no key is pressed.
    """

    first: AnswerKind
    who: tuple[str, ...]
    last: AnswerKind
    way: str
    hole: Hole | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time with one answer; `start` and `end` are aware, in the office's zone."""

    start: datetime
    end: datetime
    answer: Answer


def week_of(plan: Plan, number: str, world: World, monday: date) -> tuple[Segment, ...]:
    """Who answers a number (E.164) from that Monday on, for seven days, in order, without gaps."""
    return _Asked(plan, world).between(number, monday, monday + 7 * DAY)


def holes(plan: Plan, world: World, first: date, days: int) -> Iterator[tuple[str, Segment]]:
    """The first hour of each kind of hole of each number (E.164), within so many days.

    A number whose people have no phone at all yet is no hole: it rings nobody at any hour.
    """
    asked = _Asked(plan, world)
    different: dict[Signs, Stretch] = {}
    for stretch in asked.stretches(first, first + days * DAY):
        different.setdefault(stretch[2], stretch)
    for number in plan.number_ids:
        own: dict[Answer, Stretch] = {}
        for stretch in different.values():
            own.setdefault(asked.answer(number, stretch), stretch)
        answers = own.items()
        rings = any(answer.first is AnswerKind.RINGS for answer, _ in answers)
        told: set[Hole] = set()
        for answer, (start, until, _) in answers:
            hole = answer.hole
            if hole is None or hole in told or (hole is Hole.NOBODY and not rings):
                continue
            told.add(hole)
            yield number, asked.segment(start, until, answer)


class _Asked:
    """A plan being asked in one world; the same question twice is answered once. Moments are in UTC."""

    def __init__(self, plan: Plan, world: World) -> None:
        self._plan = plan
        self._world = world
        self._zone = zone(plan.zone_name)
        self._changing = _changing_of(plan, plan.nodes)
        self._places = {number: self._places_of(identifier) for number, identifier in plan.number_ids.items()}
        self._answers: dict[tuple[str, Signs], Answer] = {}

    def between(self, number: str, first: date, end: date) -> tuple[Segment, ...]:
        """The number's answers one after the other; neighbours that say the same are one."""
        found: list[Segment] = []
        for stretch in self.stretches(first, end):
            answer = self.answer(number, stretch)
            segment = self.segment(stretch[0], stretch[1], answer)
            if found and found[-1].answer == answer:
                found[-1] = Segment(found[-1].start, segment.end, answer)
            else:
                found.append(segment)
        return tuple(found)

    def segment(self, start: datetime, end: datetime, answer: Answer) -> Segment:
        """A segment in the office's zone."""
        return Segment(start.astimezone(self._zone), end.astimezone(self._zone), answer)

    def answer(self, number: str, stretch: Stretch) -> Answer:
        """What a call to the number meets in a stretch."""
        signs = tuple(stretch[2][place] for place in self._places[number])
        known = self._answers.get((number, signs))
        if known is None:
            facts = Facts(Direction.INBOUND, STRANGER, "", number)
            known = answer_of(self._plan, explain(self._plan, facts, self._world, stretch[0]))
            self._answers[number, signs] = known
        return known

    def _places_of(self, number_id: str) -> tuple[int, ...]:
        """Which of what changes a number's path depends on, by the places in the list of all."""
        entry = self._plan.entries["number", number_id]
        known = {id(each) for each in _changing_of(self._plan, _reached(self._plan, entry))}
        return tuple(place for place, each in enumerate(self._changing) if id(each) in known)

    def stretches(self, first: date, end: date) -> list[Stretch]:
        """The stretches in which no calendar changes, each with what they all say."""
        at, last = (max(self._moments(datetime.combine(day, time()))) for day in (first, end))
        found: list[Stretch] = []
        while at < last:
            said = [_said(each, at, self._zone) for each in self._changing]
            changes = [moment for _, wall in said if wall is not None for moment in self._moments(wall)]
            until = min([last, *(change for change in (*changes, *self._by_hand()) if change > at)])
            until = self._clock_change(at, until)
            found.append((at, until, tuple(sign for sign, _ in said)))
            at = until
        return found

    def _clock_change(self, start: datetime, end: datetime) -> datetime:
        """The moment in between when clocks are changed, to the minute; else the end."""

        def offset(moment: datetime) -> timedelta | None:
            return moment.astimezone(self._zone).utcoffset()

        before, changed = start, end
        if offset(before) == offset(changed):
            return end
        while changed - before > MINUTE:
            middle = before + (changed - before) // MINUTE // 2 * MINUTE
            if offset(middle) == offset(start):
                before = middle
            else:
                changed = middle
        return changed

    def _by_hand(self) -> Iterator[datetime]:
        for each in self._changing:
            for override in each.overrides if isinstance(each, OpeningHours) else ():
                yield from (change for change in (override.since, override.until) if change is not None)

    def _moments(self, local: datetime) -> tuple[datetime, datetime]:
        """The moments of a wall time: two when clocks are put back, else twice the same."""
        aware = local.replace(tzinfo=self._zone)
        return aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)


def _reached(plan: Plan, start: str) -> Iterable[str]:
    """Every node that a path from `start` may come to, what is drawn folded included."""
    waiting, known = [start], {start}
    while waiting:
        for way in plan.nodes[waiting.pop()].exits:
            if way.target not in known:
                known.add(way.target)
                waiting.append(way.target)
    return known


def _changing_of(plan: Plan, places: Iterable[str]) -> tuple[Changing, ...]:
    """What these nodes ask that changes with time, each once."""
    found: dict[int, Changing] = {}
    for place in places:
        for each in _asked_by(plan.nodes[place]):
            found[id(each)] = each
    return tuple(found.values())


def _asked_by(node: PlanNode) -> Iterator[Changing]:
    match node:
        case HoursNode() | UnansweredNode() if node.hours is not None:
            yield node.hours
        case ForwardNode():
            yield node.scheduled
        case RingNode():
            for candidate in node.candidates:
                if candidate.silent and candidate.hours is not None:
                    yield candidate.hours
                if candidate.scheduled:
                    yield candidate.scheduled


def _said(each: Changing, at: datetime, office: tzinfo) -> tuple[Sign, datetime | None]:
    """What something says at a moment, and the wall time up to which it says so at least."""
    if isinstance(each, OpeningHours):
        answer = each.at(at)
        return _sign(each, answer), answer.until
    wall = at.astimezone(office).replace(tzinfo=None)
    found = in_force(each, str(office), at)
    midnights = [datetime.combine(wall.date() + offset * DAY, time()) for offset in (-1, 0, 1)]
    edges = [
        datetime.combine(midnight.date(), edge)
        for midnight in midnights
        for forward in each
        for hours in forward.ranges
        for edge in (hours.start, hours.end)
    ]
    ahead = min(edge for edge in (*edges, midnights[-1]) if edge > wall)
    return (HoursState.OPEN, "scheduled", "", None if found is None else found[0]), ahead


def _sign(hours: OpeningHours, said: HoursAnswer) -> Sign:
    """As much of an answer as a way, or its reason, can depend on."""
    special = holiday = ""
    if said.special is not None:
        own = hours.calendar.special(said.special).destination is not None
        special = str(said.special) if own else "any"
    if said.holiday is not None:
        holiday = said.holiday if said.holiday in hours.calendar.holidays.destinations else "any"
    return said.state, special, holiday, said.override


def answer_of(plan: Plan, explanation: Explanation) -> Answer:
    """What an explanation comes to, when nobody picks up."""
    first = _first_met(explanation)
    last = explanation.decisions[-1]
    kinds = {_kind(plan, each) for each in explanation.decisions if not _goes_by(each)}
    kind, end = _kind(plan, first), _kind(plan, last)
    hole: Hole | None = None
    if LOOP in explanation.nodes:
        hole = Hole.LOOP
    elif kinds == {AnswerKind.HANG_UP}:
        hole = Hole.SILENT
    elif not kinds & ANSWERS and _has_ring(plan, explanation.nodes):
        hole = Hole.NOBODY
    return Answer(kind, _who(plan, explanation, kind), end, _way(explanation, plan.nodes), hole)


def _first_met(explanation: Explanation) -> Decision:
    """Whom or what a caller meets first, after any words said on the way."""
    return next(each for each in explanation.decisions if not _goes_by(each))


def _goes_by(decision: Decision) -> bool:
    return isinstance(decision.step, Say) or (isinstance(decision.step, Ask) and not decision.step.insists)


def _has_ring(plan: Plan, places: Iterable[str]) -> bool:
    return any(isinstance(plan.nodes[place], RingNode) for place in places)


def _kind(plan: Plan, decision: Decision) -> AnswerKind:
    match decision.step:
        case Ring():
            return AnswerKind.RINGS
        case Ask() if plan.nodes[decision.position.node].kind == "call_back":
            return AnswerKind.CALL_BACK
        case Ask():
            return AnswerKind.MENU
        case TakeMessage():
            return AnswerKind.MESSAGE
        case Announce():
            return AnswerKind.ANNOUNCEMENT
        case Tone():
            return AnswerKind.TONE
        case Service():
            return AnswerKind.SERVICE
        case _:
            return AnswerKind.HANG_UP


def _who(plan: Plan, explanation: Explanation, kind: AnswerKind) -> tuple[str, ...]:
    first = _first_met(explanation)
    node = plan.nodes[first.position.node]
    if kind is AnswerKind.RINGS:
        rung = first.trail[-1].reason.parameters.get("who", "")
        return tuple(name for name in rung.split(", ") if name)
    return (node.label["name"],) if node.label.get("name") else ()


def _way(explanation: Explanation, nodes: Mapping[str, object]) -> str:
    """The reason's code at the first choice by opening hours; empty when there is none."""
    entries: Sequence[str] = [entry.node for entry in explanation.trail]
    for place, entry in zip(entries, explanation.trail, strict=True):
        if getattr(nodes[place], "kind", "") == "hours":
            return entry.reason.code
    return ""
