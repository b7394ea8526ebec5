"""Presenting: who calls, and who has sent the call on, as phones and lines are told (WHISP-2, OUT-8)."""

from __future__ import annotations

from collections.abc import Iterator

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import (
    Display,
    ForwardedCaller,
    FromHolds,
    IdentityHeader,
    Line,
    Number,
    ToldRedirections,
)
from appliance.legs.signalling import Header
from appliance.routing.facts import Direction, Facts
from appliance.routing.redirections import Redirection
from appliance.routing.steps import ExternalTarget, PhoneTarget
from appliance.sip.diversion import HIDDEN, Diversion
from appliance.sip.headers import NameAddr
from appliance.sip.history_info import history_of
from appliance.sip.uri import Uri

ANONYMOUS = NameAddr("Anonymous", Uri("sip", "anonymous", host="anonymous.invalid"))
IDENTITY_FIELDS = {
    IdentityHeader.ASSERTED: "P-Asserted-Identity",
    IdentityHeader.PREFERRED: "P-Preferred-Identity",
    IdentityHeader.REMOTE_PARTY: "Remote-Party-ID",
}
WITH_DIVERSION = frozenset({ToldRedirections.DIVERSION, ToldRedirections.BOTH})
WITH_HISTORY = frozenset({ToldRedirections.HISTORY, ToldRedirections.BOTH})


def caller_for_phones(configuration: Configuration, facts: Facts, host: str) -> NameAddr:
    """The caller as phones show and dial it back: national form, after what the number called shows first."""
    number = _number_called(configuration, facts)
    first = _shown_first(configuration, number) if number is not None else ""
    if not facts.caller:
        return NameAddr(first or ANONYMOUS.display_name, ANONYMOUS.uri)
    name = ": ".join(part for part in (first, facts.caller_name) if part)
    return NameAddr(name, Uri("sip", _national(configuration, facts.caller), host=host))


def phone_fields(
    configuration: Configuration, facts: Facts, target: PhoneTarget, to: Uri, host: str
) -> Iterator[Header]:
    """What a phone is told besides From: who calls, the ring asked for, who has sent the call on."""
    if facts.caller:
        yield "P-Asserted-Identity", str(caller_for_phones(configuration, facts, host))
    ring = _ring_tone(configuration, facts)
    if ring is not None and not target.by_itself:
        yield "Alert-Info", f"<http://{host}/Bellcore-dr{ring}>;info=Bellcore-dr{ring}"
    found = [each for each in (target.redirected, facts.redirected) if each is not None]
    diversions = [_diversion(configuration, each, host) for each in found]
    if diversions:
        yield "Diversion", ", ".join(map(str, diversions))
        yield "History-Info", ", ".join(history_of(to, diversions))


def line_identity(
    line: Line, target: ExternalTarget, facts: Facts, country: str
) -> tuple[NameAddr, Header | None]:
    """From of a call that leaves by a line, and the field that tells the provider whose it is, if any."""
    format_ = line.dialled_format.value
    shown = target.shows(line.id)
    ours = numbers.for_line(shown, format_, country) if shown else ""
    callers = target.shows_caller(line.id)
    theirs = numbers.for_line(callers, format_, country) if callers else ""
    by_user = line.from_holds is FromHolds.USER and bool(line.user)
    everywhere = by_user or line.forwarded_caller is ForwardedCaller.EVERYWHERE
    vouched = theirs if theirs and everywhere else ours
    field = None
    if vouched and line.identity_header is not IdentityHeader.NONE:
        field = IDENTITY_FIELDS[line.identity_header], f"<{_at(line, vouched)}>"
    if target.withheld or callers == "":
        return ANONYMOUS, field
    user = line.user if by_user else theirs or ours or line.user or "anonymous"
    named = facts.direction is not Direction.OUTBOUND or line.kind == "pbx"
    name = facts.caller_name if named else ""
    return NameAddr(name, _at(line, user)), field


def line_redirections(
    line: Line, target: ExternalTarget, facts: Facts, to: Uri, country: str
) -> Iterator[Header]:
    """Who has sent on a call that leaves again, if the line is to be told: our number, then who else did."""
    if line.told_redirections is ToldRedirections.NONE or not target.diverted_by:
        return
    by = numbers.for_line(target.diverted_by, line.dialled_format.value, country)
    why = target.redirected.why if target.redirected else "unconditional"
    before = facts.redirected
    diversions = [Diversion(NameAddr("", _at(line, by)), why)]
    if before is not None:
        number = numbers.for_line(before.number, line.dialled_format.value, country)
        party = NameAddr("", _at(line, number)) if before.number else HIDDEN
        diversions.append(Diversion(party, before.why, hidden=not before.number))
    if line.told_redirections in WITH_DIVERSION:
        yield "Diversion", ", ".join(map(str, diversions))
    if line.told_redirections in WITH_HISTORY:
        yield "History-Info", ", ".join(history_of(to, diversions))


def _at(line: Line, user: str) -> Uri:
    return Uri("sip", user, host=line.server)


def _number_called(configuration: Configuration, facts: Facts) -> Number | None:
    """The number of ours that a call from outside came to."""
    if facts.direction is not Direction.INBOUND:
        return None
    return next((each for each in configuration.numbers.values() if each.number == facts.called), None)


def _shown_first(configuration: Configuration, number: Number) -> str:
    match number.display:
        case Display.NAME:
            return number.name
        case Display.NUMBER:
            return _national(configuration, number.number)
        case Display.WORDS:
            return number.display_words
        case Display.CALLER:
            return ""


def _ring_tone(configuration: Configuration, facts: Facts) -> int | None:
    number, office = _number_called(configuration, facts), configuration.office
    if number is not None:
        return number.ring_tone
    return office.internal_ring_tone if office and facts.direction is Direction.INTERNAL else None


def _diversion(configuration: Configuration, redirection: Redirection, host: str) -> Diversion:
    if not redirection.number:
        return Diversion(HIDDEN, redirection.why, hidden=True)
    uri = Uri("sip", _national(configuration, redirection.number), host=host)
    return Diversion(NameAddr(redirection.name, uri), redirection.why)


def _national(configuration: Configuration, number: str) -> str:
    office = configuration.office
    if office is None or not numbers.is_e164(number):
        return number
    return numbers.for_line(number, "national", office.country)
