"""Checks: what must hold among the records of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from appliance import numbers
from appliance.configuration import public_holidays
from appliance.configuration.calendars import Calendar
from appliance.configuration.checks_caller_filter import caller_filter_problems
from appliance.configuration.checks_dialling import dialling_problems
from appliance.configuration.checks_forwards import forward_problems
from appliance.configuration.checks_outbound import outbound_problems
from appliance.configuration.checks_ranges import range_problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToAnnouncement, ToExternal
from appliance.configuration.fields import DeviceKind, HoursState, TimeRange
from appliance.configuration.lines import (
    CalledNumberIn,
    Display,
    Line,
    Number,
    OutsideAddress,
    OwnerFirst,
    host_and_port,
)
from appliance.configuration.loops import looping_destinations
from appliance.configuration.menu_checks import menu_problems
from appliance.configuration.office import Role
from appliance.configuration.overrides import HoursOverride
from appliance.configuration.people import Person
from appliance.configuration.problems import CODES, Problem
from appliance.configuration.references import MAILBOX_OWNERS, Path, references
from appliance.configuration.routes import destinations_of, route_problems
from appliance.configuration.star_code_checks import star_code_problems
from appliance.configuration.voicemail import Mailbox, MailboxOwner

__all__ = ["CODES", "Problem", "problems"]

_UNKNOWN = {
    "people": "unknown_person",
    "groups": "unknown_group",
    "menus": "unknown_menu",
    "mailboxes": "unknown_mailbox",
    "numbers": "unknown_number",
    "lines": "unknown_line",
    "calendars": "unknown_calendar",
    "audios": "unknown_audio",
}


def problems(configuration: Configuration) -> tuple[Problem, ...]:
    """Everything that does not hold among records; empty when the configuration may be saved."""
    return tuple(problem for check in _CHECKS for problem in check(configuration))


def _unknown_references(configuration: Configuration) -> Iterator[Problem]:
    for each in references(configuration):
        if each.to_id not in configuration.collection(each.to_collection):
            yield Problem(each.collection, each.record_id, each.path, _UNKNOWN[each.to_collection])


def _extensions(configuration: Configuration) -> Iterator[Problem]:
    country = configuration.office.country if configuration.office else "FR"
    taken: dict[str, str] = {}
    owners: list[tuple[str, str, str, str]] = [
        *(("people", each.id, each.extension, each.name) for each in configuration.people.values()),
        *(("groups", each.id, each.extension or "", each.name) for each in configuration.groups.values()),
        *(("menus", each.id, each.extension or "", each.name) for each in configuration.menus.values()),
    ]
    for collection, identifier, extension, name in owners:
        parameters = {"extension": extension}
        if extension and numbers.is_emergency(extension, country):
            yield Problem(collection, identifier, ("extension",), "extension_is_emergency", parameters)
        if extension and extension in taken:
            parameters["name"] = taken[extension]
            yield Problem(collection, identifier, ("extension",), "extension_taken", parameters)
        taken.setdefault(extension, name)


def _taken(
    collection: str, field: str, code: str, values: Iterable[tuple[str, str, str]]
) -> Iterator[Problem]:
    """A problem for each value (id, value, name) that an earlier record already has."""
    first: dict[str, str] = {}
    for identifier, value, name in values:
        if value in first:
            yield Problem(collection, identifier, (field,), code, {"name": first[value]})
        first.setdefault(value, name)


def _numbers(configuration: Configuration) -> Iterator[Problem]:
    own = configuration.numbers.values()
    yield from _taken(
        "numbers", "number", "number_taken", ((each.id, each.number, each.name) for each in own)
    )
    for each in own:
        if HoursState.OPEN not in each.routes:
            yield Problem("numbers", each.id, ("routes", "open"), "route_missing")
        if each.owner_first is OwnerFirst.NUMBER and each.owner_id is None:
            yield Problem("numbers", each.id, ("owner_id",), "owner_missing")
        if each.display is Display.WORDS and not each.display_words.strip():
            yield Problem("numbers", each.id, ("display_words",), "display_words_missing")


def _own_numbers_outside(configuration: Configuration) -> Iterator[Problem]:
    """Numbers of ours where a number outside belongs: the call would come back in."""
    ours = {each.number: each.name for each in configuration.numbers.values()}

    def check(collection: str, identifier: str, path: Path, number: str | None) -> Iterator[Problem]:
        if number in ours:
            yield Problem(collection, identifier, path, "number_is_ours", {"name": ours[number]})

    if configuration.office:
        yield from check("office", "", ("backup_number",), configuration.office.backup_number)
    for person in configuration.people.values():
        yield from check("people", person.id, ("mobile",), person.mobile)
    for each in configuration.numbers.values():
        yield from check("numbers", each.id, ("backup_number",), each.backup_number)
    for place in destinations_of(configuration):
        if isinstance(place.destination, ToExternal):
            path = (*place.path, "number")
            yield from check(place.collection, place.record_id, path, place.destination.number)


def _announcements(configuration: Configuration) -> Iterator[Problem]:
    for place in destinations_of(configuration):
        said = place.destination
        if isinstance(said, ToAnnouncement) and said.audio_id is None and not said.text:
            yield Problem(place.collection, place.record_id, (*place.path, "text"), "announcement_empty")
    for number in configuration.numbers.values():
        words = number.announcement
        if words is not None and words.audio_id is None and not words.text:
            yield Problem("numbers", number.id, ("announcement", "text"), "announcement_empty")
        yield from _other_language(number)
        if number.direct_dial and words is None:
            yield Problem("numbers", number.id, ("direct_dial",), "direct_dial_without_words")
    for audio in configuration.audios.values():
        if audio.source == "text" and not audio.text:
            yield Problem("audios", audio.id, ("text",), "audio_empty")


def _other_language(number: Number) -> Iterator[Problem]:
    words = number.announcement_other_language
    if words is None:
        return
    if words.audio_id is None and not words.text:
        path: Path = ("announcement_other_language", "text")
        yield Problem("numbers", number.id, path, "announcement_empty")
    if number.announcement is None:
        yield Problem("numbers", number.id, ("announcement", "text"), "announcement_empty")


def _loops(configuration: Configuration) -> Iterator[Problem]:
    for place, name in looping_destinations(configuration):
        yield Problem(place.collection, place.record_id, place.path, "route_loops", {"name": name})


def _people(configuration: Configuration) -> Iterator[Problem]:
    for person in configuration.people.values():
        kinds = [choice.kind for choice in person.devices]
        for place, kind in enumerate(kinds):
            if kind in kinds[:place]:
                yield Problem("people", person.id, ("devices", place, "kind"), "device_twice")
        if DeviceKind.EXTERNAL in kinds and person.mobile is None:
            yield Problem("people", person.id, ("mobile",), "mobile_missing")
        yield from forward_problems(person)


def _phones(configuration: Configuration) -> Iterator[Problem]:
    phones = configuration.phones.values()
    users = ((each.id, each.sip_user.casefold(), each.name) for each in phones)
    yield from _taken("phones", "sip_user", "sip_user_taken", users)
    for phone in phones:
        if phone.kind is DeviceKind.EXTERNAL:
            yield Problem("phones", phone.id, ("kind",), "phone_is_external")


def _groups(configuration: Configuration) -> Iterator[Problem]:
    people = configuration.people
    for group in configuration.groups.values():
        members = [member.person_id for member in group.members]
        for place, identifier in enumerate(members):
            path: Path = ("members", place, "person_id")
            if identifier in members[:place]:
                name = people[identifier].name if identifier in people else identifier
                yield Problem("groups", group.id, path, "member_twice", {"name": name})
            kinds = group.members[place].devices or ()
            if DeviceKind.EXTERNAL in kinds and _without_mobile(people.get(identifier)):
                path = ("members", place, "devices")
                yield Problem("groups", group.id, path, "mobile_missing")


def _without_mobile(person: Person | None) -> bool:
    return person is not None and person.mobile is None


def _mailboxes(configuration: Configuration) -> Iterator[Problem]:
    first: dict[tuple[MailboxOwner, str], Mailbox] = {}
    for mailbox in configuration.mailboxes.values():
        if mailbox.owner not in MAILBOX_OWNERS:
            continue
        if mailbox.owner_id is None:
            yield Problem("mailboxes", mailbox.id, ("owner_id",), "mailbox_missing_owner")
            continue
        other = first.setdefault((mailbox.owner, mailbox.owner_id), mailbox)
        if other is not mailbox:
            parameters = {"name": other.name}
            yield Problem("mailboxes", mailbox.id, ("owner_id",), "mailbox_owner_taken", parameters)


def _outside_host_wrong(line: Line) -> str | None:
    if line.outside_address not in (OutsideAddress.STUN, OutsideAddress.FIXED):
        return None
    if line.outside_host is None:
        return "outside_host_missing"
    try:
        _, port = host_and_port(line.outside_host)
    except ValueError:
        return "outside_port_wrong"
    return "outside_port_fixed" if port and line.outside_address is OutsideAddress.FIXED else None


def _lines(configuration: Configuration) -> Iterator[Problem]:
    for line in configuration.lines.values():
        if line.mode == "registered" and line.enabled:
            if not line.user:
                yield Problem("lines", line.id, ("user",), "line_user_missing")
            if not line.password.get_secret_value():
                yield Problem("lines", line.id, ("password",), "line_password_missing")
        if line.called_number_in is CalledNumberIn.MAIN and line.main_number_id is None:
            yield Problem("lines", line.id, ("main_number_id",), "line_main_missing")
        if (wrong := _outside_host_wrong(line)) is not None:
            yield Problem("lines", line.id, ("outside_host",), wrong)
        if line.extension_in_to and line.kind != "pbx":
            yield Problem("lines", line.id, ("extension_in_to",), "extension_in_to_of_trunk")
        if line.calls_outside and line.kind != "pbx":
            yield Problem("lines", line.id, ("calls_outside",), "calls_outside_of_trunk")
        main = configuration.numbers.get(line.main_number_id or "")
        if main is not None and main.line_id != line.id:
            yield Problem("lines", line.id, ("main_number_id",), "main_number_elsewhere", {"name": main.name})


def _calendars(configuration: Configuration) -> Iterator[Problem]:
    for calendar in configuration.calendars.values():
        for day in type(calendar.week).model_fields:
            yield from _overlaps(calendar.id, ("week", day), getattr(calendar.week, day))
        yield from _special_days(calendar)
        yield from _override("calendars", calendar.id, calendar.override)
        observed = calendar.holidays
        if not observed.observed or public_holidays.is_known(observed.country, observed.subdivision):
            continue
        known = public_holidays.is_known(observed.country, "")
        field, what = ("subdivision", "subdivision") if known else ("country", "country")
        yield Problem("calendars", calendar.id, ("holidays", field), f"holidays_unknown_{what}")


def _override(collection: str, identifier: str, override: HoursOverride | None) -> Iterator[Problem]:
    if override is not None and override.state == "destination" and override.destination is None:
        yield Problem(collection, identifier, ("override", "destination"), "union_tag_not_found")


def _office(configuration: Configuration) -> Iterator[Problem]:
    if configuration.office is not None:
        yield from _override("office", "", configuration.office.override)


def _special_days(calendar: Calendar) -> Iterator[Problem]:
    for place, special in enumerate(calendar.special_days):
        path: Path = ("special_days", place)
        if special.last < special.first:
            yield Problem("calendars", calendar.id, (*path, "last"), "dates_reversed")
        if special.ranges and special.state is not HoursState.OPEN:
            yield Problem("calendars", calendar.id, (*path, "ranges"), "ranges_on_closed_day")
        yield from _overlaps(calendar.id, path, special.ranges, "ranges")


def _overlaps(
    calendar_id: str, path: Path, ranges: Sequence[TimeRange], field: str | None = None
) -> Iterator[Problem]:
    """Ranges of one day that overlap; one that runs past midnight lasts to the end of the day here."""
    inside = path if field is None else (*path, field)
    for place, later in enumerate(ranges):
        for earlier in ranges[:place]:
            if _starts_within(earlier, later) or _starts_within(later, earlier):
                parameters = {"first": _written(earlier), "second": _written(later)}
                yield Problem("calendars", calendar_id, (*inside, place), "overlapping_ranges", parameters)
                break


def _starts_within(one: TimeRange, other: TimeRange) -> bool:
    """Whether `one` starts while `other` lasts."""
    return other.start <= one.start and (one.start < other.end or other.end <= other.start)


def _written(each: TimeRange) -> str:
    return f"{each.start:%H:%M}–{each.end:%H:%M}"


def _mail_server(configuration: Configuration) -> Iterator[Problem]:
    server = configuration.mail_server
    if server.enabled and server.host is None:
        yield Problem("mail_server", "", ("host",), "mail_host_missing")
    if server.enabled and server.sender is None:
        yield Problem("mail_server", "", ("sender",), "mail_sender_missing")


def _users(configuration: Configuration) -> Iterator[Problem]:
    users = configuration.users.values()
    if users and not any(user.role is Role.ADMINISTRATOR for user in users):
        yield Problem("users", next(iter(configuration.users)), ("role",), "no_administrator")


_CHECKS: tuple[Callable[[Configuration], Iterator[Problem]], ...] = (
    _unknown_references,
    _extensions,
    star_code_problems,
    _numbers,
    _own_numbers_outside,
    route_problems,
    _announcements,
    _loops,
    _people,
    _phones,
    _groups,
    menu_problems,
    _mailboxes,
    _lines,
    outbound_problems,
    caller_filter_problems,
    dialling_problems,
    range_problems,
    _calendars,
    _office,
    _mail_server,
    _users,
)
