"""The plan: the whole configuration compiled once into the nodes that calls pass through.

Whatever the settings, no path of a plan comes back to where it was: a loop, which `configuration.checks`
refuses to save, is cut here and ends with an announcement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import RingOutcome
from appliance.configuration.extension_ranges import holds
from appliance.configuration.lines import ForwardedCaller, Line
from appliance.configuration.outbound import Limits, ordered
from appliance.configuration.shown_numbers import may_show, own_number
from appliance.configuration.star_codes import Action, StarCodes, split
from appliance.routing import endings
from appliance.routing.dialled import is_short
from appliance.routing.facts import Direction, Facts
from appliance.routing.limits import BARRED
from appliance.routing.nodes import NO_LINE, ONWARD, Candidate, Exit, LimitsNode, PlanNode, RingNode
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.paths import Paths
from appliance.routing.ringing import Onward, outcome_exits
from appliance.routing.steps import Outcome, Service
from appliance.routing.trail import Reason

# What a path begins with: ("number", id), ("extension", "101"), ("outbound",), ("emergency",),
# ("other_pbx", id of the line), ("unknown_number",), ("unknown_extension",).
Entry = tuple[str, ...]

# What a line says of an emergency call that it does not carry: its channels in use are told as busy.
REFUSALS = (RingOutcome.BUSY, RingOutcome.DECLINED, RingOutcome.UNREACHABLE)
EMERGENCY_RING_SECONDS = 180
LOOP = "loop"


@dataclass(frozen=True, slots=True)
class PresentedNumber:
    """A number of ours as it is shown to those we call, and the line it belongs to."""

    number: str
    line_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every path of the office. `entries` leads to the first node of each; no path has a loop.

    `number_ids`, `number_names`: by E.164. `line_ids`: the lines in use, in the office's order.
    `line_by_person`: the line somebody prefers. `shown_by_line`, `shown_by_person`: what those called see.
    `not_shown`: the numbers that each person may not show, by E.164; "" is for calls of nobody's.
    `forwards_show`: the number chosen for calls to another one, by E.164, that are sent on outside.
    `shows_callers`: the lines that let callers' own numbers be shown.
    `mobiles`: the verified mobile that a person wants shown, by person; `passes_mobiles`: the lines that let
    it be shown. `extensions_there`: the extensions of another phone system that are dialled as they are, by
    its line. `mailboxes_heard`: those a person hears, their own first. `star_codes`: what each code does.
    """

    nodes: Mapping[str, PlanNode]
    entries: Mapping[Entry, str]
    number_ids: Mapping[str, str]
    number_names: Mapping[str, str]
    country: str
    zone_name: str
    line_ids: tuple[str, ...]
    shown_by_line: Mapping[str, PresentedNumber]
    shown_by_person: Mapping[str, PresentedNumber]
    mailboxes_heard: Mapping[str, tuple[str, ...]]
    star_codes: Mapping[str, Action]
    hours: tuple[OpeningHours, ...] = ()
    line_by_person: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    numbers_by_line: Mapping[str, tuple[PresentedNumber, ...]] = field(default_factory=dict)
    not_shown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    line_names: Mapping[str, str] = field(default_factory=dict)
    forwards_show: Mapping[str, PresentedNumber] = field(default_factory=dict)
    shows_callers: frozenset[str] = frozenset()
    mobiles: Mapping[str, str] = field(default_factory=dict)
    passes_mobiles: frozenset[str] = frozenset()
    extensions_there: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def may_show(self, person_id: str | None, number: str) -> bool:
        """Whether somebody may show that number of ours (OUT-1, OUT-4)."""
        barred = self.not_shown.get(person_id or "")
        return number not in (self.not_shown.get("", ()) if barred is None else barred)

    def entry(self, facts: Facts) -> Entry:
        """Where the path of a call begins: emergency numbers before everything."""
        called = facts.called
        if facts.picks_up:
            return ("pick_up",)
        if facts.direction is not Direction.INBOUND:
            if called in numbers.emergency_numbers(self.country):
                return ("emergency",)
            if ("extension", called) in self.entries:
                return ("extension", called)
            if (code := split(self.star_codes, called)) is not None:
                return ("extension", code[0])
        if called in self.number_ids:
            return ("number", self.number_ids[called])
        if called not in self.star_codes and ("extension", called) in self.entries:
            return ("extension", called)
        if facts.direction is Direction.INBOUND:
            return ("unknown_number",)
        other = ("other_pbx", facts.chosen_line_id or "")
        if other in self.entries and self.is_there(other[1], called):
            return other
        if numbers.is_e164(called) or numbers.is_short_number(called, self.country):
            return ("outbound",)
        # Longer ones are numbers, which the limits of calls outside are asked about.
        if is_short(called) and other in self.entries:
            return other
        return ("unknown_extension",)

    def is_there(self, line_id: str, called: str) -> bool:
        """Whether that is an extension of the phone system that the line leads to, by its ranges."""
        return any(holds(extensions, called) for extensions in self.extensions_there.get(line_id, ()))

    def prepare(self, moment: datetime) -> None:
        """Work out the opening hours of that moment's year and the next; else the first call does."""
        for hours in self.hours:
            hours.prepare(moment)


