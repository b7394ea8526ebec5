"""SIP, SIPS and tel URIs (RFC 3261 19.1, RFC 3966); any other scheme is kept unread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from appliance.sip.errors import SipSyntaxError

Params = tuple[tuple[str, str | None], ...]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+")
_HOST = r"\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._\-]++"
_AFTER_USER = re.compile(rf"({_HOST})(?::([0-9]{{1,5}}))?(;[^?]*+)?(?:\?(.*+))?")
_HOST_ONLY = re.compile(_HOST)
_FORBIDDEN = re.compile(r'[\x00-\x20<>"\x7f]')
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_USER_UNSAFE = re.compile(r"[^A-Za-z0-9\-_.!~*'()&=+$,;?/]")
_CACHED_LENGTH = 256

# Parameters that make two URIs differ when only one of them has it (RFC 3261 19.1.4).
_TELLING_PARAMS = frozenset({"user", "ttl", "method", "maddr", "transport"})


@dataclass(frozen=True, slots=True)
class Uri:
    """One URI. `user` is kept unescaped and escaped again on output.

    An empty `user` is taken though the grammar has none: some providers write it for a caller not shown.
    tel: the number is `user` (visual separators kept), `host` is empty. Other schemes: all that
    follows the colon is in `opaque`. IPv6 hosts keep their brackets. `headers` is the text after
    the question mark, as it came.
    """

    scheme: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str = ""
    port: int | None = None
    params: Params = ()
    headers: str = ""
    opaque: str = ""

    @staticmethod
    def parse(text: str) -> Uri:
        """Read a URI; raises SipSyntaxError. Linear in the length of the text."""
        if len(text) <= _CACHED_LENGTH:
            return _parse_cached(text)
        return _parse(text)

    def __str__(self) -> str:
        if self.scheme == "tel":
            return f"tel:{escape_user(self.user or '')}{format_uri_params(self.params)}"
        if self.opaque or not self.host:
            return f"{self.scheme}:{self.opaque}"
        return "".join(self._pieces())

    def _pieces(self) -> list[str]:
        pieces = [self.scheme, ":"]
        if self.user is not None:
            pieces.append(escape_user(self.user))
            if self.password is not None:
                pieces += (":", self.password)
            pieces.append("@")
        pieces.append(self.host)
        if self.port is not None:
            pieces.append(f":{self.port}")
        if self.params:
            pieces.append(format_uri_params(self.params))
        if self.headers:
            pieces += ("?", self.headers)
        return pieces

    @property
    def is_sip(self) -> bool:
        """Whether the scheme is sip or sips."""
        return self.scheme in ("sip", "sips")

    @property
    def telephone(self) -> str:
        """The user less the parameters of a telephone number: `;cpc=ordinary`, `;npdi` (RFC 3261 19.1.6)."""
        return (self.user or "").partition(";")[0]

    def param(self, name: str) -> str | None:
        """The unescaped value of a parameter, "" for one without value, None when it is absent."""
        for key, value in self.params:
            if key == name or unescape(key).lower() == name.lower():
                return unescape(value) if value is not None else ""
        return None

    def has_param(self, name: str) -> bool:
        """Whether the parameter is there, with or without a value."""
        return self.param(name) is not None

    def with_param(self, name: str, value: str | None = None) -> Uri:
        """The same URI with this parameter set."""
        kept = tuple(pair for pair in self.params if unescape(pair[0]).lower() != name.lower())
        return replace(self, params=(*kept, (name, value)))

    def without_params(self) -> Uri:
        """The same URI without parameters and headers."""
        return replace(self, params=(), headers="")

    @property
    def address_of_record(self) -> str:
        """scheme:user@host in lower-case host, without port, password, parameters and headers."""
        return str(Uri(self.scheme, self.user, None, self.host.lower(), None, (), "", self.opaque))

    def equivalent(self, other: Uri) -> bool:
        """Whether both name the same resource (RFC 3261 19.1.4)."""
        return (
            self.scheme == other.scheme
            and self.user == other.user
            and self.password == other.password
            and self.host.lower() == other.host.lower()
            and self.port == other.port
            and self.opaque == other.opaque
            and sorted(self.headers.lower().split("&")) == sorted(other.headers.lower().split("&"))
            and _same_params(self, other)
        )


def _same_params(one: Uri, other: Uri) -> bool:
    left = {unescape(key).lower(): unescape(value or "").lower() for key, value in one.params}
    right = {unescape(key).lower(): unescape(value or "").lower() for key, value in other.params}
    if any((name in left) != (name in right) for name in _TELLING_PARAMS):
        return False
    return all(left[name] == right[name] for name in left.keys() & right.keys())


def unescape(text: str) -> str:
    """Text with its %XX escapes replaced (UTF-8; octets that are not come back as surrogates)."""
    if "%" not in text:
        return text
    octets = _ESCAPE.sub(
        lambda match: chr(int(match[1], 16)), text.encode("utf-8", "surrogateescape").decode("latin-1")
    )
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")


def escape_user(user: str) -> str:
    """A user part as the grammar wants it: everything but user-unreserved as %XX of its UTF-8."""
    if not _USER_UNSAFE.search(user):
        return user
    return _USER_UNSAFE.sub(_escape_match, user)


def _escape_match(match: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in match[0].encode("utf-8", "surrogateescape"))


def is_host(text: str) -> bool:
    """Whether the text is a host name, an IPv4 address or an IPv6 address in brackets."""
    return _HOST_ONLY.fullmatch(text) is not None


def parse_uri_params(text: str) -> Params:
    """`;a=b;c` as pairs; names and values as they came. Empty ones are left out."""
    pairs: list[tuple[str, str | None]] = []
    for piece in text.split(";"):
        if piece:
            name, equals, value = piece.partition("=")
            pairs.append((name, value if equals else None))
    return tuple(pairs)


def format_uri_params(params: Params) -> str:
    """Pairs as `;a=b;c`."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params)


def _parse(text: str) -> Uri:
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme) or _FORBIDDEN.search(rest):
        raise SipSyntaxError("Bad URI")
    scheme = scheme.lower()
    if scheme in ("sip", "sips"):
        return _parse_sip(scheme, rest)
    if scheme == "tel":
        number, _, params = rest.partition(";")
        if not number:
            raise SipSyntaxError("Bad tel URI")
        return Uri("tel", unescape(number), params=parse_uri_params(params))
    if not rest:
        raise SipSyntaxError("Bad URI")
    return Uri(scheme, opaque=rest)


def _parse_sip(scheme: str, rest: str) -> Uri:
    userinfo, at, after = rest.rpartition("@")
    match = _AFTER_USER.fullmatch(after)
    if match is None:
        raise SipSyntaxError("Bad SIP URI")
    host, port, params, headers = match.groups()
    number = int(port) if port else None
    if number is not None and number > 65535:
        raise SipSyntaxError("Bad port in URI")
    user: str | None = None
    password: str | None = None
    if at:
        user, colon, secret = userinfo.partition(":")
        user = unescape(user)
        password = secret if colon else None
    pairs = parse_uri_params(params) if params else ()
    return Uri(scheme, user, password, host, number, pairs, headers or "")


_parse_cached = lru_cache(maxsize=1024)(_parse)
