"""Arrival: what an INVITE says about who calls whom, and whether we let it in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from appliance import numbers
from appliance.calls.call import Party
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.lines import CalledNumberIn, Line, Number
from appliance.configuration.people import Phone
from appliance.routing.dialled import read_dialled
from appliance.routing.facts import Direction, Facts
from appliance.routing.redirections import Redirection
from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import NameAddr, parse_name_addr
from appliance.sip.history_info import redirections_of
from appliance.sip.message import Request
from appliance.sip.uri import Uri

ANONYMOUS = frozenset({"anonymous", "restricted", "unavailable", "unknown", ""})
# What asks to show nobody, and what not to show the asserted identity (RFC 3323 4.2, RFC 3325 9.3).
WITHHOLDS_ALL, WITHHOLDS_ASSERTED = frozenset({"user", "header"}), frozenset({"id"})
NOBODY = NameAddr("", Uri("sip", "anonymous", host="anonymous.invalid"))
# Longer names and numbers are nobody's: they would be copied to every phone and kept in the history.
LONGEST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call let in: its facts, and the number of ours that was dialled from outside."""

    facts: Facts
    number_id: str | None = None


def from_phone(configuration: Configuration, phone: Phone, request: Request) -> Arrival:
    """The arrival of a call made on one of our phones."""
    office = configuration.office
    person = configuration.people[phone.person_id]
    dialled = read_dialled(configuration, request.uri.telephone[:LONGEST_SHOWN], person.id)
    language = person.language or (office.language if office else None)
    return Arrival(
        Facts(
            direction=Direction.INTERNAL if dialled.internal else Direction.OUTBOUND,
            caller=person.extension,
            caller_name=person.name,
            called=dialled.called,
            line_id=None,
            caller_person_id=person.id,
            withheld=dialled.withheld or person.withholds_number,
            chosen_line_id=dialled.line_id,
            short=dialled.short,
            language=language or Language.FRENCH,
        )
    )


def transferred(
    configuration: Configuration, party: Party, by: Party, target: str, language: Language
) -> Facts:
    """The facts of a call of `party` to what `by` has dialled for them: outside, `by` makes the call.

    Whoever was let in without a password, to call for help, brings in people of the office alone.
    `language` is that of the call that the party comes from: people of the office hear their own instead.
    """
    office = configuration.office
    dialled = read_dialled(configuration, target[:LONGEST_SHOWN], by.person_id)
    if not (by.proven or dialled.internal):
        dialled = replace(dialled, called="", internal=True)
    person = configuration.people.get(by.person_id or "")
    who = configuration.people.get(party.person_id or "")
    if who is not None:
        language = who.language or (office.language if office else language)
    return Facts(
        direction=Direction.INTERNAL if dialled.internal else Direction.OUTBOUND,
        caller=party.number,
        caller_name=party.name,
        called=dialled.called,
        caller_person_id=party.person_id if dialled.internal else by.person_id,
        sent_by=by.person_id,
        withheld=dialled.withheld or (person is not None and person.withholds_number),
        chosen_line_id=dialled.line_id,
        short=dialled.short,
        language=language,
    )


def from_line(configuration: Configuration, line: Line, request: Request) -> Arrival:
    """The arrival of a call on a line; one for no number of ours is for what it names, and reaches nobody."""
    office = configuration.office
    country = office.country if office else "FR"
    caller = _caller(request)
    facts = Facts(
        direction=Direction.INBOUND,
        caller=_caller_number(caller.uri, country),
        caller_name=(caller.display_name or "")[:LONGEST_SHOWN],
        called=_extension_called(configuration, line, request),
        line_id=line.id,
        language=office.language if office else Language.FRENCH,
        redirected=_redirected(request, country),
    )
    if facts.called:
        return Arrival(facts)
    number = _number_named(configuration, line, request, country)
    if number is None:
        named = [uri.telephone for uri in _called_uris(line.called_number_in, request)]
        leaving = (calling_out(configuration, line, facts, each) for each in named)
        if (out := next((each for each in leaving if each is not None), None)) is not None:
            return Arrival(out)
        number = _number_meant(configuration, line, request)
    if number is None:
        return Arrival(replace(facts, called=_nobodys(line, request, country)))
    return Arrival(replace(facts, called=number.number, language=number.language), number.id)


def _nobodys(line: Line, request: Request, country: str) -> str:
    """What a call names that is for no number of ours: never what somebody here dials by."""
    uris = _called_uris(line.called_number_in, request)
    named = (numbers.dialled(uri.telephone, country) for uri in uris)
    written = f"{uris[0].telephone}@{uris[0].host}"
    return next((number for number in named if number), written[:LONGEST_SHOWN])


def calling_out(configuration: Configuration, line: Line, facts: Facts, dialled: str) -> Facts | None:
    """The facts of a call that another phone system makes outside by us; None when it may not, or is none.

    Each of its known extensions is counted as a person is, everybody else there together: who calls is what
    that system says.
    """
    may = line.kind == "pbx" and line.calls_outside and line.called_number_in is not CalledNumberIn.MAIN
    country = configuration.office.country if configuration.office else "FR"
    short = dialled if numbers.is_short_number(dialled, country) else None
    called = numbers.dialled(dialled[:LONGEST_SHOWN], country) or short
    ours = called in configuration.extensions() or configuration.star_code(called or "") is not None
    if not may or called is None or ours:
        return None
    known = facts.caller if line.has_extension(facts.caller) else ""
    return replace(
        facts,
        direction=Direction.OUTBOUND,
        called=called,
        withheld=not facts.caller,
        counted_as=f"{line.id}/{known}",
    )


