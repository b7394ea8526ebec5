"""Bytes to messages: one decode, one pass over the lines, linear in the input (RFC 3261 7 and 25)."""

from __future__ import annotations

import re

from appliance.sip.errors import SipSyntaxError
from appliance.sip.fields import KEYS, PRINTED, Headers, header_key
from appliance.sip.headers import TOKEN, parse_via
from appliance.sip.message import Message, Request, Response
from appliance.sip.uri import Uri

__all__ = ["KNOWN_METHODS", "MAX_MESSAGE", "SipSyntaxError", "find_head_end", "parse_message"]

MAX_MESSAGE = 65_536
"""Octets; longer messages are refused with 513."""

KNOWN_METHODS = frozenset(
    "ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE".split()
)

# A head of many thousand elements is an attack on our time: nothing real comes near these.
_SMALL_HEAD = 4_096
_MOST_MARKS = 256
_MARKS = (b"\n", b"\r", b",", b";", b"%", b"\\", b'"', b"<")

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\n[ \t]+")
_VERSION = re.compile(r"SIP/[0-9]{1,5}\.[0-9]{1,5}", re.IGNORECASE)
# One text for each, however many requests are remembered.
_METHODS = {method: method for method in KNOWN_METHODS}
_SINGLE = frozenset({"from", "to", "call-id", "cseq", "max-forwards", "content-length"})
_UNREADABLE = Uri("sip", host="invalid.invalid")


def find_head_end(data: bytes | bytearray, start: int = 0) -> tuple[int, int]:
    """Where the head ends (after its last LF) and where the body starts; (-1, -1) when neither does.

    The empty line may be CRLF or, from sloppy senders, a bare LF: the first of either counts, so
    that framer and parser can never disagree. Searched from `start` on.
    """
    match = _EMPTY_LINE.search(data, start)
    return (match.start() + 1, match.end()) if match is not None else (-1, -1)


def parse_message(data: bytes) -> Request | Response:
    """Read one whole message, from a datagram or from `StreamFramer`; raises SipSyntaxError and nothing else.

    Octets after Content-Length are ignored; without Content-Length all that follows the head is the
    body. Requests that break the grammar come with the status to refuse them with and, where they
    can be answered, `reply_to`; broken responses are to be dropped (`reply_to` is None).
    """
    if len(data) > MAX_MESSAGE:
        raise SipSyntaxError("Message too large", 513)
    if data[:1] in (b"\r", b"\n"):
        data = data.lstrip(b"\r\n")
    head_end, body_start = find_head_end(data)
    complete = head_end >= 0
    octets = data[:head_end] if complete else data
    if len(octets) > _SMALL_HEAD and any(octets.count(mark) > _MOST_MARKS for mark in _MARKS):
        raise SipSyntaxError("Too many header elements")
    head = octets.decode("utf-8", "surrogateescape")
    start_line, _, rest = head.partition("\n")
    start_line = start_line.removesuffix("\r")
    if start_line[:4].upper() == "SIP/":
        message: Request | Response = _read_status_line(start_line)
        _fill(message, rest, complete, data[body_start:])
        return message
    return _read_request(start_line, rest, complete, data[body_start:] if complete else b"")


def _read_status_line(line: str) -> Response:
    version, _, rest = line.partition(" ")
    status, _, reason = rest.partition(" ")
    if version.upper() != "SIP/2.0":
        raise SipSyntaxError("Version not supported", 505)
    if not (len(status) == 3 and status.isascii() and status.isdigit() and "1" <= status[0] <= "6"):
        raise SipSyntaxError("Bad status code")
    if "\r" in reason:
        raise SipSyntaxError("Bare CR")
    return Response(int(status), reason)


def _read_request(line: str, rest: str, complete: bool, body: bytes) -> Request:
    method, _, after = line.partition(" ")
    target, _, version = after.rpartition(" ")
    if not after[-7:].upper() == "SIP/2.0" and not _VERSION.search(after[-16:]):
        raise SipSyntaxError("Not SIP")
    request = Request(_METHODS.get(method, method), _UNREADABLE)
    refusal: SipSyntaxError | None = None
    try:
        _read_request_line(request, method, target, version)
    except SipSyntaxError as error:
        refusal = error
    try:
        _fill(request, rest, complete, body)
    except SipSyntaxError as error:
        refusal = refusal or error
    if refusal is not None:
        refusal.reply_to = request if _can_be_answered(request) else None
        raise refusal
    return request


def _read_request_line(request: Request, method: str, target: str, version: str) -> None:
    if not TOKEN.fullmatch(method):
        raise SipSyntaxError("Bad method")
    if version.upper() != "SIP/2.0":
        if _VERSION.fullmatch(version):
            raise SipSyntaxError("Version Not Supported", 505)
        raise SipSyntaxError("Bad request line")
    request.uri = Uri.parse(target)


def _fill(message: Request | Response, text: str, complete: bool, body: bytes) -> None:
    """Fields and body into the message; the fields also when something in them is wrong."""
    problem = _read_fields(message.headers, text)
    if not complete:
        raise SipSyntaxError("No end of headers")
    if problem is not None:
        raise problem
    _check_fields(message)
    length = message.headers.get("Content-Length")
    if length is None:
        message.body = body
        return
    if not (length.isascii() and length.isdigit()) or len(length) > 10:
        raise SipSyntaxError("Bad Content-Length")
    size = int(length)
    if size > len(body):
        raise SipSyntaxError("Content-Length larger than message")
    message.body = body if size == len(body) else body[:size]


def _read_fields(headers: Headers, text: str) -> SipSyntaxError | None:
    problem: SipSyntaxError | None = None
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        # A CR alone would be taken for a line end by the next one to read it.
        problem = SipSyntaxError("Bare CR")
        text = text.replace("\r", " ")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    values: dict[str, list[str]] = {}
    printed: dict[str, str] = {}
    known = KEYS.get
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        key = known(name)
        if key is None:
            if not line:
                continue
            name = name.rstrip(" \t")
            if not colon or not TOKEN.fullmatch(name):
                problem = problem or SipSyntaxError("Bad header line")
                continue
            key = header_key(name)
            if key not in PRINTED:
                printed.setdefault(key, name)
        value = value.strip(" \t")
        if key in values:
            values[key].append(value)
            if key in _SINGLE:
                problem = problem or SipSyntaxError(f"More than one {key}")
        else:
            values[key] = [value]
    headers.adopt(values, printed)
    return problem


def _check_fields(message: Message) -> None:
    """Read every field that has a typed property, so that none of them raises later."""
    headers = message.headers
    if not message.call_id:
        raise SipSyntaxError("Empty Call-ID")
    _ = message.via, message.from_, message.to, message.contacts
    if "route" in headers:
        _ = message.routes
    if "record-route" in headers:
        _ = message.record_routes
    method = message.cseq.method
    if isinstance(message, Request) and method != message.method:
        if message.method not in KNOWN_METHODS:
            raise SipSyntaxError("Unknown method with another in CSeq", 501)
        raise SipSyntaxError("Method and CSeq differ")


def _can_be_answered(request: Request) -> bool:
    if request.method == "ACK":
        return False
    try:
        _ = request.via
    except SipSyntaxError:
        return _keep_sent_by(request)
    return True


def _keep_sent_by(request: Request) -> bool:
    """Replace unreadable Vias by the top one's transport and sent-by, when at least those can be read."""
    top = request.headers.get("Via") or ""
    try:
        via = parse_via(top.partition(";")[0].strip(" \t"))
    except SipSyntaxError:
        return False
    request.headers.set("Via", str(via))
    return True