def compile_plan(configuration: Configuration) -> Plan:
    """The plan of a configuration; never raises, even on one that `checks` would refuse."""
    paths = Paths(configuration)
    entries: dict[Entry, str] = {}
    for number in configuration.numbers.values():
        entries["number", number.id] = paths.arrival(number)
    for group in configuration.groups.values():
        if group.extension:
            entries["extension", group.extension] = paths.extension(group.extension, group)
    for menu in configuration.menus.values():
        if menu.extension:
            entries["extension", menu.extension] = paths.extension(menu.extension, menu)
    for person in configuration.people.values():
        entries["extension", person.extension] = paths.extension(person.extension, person)
    entries.update(_services(paths, configuration.star_codes))
    entries.update(_outbound(paths, configuration))
    lines = [line for line in configuration.lines.values() if line.enabled]
    office = configuration.office
    return Plan(
        nodes=MappingProxyType(_without_loops(paths.lay_out())),
        entries=MappingProxyType(entries),
        number_ids=MappingProxyType({number.number: number.id for number in configuration.numbers.values()}),
        number_names=MappingProxyType(
            {number.number: number.name for number in configuration.numbers.values()}
        ),
        country=office.country if office else "FR",
        zone_name=office.time_zone if office else "UTC",
        line_ids=ordered(configuration.outbound, tuple(line.id for line in lines)),
        shown_by_line=MappingProxyType(dict(_shown_by_line(configuration, lines))),
        shown_by_person=MappingProxyType(dict(_shown_by_person(configuration))),
        mailboxes_heard=MappingProxyType(dict(_mailboxes_heard(configuration))),
        star_codes=MappingProxyType(configuration.star_codes.dialled()),
        hours=paths.hours,
        limits=configuration.outbound.limits,
        numbers_by_line=MappingProxyType({line.id: _numbers_of(configuration, line) for line in lines}),
        not_shown=MappingProxyType(dict(_not_shown(configuration))),
        forwards_show=MappingProxyType(dict(_forwards_show(configuration))),
        shows_callers=frozenset(
            line.id for line in lines if line.forwarded_caller is not ForwardedCaller.OURS
        ),
        mobiles=MappingProxyType(
            {
                person.id: person.mobile
                for person in configuration.people.values()
                if person.shows_mobile and person.has_verified_mobile and person.mobile
            }
        ),
        passes_mobiles=frozenset(line.id for line in lines if line.passes_mobiles),
        extensions_there=MappingProxyType({line.id: line.extensions_there for line in lines}),
        line_names=MappingProxyType({line.id: line.name for line in lines}),
        line_by_person=MappingProxyType(
            {person.id: person.line_id for person in configuration.people.values() if person.line_id}
        ),
    )


def _services(paths: Paths, table: StarCodes) -> Iterator[tuple[Entry, str]]:
    for code, action in table.dialled().items():
        ending = endings.service(f"service:{code}", code, Service(action))
        yield ("extension", code), paths.ending(ending)
    key = endings.service("service:pick_up", "", Service(Action.PICK_UP))
    yield ("pick_up",), paths.ending(replace(key, reason=Reason("pick_up_key")))


def _outbound(paths: Paths, configuration: Configuration) -> Iterator[tuple[Entry, str]]:
    told = {
        outcome: paths.ending(
            endings.prompt("told:unreachable@outbound", "call_failed", 503, "congestion")
            if outcome is RingOutcome.UNREACHABLE
            else endings.told(f"told:{outcome}@outbound", outcome)
        )
        for outcome in RingOutcome
    }
    no_line = paths.ending(endings.prompt("told:no_line@outbound", "no_line", 503, "congestion"))
    not_carried = paths.ending(
        replace(
            endings.prompt("told:emergency_not_carried", "emergency_not_carried", 503, "congestion"),
            reason=Reason("emergency_not_carried"),
        )
    )
    unobtainable = paths.ending(
        endings.prompt("told:no_such_number@outbound", "number_unobtainable", 404, "congestion")
    )
    office = configuration.office
    seconds = office.outbound_ring_seconds if office else 60
    for kind, any_line, rings in (("outbound", False, seconds), ("emergency", True, EMERGENCY_RING_SECONDS)):
        node = RingNode(
            id=kind,
            kind="emergency" if any_line else "outbound",
            label={"seconds": str(rings)},
            ways=_ways_outbound(
                kind,
                told | dict.fromkeys(REFUSALS, not_carried) if any_line else told,
                not_carried if any_line else no_line,
                not_carried if any_line else unobtainable,
            ),
            candidates=(Candidate(""),),
            seconds=rings,
            dials_called=True,
            any_line=any_line,
        )
        place = paths.ending(node)
        yield (kind,), place if any_line else paths.ending(_limits(paths, configuration, place))
        if not any_line:
            yield from _other_systems(paths, configuration, node)
    yield ("unknown_number",), paths.ending(endings.unknown_number("unknown:number"))
    unknown = replace(endings.prompt("unknown:extension", "unknown_extension", 404), kind="unknown")
    yield ("unknown_extension",), paths.ending(replace(unknown, reason=Reason("extension_unknown")))


