"""What a well-formed message may still be refused for, first of all (RFC 3261 8.2, RFC 4475 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from appliance.sip.headers import BRANCH_COOKIE, STAR
from appliance.sip.message import Request, Response
from appliance.sip.reasons import reason_for
from appliance.sip.session_timer import LEAST_SECONDS, too_short

_SCHEMES = frozenset({"sip", "sips", "tel"})
_DIALOG_METHODS = frozenset({"INVITE", "SUBSCRIBE", "REFER"})
_BODY_TYPES = ("application/sdp", "multipart/mixed", "multipart/alternative", "multipart/related")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The final response a request gets instead of being processed."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


def _refusal(status: int, reason: str | None = None, *headers: tuple[str, str]) -> Refusal:
    return Refusal(status, reason or reason_for(status), headers)


def check_request(request: Request, extensions: Collection[str] = ()) -> Refusal | None:
    """Why a parsed request is to be refused, None when it may be processed. Never raises.

    `extensions`: the option tags, in small letters, that the user agent supports. ACK is never
    refused, CANCEL not for extensions (8.2.2.3). Who may call, which methods exist and whether the
    session description suits are decided further up.
    """
    if request.method == "ACK":
        return None
    for check in _CHECKS:
        refusal = check(request)
        if refusal is not None:
            return refusal
    return None if request.method == "CANCEL" else _check_require(request, extensions)


def is_for_us(response: Response) -> bool:
    """Whether a response carries one Via only; with more it is dropped (8.1.3.3)."""
    return len(response.vias) == 1


def _check_identifiers(request: Request) -> Refusal | None:
    if request.via.branch == BRANCH_COOKIE:
        return _refusal(400, "Empty branch")
    if request.method in _DIALOG_METHODS and request.from_.tag is None:
        return _refusal(400, "Missing From tag")
    return None


def _check_request_uri(request: Request) -> Refusal | None:
    if request.uri.scheme not in _SCHEMES:
        return _refusal(416)
    if request.uri.headers:
        # Header fields hidden in the target could steer our own requests (19.1.1, table 1).
        return _refusal(400, "Header fields in Request-URI")
    return None


def _check_hops(request: Request) -> Refusal | None:
    if "Max-Forwards" not in request.headers:
        return None
    hops = request.max_forwards
    if hops is None:
        return _refusal(400, "Bad Max-Forwards")
    # A back-to-back user agent ends loops like a proxy does; inside a dialog nothing can loop.
    if hops == 0 and request.method != "CANCEL" and request.to.tag is None:
        return _refusal(483)
    return None


def _check_date(request: Request) -> Refusal | None:
    date = request.headers.get("Date")
    if date and date.split()[-1:] not in (["GMT"], ["UTC"]):
        return _refusal(400, "Date is not in GMT")
    return None


def _check_contact(request: Request) -> Refusal | None:
    contacts = request.contacts
    if request.method == "REGISTER":
        return None if request.to.uri.is_sip else _refusal(400, "To is no SIP address")
    if request.method != "INVITE":
        return None
    if not contacts:
        # Without a tag in To this would set up a dialog that nobody could send to (8.1.1.8).
        return None if request.to.tag is not None else _refusal(400, "Missing Contact")
    if len(contacts) > 1 or contacts[0] is STAR or not contacts[0].uri.is_sip:
        return _refusal(400, "Bad Contact")
    return None


def _check_body(request: Request) -> Refusal | None:
    if request.method not in ("INVITE", "UPDATE"):
        return None
    if request.body and "handling=optional" not in (request.headers.get("Content-Disposition") or "").lower():
        if request.headers.get("Content-Encoding") not in (None, "identity"):
            return _refusal(415, None, ("Accept-Encoding", "identity"))
        # A body without a type is taken for a session description, as sloppy phones mean it.
        if (request.content_type or "application/sdp") not in _BODY_TYPES:
            return _refusal(415, None, ("Accept", "application/sdp"))
    return None


def _check_accept(request: Request) -> Refusal | None:
    if request.method != "INVITE" or "Accept" not in request.headers:
        return None
    ranges = {value.partition(";")[0].strip().lower() for value in request.headers.all("Accept")}
    return None if ranges & {"application/sdp", "application/*", "*/*"} else _refusal(406)


def _check_session_interval(request: Request) -> Refusal | None:
    if request.method not in ("INVITE", "UPDATE") or not too_short(request):
        return None
    return _refusal(422, None, ("Min-SE", str(LEAST_SECONDS)))


def _check_require(request: Request, extensions: Collection[str]) -> Refusal | None:
    if "Require" not in request.headers:
        return None
    unknown = [tag for tag in request.headers.all("Require") if tag.lower() not in extensions]
    return _refusal(420, None, ("Unsupported", ", ".join(unknown))) if unknown else None


_CHECKS: tuple[Callable[[Request], Refusal | None], ...] = (
    _check_identifiers,
    _check_request_uri,
    _check_hops,
    _check_date,
    _check_contact,
    _check_body,
    _check_accept,
    _check_session_interval,
)
