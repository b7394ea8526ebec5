"""Where destinations stand in a configuration, and what must hold of routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Destination,
    Route,
    ToAnnouncement,
    ToBusyTone,
    ToCallBack,
    ToExternal,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToNumber,
    ToPerson,
)
from appliance.configuration.overrides import overrides
from appliance.configuration.people import Person
from appliance.configuration.problems import Problem
from appliance.configuration.references import Path

# Destinations that a call never comes back from: what stands after them is never reached.
ENDS = (ToMailbox, ToAnnouncement, ToBusyTone, ToHangUp, ToNumber)
# Destinations that ring somebody who may have chosen what happens when they do not answer.
RINGS_SOMEBODY = (ToPerson, ToGroup, ToExternal)


@dataclass(frozen=True, slots=True)
class Place:
    """A destination and where it stands; `last` when nothing follows it there."""

    collection: str
    record_id: str
    path: Path
    destination: Destination
    last: bool = True


def destinations_of(configuration: Configuration) -> Iterator[Place]:
    """Every destination of the configuration."""
    for number in configuration.numbers.values():
        for state, route in number.routes.items():
            yield from _of_route(number.id, state.value, route)
        if number.overflow is not None:
            yield Place("numbers", number.id, ("overflow",), number.overflow)
    for standing in overrides(configuration):
        sent_to = standing.override.destination
        if standing.override.state == "destination" and sent_to is not None:
            collection = "office" if standing.calendar_id is None else "calendars"
            yield Place(collection, standing.calendar_id or "", ("override", "destination"), sent_to)
    for kind, rule in configuration.caller_filter.rules():
        if rule.destination is not None:
            yield Place("caller_filter", "", (kind, "destination"), rule.destination)
    for calendar in configuration.calendars.values():
        for place, special in enumerate(calendar.special_days):
            if special.destination is not None:
                path: Path = ("special_days", place, "destination")
                yield Place("calendars", calendar.id, path, special.destination)
        for key, destination in calendar.holidays.destinations.items():
            yield Place("calendars", calendar.id, ("holidays", "destinations", key), destination)
    for person in configuration.people.values():
        for state, destination in person.when_unanswered.items():
            yield Place("people", person.id, ("when_unanswered", state.value), destination)
        yield from forwards_of(person)
    for group in configuration.groups.values():
        if group.when_unanswered is not None:
            yield Place("groups", group.id, ("when_unanswered",), group.when_unanswered)
    yield from _of_menus(configuration)


def _of_menus(configuration: Configuration) -> Iterator[Place]:
    for menu in configuration.menus.values():
        for index, option in enumerate(menu.options):
            if option.destination is not None:
                yield Place("menus", menu.id, ("options", index, "destination"), option.destination)
        for field, destination in (("when_wrong", menu.when_wrong), ("when_silent", menu.when_silent)):
            if destination is not None:
                yield Place("menus", menu.id, (field,), destination)


def forwards_of(person: Person) -> Iterator[Place]:
    """Where a person's calls go instead of to them; what follows is the person's own."""
    for state, destination in person.when_busy.items():
        yield Place("people", person.id, ("when_busy", state.value), destination, last=False)
    if person.forward_to is not None:
        yield Place("people", person.id, ("forward_to",), person.forward_to, last=False)
    for place, scheduled in enumerate(person.scheduled_forwards):
        path: Path = ("scheduled_forwards", place, "destination")
        yield Place("people", person.id, path, scheduled.destination, last=False)
    for condition, destination in person.forwards.items():
        yield Place("people", person.id, ("forwards", condition.value), destination, last=False)


def route_problems(configuration: Configuration) -> Iterator[Problem]:
    """Routes that end in silence, and steps that no call reaches.

    What a person or a group chose for calls they do not answer may be to hang up (NOANS-1); the route of a
    number, and the own handling of a day, may not.
    """
    for place in destinations_of(configuration):
        wanted = place.destination
        if isinstance(wanted, ToCallBack) and (wanted.person_id is None) == (wanted.group_id is None):
            there = (*place.path, "person_id")
            yield Problem(place.collection, place.record_id, there, "call_back_by_nobody")
        of_route = place.collection in ("numbers", "calendars", "office")
        if of_route and place.last and isinstance(place.destination, ToHangUp):
            yield Problem(place.collection, place.record_id, place.path, "route_ends_in_silence")
    for number in configuration.numbers.values():
        for state, route in number.routes.items():
            ended = False
            for index, step in enumerate(route.steps):
                if ended:
                    path: Path = ("routes", state.value, "steps", index, "destination")
                    yield Problem("numbers", number.id, path, "step_never_reached")
                    break
                ended = isinstance(step.destination, ENDS) or not step.next_on


def _of_route(number_id: str, state: str, route: Route) -> Iterator[Place]:
    for index, step in enumerate(route.steps):
        path: Path = ("routes", state, "steps", index, "destination")
        yield Place("numbers", number_id, path, step.destination, index == len(route.steps) - 1)
