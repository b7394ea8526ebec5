"""Offices that may be saved: what the checks refuse in one is made simpler."""

from __future__ import annotations

from appliance.configuration.calendars import PublicHolidays
from appliance.configuration.caller_filter import CallerFilter
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Route,
    RouteStep,
    ToPerson,
)
from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.lines import (
    OwnerFirst,
)
from appliance.configuration.menus import MenuOption
from appliance.configuration.people import (
    DeviceChoice,
    Member,
)
from appliance.configuration.star_codes import StarCodes
from appliance.configuration.voicemail import MailboxOwner
from tests.property.offices import office, seeds

WITHOUT_FORWARDS = {
    "when_busy": {},
    "forward_to": None,
    "forward_active": False,
    "scheduled_forwards": (),
    "forwards": {},
}


def saved_office(seed: int) -> Configuration:
    """A whole office that may be saved: what the checks refuse in it is made simpler."""
    configuration = office(seed)
    for _ in range(10):
        found = problems(configuration)
        if not found:
            return configuration
        for problem in found:
            configuration = _simpler(configuration, problem.collection, problem.record_id, problem.path)
    raise AssertionError([problem.where() for problem in found])


def _simpler(
    configuration: Configuration, collection: str, identifier: str, path: tuple[str | int, ...]
) -> Configuration:
    if collection == "office":
        simpler = configuration.office.model_copy(update={"override": None})
        return configuration.with_singleton("office", simpler)
    if collection == "caller_filter":
        return configuration.with_singleton("caller_filter", CallerFilter())
    if collection == "outbound":
        simpler = configuration.outbound.model_copy(update={"short_numbers": ()})
        return configuration.with_singleton("outbound", simpler)
    if path == ("extension",):
        plain = {"prefix": None, "extensions_there": ()}
        lines = {key: each.model_copy(update=plain) for key, each in configuration.lines.items()}
        for key, each in lines.items():
            configuration = configuration.with_record("lines", key, each)
        return _simpler(configuration, "outbound", "", ())
    if collection == "star_codes":
        return configuration.with_singleton("star_codes", StarCodes())
    record = configuration.collection(collection)[identifier]
    match (collection, *path[:2]):
        case ("calendars", "week", str(day)):
            change = {"week": record.week.model_copy(update={day: ()})}
        case ("calendars", "override", *_):
            change = {"override": None}
        case ("calendars", "special_days", _):
            change = {"special_days": ()}
        case ("calendars", *_):
            change = {"holidays": PublicHolidays()}
        case ("numbers", "owner_first" | "owner_id" | "overflow" | "direct_dial", *_):
            change = {"owner_first": OwnerFirst.NOBODY, "overflow": None, "direct_dial": False}
        case ("numbers", "routes", str(state)):
            chosen = Route(steps=(RouteStep(destination=ToPerson(person_id="p0")),))
            change = {"routes": {**record.routes, HoursState(state): chosen}}
        case ("people", "when_unanswered", _) | ("people", "mobile", *_):
            devices = (DeviceChoice(kind=DeviceKind.DESKPHONE),)
            change = {"when_unanswered": {}, "devices": devices}
        case ("lines", "prefix" | "extensions_there" | "calls_outside", *_):
            change = {"prefix": None, "extensions_there": (), "calls_outside": False}
        case ("people", "presented_number_id" | "allowed_number_ids", *_):
            change = {"presented_number_id": None, "allowed_number_ids": None}
        case ("people", "short_numbers", *_):
            change = {"short_numbers": ()}
        case ("menus", ("when_wrong" | "when_silent") as field, *_):
            change = {field: None}
        case ("menus", *_):
            change = {"options": (MenuOption(key="1", name="One"),)}
        case ("people", *_):
            change = WITHOUT_FORWARDS
        case ("groups", "when_unanswered", *_):
            change = {"when_unanswered": None}
        case ("groups", *_):
            members = tuple(Member(person_id=member.person_id) for member in record.members)
            change = {"members": members}
        case _:
            change = {"owner": MailboxOwner.OFFICE, "owner_id": None}
    return configuration.with_record(collection, identifier, record.model_copy(update=change))


saved_offices = seeds.map(saved_office)