def line_called(configuration: Configuration, lines: Sequence[Line], request: Request) -> Line:
    """Which of the lines that a call may come from it comes from; the first when nothing tells."""
    if len(lines) == 1:
        return lines[0]
    office, user = configuration.office, request.uri.user or ""
    country = office.country if office else "FR"
    # What a line has registered, or names in its calls, as its Contact.
    for line in lines:
        if user and user in (line.user or line.id, line.authentication_user):
            return line
    called = [numbers.dialled(uri.telephone, country) for uri in _called_uris(CalledNumberIn.AUTO, request)]
    ours = {number.number: number.line_id for number in configuration.numbers.values()}
    by_number = next((ours[number] for number in called if number in ours), None)
    return next((line for line in lines if line.id == by_number), lines[0])


def _extension_called(configuration: Configuration, line: Line, request: Request) -> str:
    """The extension of ours in To, where the line is another phone system that may call them (IN-3)."""
    user = request.to.uri.telephone
    may = line.kind == "pbx" and line.extension_in_to
    return user if may and user in configuration.extensions() else ""


def _own_numbers(configuration: Configuration, line: Line) -> list[Number]:
    return [number for number in configuration.numbers.values() if number.line_id == line.id]


def _number_named(configuration: Configuration, line: Line, request: Request, country: str) -> Number | None:
    """The number of ours that the call names; the main one where the line names none.

    An operator hands over what is of another line too, by a number that has moved or a line that is down;
    another phone system reaches the line's own alone.
    """
    if line.called_number_in is CalledNumberIn.MAIN:
        return configuration.numbers.get(line.main_number_id or "")
    ours = _own_numbers(configuration, line)
    if line.kind != "pbx":
        ours.extend(number for number in configuration.numbers.values() if number.line_id != line.id)
    for uri in _called_uris(line.called_number_in, request):
        called = numbers.dialled(uri.telephone, country)
        for number in ours:
            if called and number.number == called:
                return number
    return None


def _number_meant(configuration: Configuration, line: Line, request: Request) -> Number | None:
    """The number that a call which names none is for, if there is one."""
    if line.called_number_in is CalledNumberIn.MAIN:
        return None
    own = _own_numbers(configuration, line)
    if line.kind == "pbx" and line.extension_in_to:
        return configuration.numbers.get(line.main_number_id or "") or next(iter(own), None)
    # A trunk with a user name is often called by that name instead of the number.
    by_name = request.uri.user in (line.user, line.authentication_user) or line.mode == "registered"
    if by_name and line.main_number_id and line.main_number_id in configuration.numbers:
        return configuration.numbers[line.main_number_id]
    return own[0] if by_name and len(own) == 1 and not _looks_like_number(request.uri.telephone) else None


def _called_uris(where: CalledNumberIn, request: Request) -> list[Uri]:
    """Where the number called may stand, in the order to be read (P-Called-Party-ID: RFC 7315 4.2)."""
    party: list[Uri] = []
    with suppress(SipSyntaxError):
        party = [parse_name_addr(value).uri for value in request.headers.fields("P-Called-Party-ID")[:1]]
    found = {
        CalledNumberIn.REQUEST_URI: [request.uri],
        CalledNumberIn.TO: [request.to.uri],
        CalledNumberIn.CALLED_PARTY: party,
    }
    return found.get(where) or [request.uri, *party, request.to.uri]


def _looks_like_number(user: str) -> bool:
    return user.lstrip("+").isdigit() and len(user) >= 6


def _caller(request: Request) -> NameAddr:
    """Who calls, as far as they let it be shown: a network asserts withheld numbers too."""
    wishes = {wish.strip().lower() for wish in (request.headers.get("Privacy") or "").split(";")}
    if wishes & WITHHOLDS_ALL:
        return NOBODY
    if wishes & WITHHOLDS_ASSERTED:
        return request.from_
    for name in ("P-Asserted-Identity", "Remote-Party-ID"):
        for value in request.headers.all(name):
            try:
                found = parse_name_addr(value)
            except SipSyntaxError:
                continue
            return request.from_ if (found.param("privacy") or "off") != "off" else found
    return request.from_


def _redirected(request: Request, country: str) -> Redirection | None:
    """Who has sent the call on last, as far as they let it be shown (RFC 5806, RFC 7044)."""
    found = next(iter(redirections_of(request.headers)), None)
    if found is None:
        return None
    number = "" if found.hidden else _caller_number(found.party.uri, country)
    name = found.party.display_name[:LONGEST_SHOWN] if number else ""
    return Redirection(number, name, found.reason)


def _caller_number(uri: Uri, country: str) -> str:
    user = uri.telephone
    if user.lower() in ANONYMOUS or uri.host.lower() == "anonymous.invalid":
        return ""
    return numbers.presented(user, country) or user[:LONGEST_SHOWN]
