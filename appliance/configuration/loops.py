"""Loops: destinations that lead back to where a call came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Destination, ToGroup, ToMenu, ToNumber, ToPerson
from appliance.configuration.routes import Place, destinations_of

# A record whose choices a call follows: collection and id.
Follower = tuple[str, str]


def looping_destinations(configuration: Configuration) -> Iterator[tuple[Place, str]]:
    """Destinations on a way that comes back to itself, with the name of the record each leads to.

    Where a key leads is no such way: a caller who presses keys goes round as long as they wish.
    A person or group followed by another step of a route leads nowhere of its own: that step comes next.
    """
    ways = [
        (source, target, place)
        for source, place in _followed(configuration)
        if (target := _target(configuration, place)) is not None
    ]
    for source, target, place in _on_loops(ways):
        record = configuration.collection(target[0])[target[1]]
        yield place, str(getattr(record, "name", "")) or source[1]


def _followed(configuration: Configuration) -> Iterator[tuple[Follower, Place]]:
    """Each destination with the records whose calls go there; a calendar's, with each number that uses it."""
    office = configuration.office
    users: dict[str, list[Follower]] = defaultdict(list)
    for number in configuration.numbers.values():
        calendar = number.calendar_id or (office.calendar_id if office else None)
        users[calendar or ""].append(("numbers", number.id))
    for place in destinations_of(configuration):
        if place.collection == "office":
            for number in configuration.numbers.values():
                yield ("numbers", number.id), place
        elif place.collection == "calendars":
            for user in users[place.record_id]:
                yield user, place
        elif place.collection != "menus" or place.path[0] != "options":
            yield (place.collection, place.record_id), place


def _target(configuration: Configuration, place: Place) -> Follower | None:
    """The record whose own choices follow, if there is one."""
    found = _followed_record(place.destination, place.last)
    if found is None or found[1] not in configuration.collection(found[0]):
        return None
    return found


def _followed_record(destination: Destination, last: bool) -> Follower | None:
    match destination:
        case ToNumber(number_id=identifier):
            return "numbers", identifier
        case ToPerson(person_id=identifier) if last:
            return "people", identifier
        case ToGroup(group_id=identifier) if last:
            return "groups", identifier
        case ToMenu(menu_id=identifier):
            return "menus", identifier
        case _:
            return None


def _on_loops(
    ways: list[tuple[Follower, Follower, Place]],
) -> Iterator[tuple[Follower, Follower, Place]]:
    """The ways left when those out of records that nothing leads to, or that lead nowhere, are taken away."""
    left = ways
    while True:
        sources = {source for source, _, _ in left}
        targets = {target for _, target, _ in left}
        kept = [way for way in left if way[1] in sources and way[0] in targets]
        if len(kept) == len(left):
            yield from kept
            return
        left = kept
