"""Requests and responses (RFC 3261 7): raw header fields, typed on demand; bytes out in one join."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from appliance.sip.errors import SipSyntaxError
from appliance.sip.fields import Headers
from appliance.sip.headers import (
    CSeq,
    NameAddr,
    Via,
    parse_contact,
    parse_cseq,
    parse_name_addr,
    parse_seconds,
    parse_via,
)
from appliance.sip.reasons import REASONS, reason_for
from appliance.sip.uri import Uri

__all__ = ["REASONS", "Headers", "Message", "Request", "Response", "make_response", "reason_for"]

_DIALOG_METHODS = frozenset({"INVITE", "SUBSCRIBE", "REFER", "NOTIFY"})
_COPIED = ("via", "from", "to", "call-id", "cseq")


def _required(headers: Headers, name: str) -> str:
    value = headers.get(name)
    if value is None:
        raise SipSyntaxError(f"Missing {name}")
    return value


def _read_from(headers: Headers) -> NameAddr:
    return parse_name_addr(_required(headers, "From"))


def _read_to(headers: Headers) -> NameAddr:
    return parse_name_addr(_required(headers, "To"))


def _read_cseq(headers: Headers) -> CSeq:
    return parse_cseq(_required(headers, "CSeq"))


def _read_vias(headers: Headers) -> tuple[Via, ...]:
    return tuple([parse_via(value) for value in headers.all("Via")])


def _read_contacts(headers: Headers) -> tuple[NameAddr, ...]:
    return tuple([parse_contact(value) for value in headers.all("Contact")])


def _read_routes(headers: Headers) -> tuple[NameAddr, ...]:
    return tuple([parse_name_addr(value) for value in headers.all("Route")])


def _read_record_routes(headers: Headers) -> tuple[NameAddr, ...]:
    return tuple([parse_name_addr(value) for value in headers.all("Record-Route")])


class Message:
    """What requests and responses share. Typed properties are read once and kept until a field changes.

    On a message from `parse_message` no typed property raises; on one built by hand, or on a
    `SipSyntaxError.reply_to`, they raise SipSyntaxError for a missing or broken field.
    """

    __slots__ = ("body", "headers")

    def __init__(self, headers: Headers | None = None, body: bytes = b"") -> None:
        self.headers = Headers() if headers is None else headers
        self.body = body

    @property
    def start_line(self) -> str:
        """The first line, without its line end."""
        raise NotImplementedError

    def __bytes__(self) -> bytes:
        lines = self.headers.lines()
        head = f"{self.start_line}\r\n{''.join(lines)}Content-Length: {len(self.body)}\r\n\r\n"
        return head.encode("utf-8", "surrogateescape") + self.body

    @property
    def call_id(self) -> str:
        """Call-ID."""
        return _required(self.headers, "Call-ID")

    @property
    def cseq(self) -> CSeq:
        """CSeq."""
        return self.headers.typed("cseq", _read_cseq)

    @property
    def from_(self) -> NameAddr:
        """From."""
        return self.headers.typed("from", _read_from)

    @property
    def to(self) -> NameAddr:
        """To."""
        return self.headers.typed("to", _read_to)

    @property
    def vias(self) -> tuple[Via, ...]:
        """Every Via, the topmost first."""
        return self.headers.typed("via", _read_vias)

    @property
    def via(self) -> Via:
        """The topmost Via."""
        vias = self.vias
        if not vias:
            raise SipSyntaxError("Missing Via")
        return vias[0]

    @property
    def contacts(self) -> tuple[NameAddr, ...]:
        """Every Contact; `(STAR,)` for the wildcard."""
        return self.headers.typed("contact", _read_contacts)

    @property
    def contact(self) -> NameAddr | None:
        """The first Contact, None when there is none."""
        contacts = self.contacts
        return contacts[0] if contacts else None

    @property
    def routes(self) -> tuple[NameAddr, ...]:
        """Every Route, the next hop first."""
        return self.headers.typed("route", _read_routes)

    @property
    def record_routes(self) -> tuple[NameAddr, ...]:
        """Every Record-Route, in the order of the message."""
        return self.headers.typed("record-route", _read_record_routes)

    @property
    def content_type(self) -> str:
        """The media type in small letters without parameters, "" when there is none."""
        value = self.headers.get("Content-Type") or ""
        return value.partition(";")[0].strip(" \t").lower()

    @property
    def expires(self) -> int | None:
        """Expires in seconds, None when absent or unreadable."""
        return parse_seconds(self.headers.get("Expires"))

    def option_tags(self, name: str) -> frozenset[str]:
        """The option tags of Supported, Require or Proxy-Require, in small letters."""
        return frozenset([tag.lower() for tag in self.headers.all(name)])


class Request(Message):
    """A request (RFC 3261 7.1)."""

    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: Uri, headers: Headers | None = None, body: bytes = b"") -> None:
        super().__init__(headers, body)
        self.method = method
        self.uri = uri

    @classmethod
    def build(
        cls,
        method: str,
        uri: Uri,
        *,
        from_: NameAddr,
        to: NameAddr,
        call_id: str,
        cseq: int,
        via: Via | None = None,
        contact: NameAddr | Uri | None = None,
        routes: Iterable[NameAddr | Uri] = (),
        max_forwards: int = 70,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str | None = None,
    ) -> Self:
        """A request with the six mandatory fields (8.1.1), Via only when given; then `headers`, appended."""
        fields = Headers()
        if via is not None:
            fields.add("Via", str(via))
        for route in routes:
            fields.add("Route", _bracketed(route))
        fields.add("Max-Forwards", str(max_forwards))
        fields.add("From", str(from_))
        fields.add("To", str(to))
        fields.add("Call-ID", call_id)
        fields.add("CSeq", f"{cseq} {method}")
        if contact is not None:
            fields.add("Contact", _bracketed(contact))
        _add_rest(fields, headers, body, content_type)
        return cls(method, uri, fields, body)

    @property
    def start_line(self) -> str:
        """METHOD uri SIP/2.0."""
        return f"{self.method} {self.uri} SIP/2.0"

    @property
    def max_forwards(self) -> int | None:
        """Max-Forwards, None when absent or unreadable."""
        return parse_seconds(self.headers.get("Max-Forwards"))

    def copy(self) -> Request:
        """An independent copy: the same request again with other credentials, Via or CSeq."""
        return Request(self.method, self.uri, self.headers.copy(), self.body)

    def __repr__(self) -> str:
        return f"<{self.method} {self.uri.address_of_record} {self.headers.get('Call-ID')}>"


class Response(Message):
    """A response (RFC 3261 7.2)."""

    __slots__ = ("reason", "status")

    def __init__(
        self, status: int, reason: str | None = None, headers: Headers | None = None, body: bytes = b""
    ) -> None:
        super().__init__(headers, body)
        self.status = status
        self.reason = reason_for(status) if reason is None else reason

    @classmethod
    def build(
        cls,
        status: int,
        reason: str | None = None,
        *,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        content_type: str | None = None,
    ) -> Self:
        """A response from nothing but these fields; to answer a request use `make_response`."""
        fields = Headers()
        _add_rest(fields, headers, body, content_type)
        return cls(status, reason, fields, body)

    @property
    def start_line(self) -> str:
        """SIP/2.0 status reason."""
        return f"SIP/2.0 {self.status} {self.reason}"

    @property
    def is_provisional(self) -> bool:
        """Whether the status is 1xx."""
        return self.status < 200

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def copy(self) -> Response:
        """An independent copy."""
        return Response(self.status, self.reason, self.headers.copy(), self.body)

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers.get('CSeq')} {self.headers.get('Call-ID')}>"


def _bracketed(address: NameAddr | Uri) -> str:
    return f"<{address}>" if isinstance(address, Uri) else str(address)


def _add_rest(
    fields: Headers, headers: Iterable[tuple[str, str]], body: bytes, content_type: str | None
) -> None:
    for name, value in headers:
        fields.add(name, value)
    if body and content_type is not None:
        fields.set("Content-Type", content_type)


def make_response(
    request: Request,
    status: int,
    reason: str | None = None,
    to_tag: str | None = None,
    *,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    content_type: str | None = "application/sdp",
) -> Response:
    """The response to a request (RFC 3261 8.2.6): Via, From, To, Call-ID and CSeq copied unread.

    `to_tag` is added when the request's To has none and the status is not 100. Record-Route is
    copied into what may create a dialog (12.1.1), Timestamp into a 100. Never raises for what the
    request holds: fields that are missing or broken there are missing or the same here.
    """
    fields = Headers()
    fields.copy_from(request.headers, _COPIED)
    if to_tag is not None and status != 100:
        _add_to_tag(fields, request, to_tag)
    if 100 < status < 300 and request.method in _DIALOG_METHODS:
        fields.copy_from(request.headers, ("record-route",))
    if status == 100:
        fields.copy_from(request.headers, ("timestamp",))
    _add_rest(fields, headers, body, content_type)
    return Response(status, reason, fields, body)


def _add_to_tag(fields: Headers, request: Request, tag: str) -> None:
    raw = fields.get("To")
    if raw is None:
        return
    try:
        if request.to.tag is not None:
            return
    except SipSyntaxError:
        pass
    fields.set("To", f"{raw};tag={tag}")
