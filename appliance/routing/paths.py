"""Paths: every route, destination and fallback of the settings laid out as nodes.

Nodes are made from a list of those still to make, not by recursion, so that a long chain of settings costs no
stack. A node is made once for each number it serves, since what follows it may depend on that number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Destination,
    RingOutcome,
    RouteStep,
    ToAnnouncement,
    ToBusyTone,
    ToCallBack,
    ToExternal,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToMenu,
    ToNumber,
    ToPerson,
)
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.lines import Number
from appliance.configuration.menus import Menu
from appliance.configuration.people import Person, Phone, RingGroup
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from appliance.routing import endings
from appliance.routing.arriving import before_hours, before_route, language_first
from appliance.routing.call_back_paths import call_back_node
from appliance.routing.called_inside import called_inside
from appliance.routing.contexts import Context, entry_node, hours_place, named
from appliance.routing.introductions import ANSWER_SECONDS, Handover
from appliance.routing.menu_paths import menu_node
from appliance.routing.nodes import (
    FAILED,
    UNKNOWN_TIME,
    EntryNode,
    Exit,
    HoursNode,
    MailboxNode,
    PlanNode,
    UnansweredNode,
)
from appliance.routing.number_hours import ALWAYS_OPEN, own_handling, route_of
from appliance.routing.opening_hours import OpeningHours
from appliance.routing.person_paths import PersonPaths
from appliance.routing.ringing import (
    Onward,
    Ringing,
    by_state,
    everywhere,
    outcome_exits,
    ring_external,
    ring_group,
)
from appliance.routing.trail import Reason

RINGS = (ToPerson, ToGroup, ToExternal, ToNumber)
EXTERNAL_SECONDS = 30
# Outcomes that may mean that something has failed, rather than that somebody does not want the call.
FAILURES = frozenset({RingOutcome.NO_ANSWER, RingOutcome.UNREACHABLE})


class Paths:
    """Lays out nodes; `lay_out` makes all that were asked for, and those they lead to."""

    def __init__(self, configuration: Configuration) -> None:
        office = configuration.office
        self._configuration = configuration
        self._country = office.country if office else "FR"
        self._zone_name = office.time_zone if office else "UTC"
        self._language = office.language.value if office else "fr"
        self._hours: dict[str, OpeningHours] = {}
        self._phones: dict[str, list[Phone]] = {}
        for phone in configuration.phones.values():
            self._phones.setdefault(phone.person_id, []).append(phone)
        self._mailboxes = {
            (mailbox.owner, mailbox.owner_id): mailbox
            for mailbox in configuration.mailboxes.values()
            if mailbox.enabled
        }
        self._asked: set[str] = set()
        self._to_make: deque[Callable[[], Sequence[PlanNode]]] = deque()
        self._people = PersonPaths(self._phones, self.ask, self._calendar)

    @property
    def configuration(self) -> Configuration:
        """The settings that are laid out."""
        return self._configuration

    @property
    def country(self) -> str:
        """The office's country."""
        return self._country

    def lay_out(self) -> dict[str, PlanNode]:
        """Every node asked for, by id."""
        nodes: dict[str, PlanNode] = {}
        while self._to_make:
            for node in self._to_make.popleft()():
                nodes[node.id] = node
        return nodes

    @property
    def hours(self) -> tuple[OpeningHours, ...]:
        """Every calendar, in use or not: pages say how each stands."""
        for identifier in self._configuration.calendars:
            self._calendar(identifier)
        return tuple(self._hours.values())

    # Entries

    def number(self, number: Number) -> str:
        """The entry of a number: its hours, then a route for each state."""
        return self.ask(f"number:{number.id}", lambda: self._number(number))

    def arrival(self, number: Number) -> str:
        """Where calls from outside arrive that are for a number: at the caller filter, then at its limit."""
        rules = dict(self._configuration.caller_filter.rules()) if number.caller_filter else {}
        if not rules and number.max_calls is None:
            return self.number(number)
        context = self._context(number)
        entry = f"called:{number.id}"

        def make() -> list[PlanNode]:
            onward = self._first(number, context)
            return [self._called(entry, number, before_hours(self, number, rules, onward, context))]

        return self.ask(entry, make)

    def extension(self, extension: str, of: Person | RingGroup | Menu) -> str:
        """The entry of an extension: a person, a group or a menu called from inside."""
        place = f"extension:{extension}"
        inside = Context("inside", hours=self._calendar(None), handover=self._handover(None))
        collection, destination = called_inside(of)

        def make() -> list[PlanNode]:
            target = self.destination(destination, Ringing(place, self.after(destination, inside)), inside)
            record = (collection, of.id)
            label = {"extension": extension, "name": of.name}
            return [entry_node(place, "extension", label, record, target, Reason("extension_called", label))]

        return self.ask(place, make)

    def ending(self, node: PlanNode) -> str:
        """A node that leads nowhere else."""
        return self.ask(node.id, lambda: [node])

    # Numbers and routes

    def _number(self, number: Number) -> list[PlanNode]:
        context = self._context(number)
        return [self._called(f"number:{number.id}", number, self._first(number, context))]

    def _first(self, number: Number, context: Context) -> str:
        """Where the path of every call to a number begins: at the choice of a language, or at its hours."""
        hours = self.ask(hours_place(context), lambda: [self._hours_node(number, context)])
        return language_first(self, number, hours)

    def _context(self, number: Number) -> Context:
        office = self._configuration.office
        backup = number.backup_number or (office.backup_number if office else None)
        hours = self._calendar(number.calendar_id)
        return Context(number.id, number, hours, backup, self._handover(number))

    def _called(self, place: str, number: Number, target: str) -> EntryNode:
        label = {"number": numbers.national(number.number, self._country), "name": number.name}
        return entry_node(
            place, "number", label, ("numbers", number.id), target, Reason("number_called", label)
        )

    def _hours_node(self, number: Number, context: Context) -> HoursNode:
        hours, place = context.hours, hours_place(context)
        calendar = hours.calendar if hours else None
        return HoursNode(
            id=place,
            kind="hours",
            label={"name": calendar.name if calendar else number.name},
            record=("calendars", calendar.id) if calendar and calendar is not ALWAYS_OPEN else None,
            ways=self._by_hours(place, number, context),
            hours=hours,
        )

    def _by_hours(self, place: str, number: Number, context: Context) -> dict[str, Exit]:
        ways: dict[str, Exit] = {}
        if context.hours is None:
            route = route_of(number, HoursState.OPEN)
            first = self._route(route.steps, f"route:{number.id}/open", context)
            first = before_route(self, number, first, context)
            return {HoursState.OPEN.value: Exit(f"{place}>open", first, "open")}
        for state in HoursState:
            route = route_of(number, state)
            used = next(own for own, each in number.routes.items() if each is route)
            first = self._route(route.steps, f"route:{number.id}/{used}", context)
            if used is HoursState.OPEN:
                first = before_route(self, number, first, context)
            ways[state.value] = Exit(f"{place}>{state}", first, state.value)
        for key, name, destination in own_handling(context.hours):
            steps = (RouteStep(destination=destination),)
            first = self._route(steps, f"route:{number.id}/{key}", context)
            condition = "own_holiday" if key.startswith("holiday/") else "special"
            ways[key] = Exit(f"{place}>{key}", first, condition, {"name": name})
        for index, override in enumerate(context.hours.overrides):
            key = f"override/{index}"
            if override.destination is not None and override.state == "destination":
                steps = (RouteStep(destination=override.destination),)
                first = self._route(steps, f"route:{number.id}/{key}", context)
            else:
                first = ways[HoursState.CLOSED if override.state == "closed" else HoursState.OPEN].target
            ways[key] = Exit(f"{place}>{key}", first, "override")
        ways[UNKNOWN_TIME] = Exit(f"{place}>{UNKNOWN_TIME}", ways[number.unknown_time].target, UNKNOWN_TIME)
        return ways

    def last_ring(self, ringing: Ringing, context: Context, onward: Onward) -> Ringing:
        """A ring that nobody else follows: the backup number is rung when nobody could be reached."""
        if not context.backup:
            return ringing
        return self._with_backup(ringing, context.backup, FAILURES, onward)

    def _route(self, steps: Sequence[RouteStep], where: str, context: Context) -> str:
        """The first node of a route; later steps come first, since each leads to the next."""
        following: str | None = None
        next_rings = False
        for place in reversed(range(len(steps))):
            step = steps[place]
            after = everywhere(following) if following else self.after(step.destination, context)
            onward = {
                outcome: after[outcome] if outcome in step.next_on else self._told(outcome, context)
                for outcome in RingOutcome
            }
            ringing = Ringing(f"{where}/{place}", onward, step.max_wait, handover=context.handover)
            if context.backup and isinstance(step.destination, RINGS):
                goes_on = step.next_on if next_rings else frozenset[RingOutcome]()
                ringing = self._with_backup(ringing, context.backup, FAILURES - goes_on, after)
            following = self.destination(step.destination, ringing, context)
            next_rings = isinstance(step.destination, RINGS)
        assert following is not None  # a route has at least one step
        return following

    def _with_backup(
        self, ringing: Ringing, number: str, gives_up: frozenset[RingOutcome], onward: Onward
    ) -> Ringing:
        if not gives_up:
            return ringing
        backup = Ringing(f"backup:{ringing.place}", onward, handover=ringing.handover)
        return replace(ringing, failed=self._backup(number, backup), gives_up=gives_up)

    def _backup(self, number: str, there: Ringing) -> str:
        """The node that rings the backup number."""
        return self.ask(
            there.place, lambda: ring_external(number, self._country, EXTERNAL_SECONDS, there, "backup")
        )

    # Destinations

    def destination(self, destination: Destination, ringing: Ringing, context: Context) -> str:
        """The node of a destination; `ringing` says where it stands, and what follows one that rings."""
        configuration = self._configuration
        ringing = replace(ringing, handover=context.handover)
        where, lost = ringing.place, ringing.onward[RingOutcome.UNREACHABLE]
        match destination:
            case ToPerson(person_id=identifier):
                person = configuration.people.get(identifier)
                return self._person(person, named("person", identifier, ringing), context) if person else lost
            case ToGroup(group_id=identifier):
                group = configuration.groups.get(identifier)
                return self._group(group, named("group", identifier, ringing)) if group else lost
            case ToExternal(number=number):
                there = named("external", number, ringing)
                return self.ask(
                    there.place,
                    lambda: ring_external(
                        number, self._country, EXTERNAL_SECONDS, there, confirm=destination.confirm
                    ),
                )
            case ToMenu(menu_id=identifier):
                menu = configuration.menus.get(identifier)
                return self._menu(menu, ringing, context) if menu else lost
            case ToNumber(number_id=identifier):
                other = configuration.numbers.get(identifier)
                return self.number(other) if other else lost
            case ToMailbox(mailbox_id=identifier):
                mailbox = configuration.mailboxes.get(identifier)
                return (
                    self._mailbox(mailbox, context)
                    if mailbox and mailbox.enabled
                    else self._farewell(context)
                )
            case ToAnnouncement():
                return self.ending(endings.announcement(f"announcement:{where}", destination))
            case ToCallBack(person_id=person_id, group_id=group_id):
                if person_id not in configuration.people and group_id not in configuration.groups:
                    return lost
                place = f"call_back:{where}"
                return self.ask(
                    place, lambda: call_back_node(configuration, destination, place, ringing, context)
                )
            case ToBusyTone():
                return self.ending(endings.busy_tone(f"tone:busy@{context.name}"))
            case ToHangUp():
                return self.ending(endings.hang_up(f"hang_up@{context.name}"))

    def _person(self, person: Person, ringing: Ringing, context: Context) -> str:
        def lay(destination: Destination, there: Ringing) -> str:
            if isinstance(destination, ToMenu):
                # One menu for every forward: its keys may lead to people whose forwards lead back to it.
                there = Ringing(f"forwarded@{context.name}", self.after(destination, context))
            return self.destination(destination, there, context)

        return self._people.lay(person, ringing, lay)

    def _group(self, group: RingGroup, ringing: Ringing) -> str:
        people, calendar = self._configuration.people, self._calendar
        return self.ask(ringing.place, lambda: ring_group(people, self._phones, group, ringing, calendar))

    def _menu(self, menu: Menu, ringing: Ringing, context: Context) -> str:
        place = f"menu:{menu.id}@{ringing.place}"
        return self.ask(place, lambda: [menu_node(self, menu, place, ringing, context)])

    def _mailbox(self, mailbox: Mailbox, context: Context) -> str:
        place = f"mailbox:{mailbox.id}@{context.name}"
        owner = self._configuration.people.get(mailbox.owner_id or "")
        own = mailbox.owner is MailboxOwner.PERSON and owner is not None
        hours = self._calendar(owner.calendar_id) if own and owner else context.hours
        number = context.number.number if mailbox.announce_number and context.number else ""
        ways: dict[str, Exit] = {}
        if context.backup:
            onward = everywhere(self._farewell(context))
            there = Ringing(f"backup:{place}", onward, handover=context.handover)
            failed = self._backup(context.backup, there)
            ways[FAILED] = Exit(f"{place}>{FAILED}", failed, "mailbox_failed")
        return self.ending(
            MailboxNode(
                id=place,
                kind="mailbox",
                label={"name": mailbox.name},
                record=("mailboxes", mailbox.id),
                ways=ways,
                mailbox=mailbox,
                hours=hours,
                number=number,
            )
        )

    # What follows when nobody took the call

    def after(self, destination: Destination, context: Context) -> Onward:
        """Where a call goes that nobody took at the end of a route."""
        people, groups = self._configuration.people, self._configuration.groups
        match destination:
            case ToPerson(person_id=identifier) if identifier in people:
                return self._after_person(people[identifier], context)
            case ToGroup(group_id=identifier) if identifier in groups:
                return self._after_group(groups[identifier], context)
            case _:
                return self.fallback(None, context)

    def _after_person(self, person: Person, context: Context) -> Onward:
        fallback = self.fallback((MailboxOwner.PERSON, person.id), context)
        if not person.when_unanswered:
            return fallback
        place = f"unanswered:{person.id}@{context.name}"

        def make() -> list[PlanNode]:
            ways = outcome_exits(place, fallback)
            for state, chosen in by_state(person.when_unanswered).items():
                target = self.chosen(chosen, f"{place}/{state}", context, fallback)
                ways[state.value] = Exit(f"{place}>{state}", target, state.value)
            hours = self._calendar(person.calendar_id)
            label = {"name": person.name}
            return [UnansweredNode(place, "unanswered", label, ("people", person.id), ways, hours)]

        return everywhere(self.ask(place, make))

    def _after_group(self, group: RingGroup, context: Context) -> Onward:
        fallback = self.fallback((MailboxOwner.GROUP, group.id), context)
        if group.when_unanswered is None:
            return fallback
        place = f"unanswered:{group.id}@{context.name}"
        chosen = group.when_unanswered

        def make() -> list[PlanNode]:
            target = self.chosen(chosen, place, context, fallback)
            reason = Reason("own_when_unanswered", {"name": group.name})
            return [
                entry_node(place, "unanswered", {"name": group.name}, ("groups", group.id), target, reason)
            ]

        return everywhere(self.ask(place, make))

    def chosen(self, chosen: Destination, where: str, context: Context, fallback: Onward) -> str:
        """The node of a destination that somebody chose, with what follows when nobody takes it."""
        own = self.after(chosen, context) if isinstance(chosen, ToPerson | ToGroup) else fallback
        return self.destination(chosen, Ringing(where, own), context)

    def fallback(self, owner: tuple[MailboxOwner, str] | None, context: Context) -> Onward:
        """The mailbox of whoever was called, else the number's, else words: never silence."""
        mailbox = self._mailboxes.get(owner) if owner else None
        if mailbox is None and context.number is not None:
            mailbox = self._mailboxes.get((MailboxOwner.NUMBER, context.number.id))
        if mailbox is not None:
            return everywhere(self._mailbox(mailbox, context))
        if context.number is not None:
            return everywhere(self._farewell(context))
        return {outcome: self._told(outcome, context) for outcome in RingOutcome}

    def _farewell(self, context: Context) -> str:
        return self._told(RingOutcome.NO_ANSWER, context)

    def _told(self, outcome: RingOutcome, context: Context) -> str:
        place = f"told:{outcome}@{context.name}"
        return self.ask(place, lambda: [endings.told(place, outcome)])

    def _handover(self, number: Number | None) -> Handover:
        """How calls to a number, or from inside, are handed to those who pick up."""
        office = self._configuration.office
        seconds = office.answer_seconds if office else ANSWER_SECONDS
        language = Language(self._language)
        if number is None:
            return Handover(seconds=seconds, language=language)
        return Handover(number.human_answer, frozenset(number.whisper), seconds, language)

    # The list of nodes to make

    def ask(self, identifier: str, make: Callable[[], Sequence[PlanNode]]) -> str:
        """Have a node made, with those that belong to it, unless it is asked for already; its id."""
        if identifier not in self._asked:
            self._asked.add(identifier)
            self._to_make.append(make)
        return identifier

    def _calendar(self, identifier: str | None) -> OpeningHours | None:
        office = self._configuration.office
        identifier = identifier or (office.calendar_id if office else None)
        calendar = self._configuration.calendars.get(identifier or "")
        of_office = office.override if office else None
        if calendar is None:
            if of_office is None:
                return None
            # Without opening hours too, the office may be closed by hand.
            return OpeningHours(ALWAYS_OPEN, self._zone_name, self._language, (of_office,))
        if calendar.id not in self._hours:
            overrides = tuple(each for each in (calendar.override, of_office) if each is not None)
            made = OpeningHours(calendar, self._zone_name, self._language, overrides)
            self._hours[calendar.id] = made
        return self._hours[calendar.id]
