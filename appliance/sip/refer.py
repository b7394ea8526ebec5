"""REFER: where the peer wants its other party to go (RFC 3515), in the place of which dialog (RFC 3891)."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import parse_name_addr, parse_params
from appliance.sip.message import Request
from appliance.sip.uri import Uri, unescape

LONGEST_TARGET = 128


@dataclass(frozen=True, slots=True)
class Replaces:
    """A dialog, named by its Call-ID and its tags as the one who is to take the INVITE has them."""

    call_id: str
    to_tag: str
    from_tag: str
    early_only: bool = False


@dataclass(frozen=True, slots=True)
class Refer:
    """What a REFER asks: the user or number to be called, and the dialog whose place that call is to take.

    `quiet`: the peer wants no reports (RFC 4488).
    """

    target: str
    replaces: Replaces | None = None
    quiet: bool = False


def read_refer(request: Request) -> Refer:
    """Read a REFER; raises SipSyntaxError: one Refer-To, a SIP or tel URI with a user, by INVITE."""
    values = request.headers.fields("Refer-To")
    if len(values) != 1:
        raise SipSyntaxError("One Refer-To is needed")
    uri = parse_name_addr(values[0]).uri
    if not (uri.is_sip or uri.scheme == "tel") or not uri.user or len(uri.user) > LONGEST_TARGET:
        raise SipSyntaxError("Refer-To names nobody")
    if (uri.param("method") or "INVITE").upper() != "INVITE":
        raise SipSyntaxError("Refer-To asks for another method than INVITE")
    quiet = (request.headers.get("Refer-Sub") or "").strip().lower() == "false"
    return Refer(uri.user, _replaces_of(uri), quiet)


def read_replaces(text: str) -> Replaces:
    """Read the value of a Replaces field; raises SipSyntaxError."""
    call_id, semicolon, rest = text.partition(";")
    params = {name.lower(): value or "" for name, value in parse_params(semicolon + rest)}
    found = Replaces(
        call_id.strip(), params.get("to-tag", ""), params.get("from-tag", ""), "early-only" in params
    )
    if not (found.call_id and found.to_tag and found.from_tag):
        raise SipSyntaxError("Bad Replaces")
    return found


def _replaces_of(uri: Uri) -> Replaces | None:
    for header in uri.headers.split("&"):
        name, _, value = header.partition("=")
        if unescape(name).lower() == "replaces":
            return read_replaces(unescape(value))
    return None


def sipfrag(status: int, reason: str) -> bytes:
    """The body of a NOTIFY that reports how the call to the target fares (RFC 3420, RFC 3515 2.4.5)."""
    return f"SIP/2.0 {status} {reason}\r\n".encode()
