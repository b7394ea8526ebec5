"""Coverage: who answers a number in each hour of a week, and the hours in which nobody does.

The plan is asked as for a call (`explain`), once for each combination of what the calendars say, so that the
picture of the week, the checks before saving and live calls come from one engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from appliance.configuration.fields import HoursState
from appliance.routing.explain import Explanation, explain
from appliance.routing.facts import Direction, Facts
from appliance.routing.graph import graph
from appliance.routing.nodes import HoursNode, RingNode, UnansweredNode
from appliance.routing.opening_hours import HoursAnswer, OpeningHours
from appliance.routing.plan import LOOP, Plan
from appliance.routing.steps import Announce, Ask, Ring, Service, TakeMessage, Tone
from appliance.routing.world import World
from appliance.zones import zone

# Somebody nobody knows: a number of the range kept free for works of fiction.
STRANGER = "+33199009900"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# What every calendar says, as far as a way can depend on it.
Sign = tuple[HoursState, str, str, int | None]
Signs = tuple[Sign, ...]
# From, until, and what holds meanwhile.
Stretch = tuple[datetime, datetime, Signs]


class AnswerKind(StrEnum):
    """What a caller meets first."""

    RINGS = "rings"
    MENU = "menu"
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
        self._hours = _hours_of(plan, plan.nodes)
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
        """Which of the hours a number's path depends on, by their places in the list of all."""
        on_path = _hours_of(self._plan, [node.id for node in graph(self._plan, ("number", number_id)).nodes])
        known = {id(hours) for hours in on_path}
        return tuple(place for place, hours in enumerate(self._hours) if id(hours) in known)

    def stretches(self, first: date, end: date) -> list[Stretch]:
        """The stretches in which no calendar changes, each with what they all say."""
        at, last = (max(self._moments(datetime.combine(day, time()))) for day in (first, end))
        found: list[Stretch] = []
        while at < last:
            answers = [hours.at(at) for hours in self._hours]
            changes = [moment for each in answers if each.until for moment in self._moments(each.until)]
            until = min([last, *(change for change in (*changes, *self._by_hand()) if change > at)])
            until = self._clock_change(at, until)
            pairs = zip(self._hours, answers, strict=True)
            found.append((at, until, tuple(_sign(hours, said) for hours, said in pairs)))
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
        for hours in self._hours:
            for override in hours.overrides:
                yield from (change for change in (override.since, override.until) if change is not None)

    def _moments(self, local: datetime) -> tuple[datetime, datetime]:
        """The moments of a wall time: two when clocks are put back, else twice the same."""
        aware = local.replace(tzinfo=self._zone)
        return aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)


def _hours_of(plan: Plan, places: Iterable[str]) -> tuple[OpeningHours, ...]:
    """The opening hours that these nodes ask, each once."""
    found: dict[int, OpeningHours] = {}
    for place in places:
        node = plan.nodes[place]
        if isinstance(node, HoursNode | UnansweredNode) and node.hours is not None:
            found[id(node.hours)] = node.hours
    return tuple(found.values())


def _sign(hours: OpeningHours, said: HoursAnswer) -> Sign:
    """As much of an answer as a way, or its reason, can depend on."""
    special = holiday = ""
    if said.special is not None:
        own = hours.calendar.special_days[said.special].destination is not None
        special = str(said.special) if own else "any"
    if said.holiday is not None:
        holiday = said.holiday if said.holiday in hours.calendar.holidays.destinations else "any"
    return said.state, special, holiday, said.override


def answer_of(plan: Plan, explanation: Explanation) -> Answer:
    """What an explanation comes to, when nobody picks up."""
    first = explanation.decisions[0]
    last = explanation.decisions[-1]
    kinds = {_kind(decision.step) for decision in explanation.decisions}
    kind, end = _kind(first.step), _kind(last.step)
    hole: Hole | None = None
    if LOOP in explanation.nodes:
        hole = Hole.LOOP
    elif kinds == {AnswerKind.HANG_UP}:
        hole = Hole.SILENT
    elif not kinds & {AnswerKind.RINGS, AnswerKind.MENU} and _has_ring(plan, explanation.nodes):
        hole = Hole.NOBODY
    return Answer(kind, _who(plan, explanation, kind), end, _way(explanation, plan.nodes), hole)


def _has_ring(plan: Plan, places: Iterable[str]) -> bool:
    return any(isinstance(plan.nodes[place], RingNode) for place in places)


def _kind(step: object) -> AnswerKind:
    match step:
        case Ring():
            return AnswerKind.RINGS
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
    first = explanation.decisions[0]
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