def _other_systems(
    paths: Paths, configuration: Configuration, outside: RingNode
) -> Iterator[tuple[Entry, str]]:
    """How the extensions of each other phone system are rung: by its line alone, without limits."""
    for line in configuration.lines.values():
        if line.kind == "pbx" and line.enabled:
            place = f"other_pbx:{line.id}"
            ways = {way: replace(exit_, id=f"{place}>{way}") for way, exit_ in outside.ways.items()}
            label = {**outside.label, "name": line.name}
            node = replace(outside, id=place, label=label, ways=ways, only_line=line.id)
            yield ("other_pbx", line.id), paths.ending(node)


def _limits(paths: Paths, configuration: Configuration, allowed: str) -> LimitsNode:
    ways = {ONWARD: Exit(f"limits>{ONWARD}", allowed, ONWARD)}
    for code in BARRED:
        told = paths.ending(endings.prompt(f"told:{code}@outbound", code, 403))
        ways[code] = Exit(f"limits>{code}", told, code)
    return LimitsNode(id="limits", kind="limits", ways=ways, limits=configuration.outbound.limits)


def _ways_outbound(place: str, told: Onward, no_line: str, no_such_number: str) -> dict[str, Exit]:
    others = {NO_LINE: no_line, Outcome.NO_SUCH_NUMBER.value: no_such_number}
    exits = {code: Exit(f"{place}>{code}", target, code) for code, target in others.items()}
    return {**outcome_exits(place, told), **exits}


def _shown_by_line(configuration: Configuration, lines: list[Line]) -> Iterator[tuple[str, PresentedNumber]]:
    """The main number of each line, else its first."""
    for line in lines:
        for first in _numbers_of(configuration, line)[:1]:
            yield line.id, first


def _numbers_of(configuration: Configuration, line: Line) -> tuple[PresentedNumber, ...]:
    """The numbers of a line, its main one first."""
    own = [number for number in configuration.numbers.values() if number.line_id == line.id]
    own.sort(key=lambda number: number.id != line.main_number_id)
    return tuple(PresentedNumber(number.number, line.id) for number in own)


def _shown_by_person(configuration: Configuration) -> Iterator[tuple[str, PresentedNumber]]:
    for person in configuration.people.values():
        number = own_number(configuration.outbound, configuration.numbers, person)
        if number is not None:
            yield person.id, PresentedNumber(number.number, number.line_id)


def _not_shown(configuration: Configuration) -> Iterator[tuple[str, frozenset[str]]]:
    """The numbers that each person may not show; those that are reserved, for nobody ("")."""
    outbound, ours = configuration.outbound, configuration.numbers.values()
    yield "", frozenset(each.number for each in ours if outbound.reserved.get(each.id))
    for person in configuration.people.values():
        if person.allowed_number_ids is not None or outbound.reserved:
            barred = (each.number for each in ours if not may_show(outbound, person, each.id))
            yield person.id, frozenset(barred)


def _forwards_show(configuration: Configuration) -> Iterator[tuple[str, PresentedNumber]]:
    for number in configuration.numbers.values():
        chosen = configuration.numbers.get(number.forwards_show_number_id or "")
        if chosen is not None:
            yield number.number, PresentedNumber(chosen.number, chosen.line_id)


def _mailboxes_heard(configuration: Configuration) -> Iterator[tuple[str, tuple[str, ...]]]:
    for person_id in configuration.people:
        yield person_id, tuple(each.id for each in configuration.heard_by(person_id) if each.enabled)


def _without_loops(nodes: dict[str, PlanNode]) -> dict[str, PlanNode]:
    """The nodes with every exit that leads back redirected to an announcement."""
    back = set(_exits_that_lead_back(nodes))
    if not back:
        return nodes
    ending = replace(endings.told(LOOP, RingOutcome.NO_ANSWER), reason=Reason("loop"))
    cut = {LOOP: ending, **nodes}
    for source in {source for source, _ in back}:
        node = nodes[source]
        ways = {
            key: replace(way, target=LOOP) if (source, way.target) in back and not way.by_key else way
            for key, way in node.ways.items()
        }
        cut[source] = replace(node, ways=ways)
    return cut


def _exits_that_lead_back(nodes: Mapping[str, PlanNode]) -> Iterator[tuple[str, str]]:
    """Exits (source, target) to a node that the path has already passed; depth first, without recursion.

    Those that need a key do not count: a call has so many questions, then it goes on without.
    """
    done: set[str] = set()
    for start in nodes:
        if start in done:
            continue
        passed = {start}
        stack = [(start, _own_ways(nodes[start]))]
        while stack:
            place, ways = stack[-1]
            way = next(ways, None)
            if way is None:
                stack.pop()
                passed.discard(place)
                done.add(place)
            elif way.target in passed:
                yield place, way.target
            elif way.target not in done:
                passed.add(way.target)
                stack.append((way.target, _own_ways(nodes[way.target])))


def _own_ways(node: PlanNode) -> Iterator[Exit]:
    return (way for way in node.exits if not way.by_key)
