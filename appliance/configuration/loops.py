"""Loops: destinations that lead back to where a call came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToMenu, ToNumber, ToPerson
from appliance.configuration.lines import OwnerFirst, PersonUnanswered
from appliance.configuration.routes import Place, destinations_of, forwards_of

# A record whose choices a call follows: collection and id.
Follower = tuple[str, str]
# Stands for the forwards of a person, as if they were a record of their own.
FORWARDS = "forwards"


def looping_destinations(configuration: Configuration) -> Iterator[tuple[Place, str]]:
    """Destinations on a way that comes back to itself, with the name of the record each leads to.

    Where a key leads is no such way: a caller who presses keys goes round as long as they wish.
    A person or group followed by another step of a route leads nowhere of its own: that step comes next.
    """
    ways = [
        (source, target, place)
        for source, place in _followed(configuration)
        for target in _targets(configuration, place)
    ]
    for source, target, place in _on_loops(ways):
        collection = "people" if target[0] == FORWARDS else target[0]
        record = configuration.collection(collection)[target[1]]
        yield place, str(getattr(record, "name", "")) or source[1]


def _followed(configuration: Configuration) -> Iterator[tuple[Follower, Place]]:
    """Each destination with the records whose calls go there; a calendar's, with each number that uses it."""
    office = configuration.office
    users: dict[str, list[Follower]] = defaultdict(list)
    for number in configuration.numbers.values():
        calendar = number.calendar_id or (office.calendar_id if office else None)
        users[calendar or ""].append(("numbers", number.id))
    yield from _owners_first(configuration)
    for place in destinations_of(configuration):
        if place.collection == "office":
            for number in configuration.numbers.values():
                yield ("numbers", number.id), place
        elif place.collection == "calendars":
            for user in users[place.record_id]:
                yield user, place
        elif place.collection != "menus" or place.path[0] != "options":
            is_forward = place.collection == "people" and place.path[0] != "when_unanswered"
            yield (FORWARDS if is_forward else place.collection, place.record_id), place


def _owners_first(configuration: Configuration) -> Iterator[tuple[Follower, Place]]:
    """The responsible people who may ring before a number's route."""
    for number in configuration.numbers.values():
        owners: tuple[str, ...] = ()
        if number.owner_first is OwnerFirst.CONTACT:
            owners = tuple(configuration.people)
        elif number.owner_first is OwnerFirst.NUMBER and number.owner_id:
            owners = (number.owner_id,)
        last = number.owner_unanswered is PersonUnanswered.MAILBOX
        for person_id in owners:
            to_person = ToPerson(person_id=person_id)
            yield ("numbers", number.id), Place("numbers", number.id, ("owner_first",), to_person, last)


def _targets(configuration: Configuration, place: Place) -> Iterator[Follower]:
    """The records whose own choices follow: of a person, their forwards wherever they stand on a route.

    Forwards from one person to the next end by themselves (routing/person_paths), so that only the numbers
    and menus they may lead to count.
    """
    is_forward = place.collection == "people" and place.path[0] != "when_unanswered"
    match place.destination:
        case ToNumber(number_id=identifier):
            if identifier in configuration.numbers:
                yield "numbers", identifier
        case ToPerson(person_id=identifier) if identifier in configuration.people:
            if is_forward:
                yield from _beyond(configuration, identifier)
            else:
                yield FORWARDS, identifier
            if place.last:
                yield "people", identifier
        case ToGroup(group_id=identifier) if place.last and identifier in configuration.groups:
            yield "groups", identifier
        case ToMenu(menu_id=identifier) if identifier in configuration.menus:
            yield "menus", identifier


def _beyond(configuration: Configuration, person_id: str) -> set[Follower]:
    """The numbers and menus that forwards from person to person may come to."""
    found, known, waiting = set[Follower](), {person_id}, [person_id]
    while waiting:
        for place in forwards_of(configuration.people[waiting.pop()]):
            match place.destination:
                case ToNumber(number_id=identifier) if identifier in configuration.numbers:
                    found.add(("numbers", identifier))
                case ToMenu(menu_id=identifier) if identifier in configuration.menus:
                    found.add(("menus", identifier))
                case ToPerson(person_id=identifier) if identifier in configuration.people.keys() - known:
                    known.add(identifier)
                    waiting.append(identifier)
    return found


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
