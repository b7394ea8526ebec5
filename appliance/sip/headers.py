"""Typed header values: Via, name-addr, CSeq, challenges and credentials (RFC 3261 20 and 25)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from appliance.sip.errors import SipSyntaxError
from appliance.sip.uri import Params, Uri, is_host

BRANCH_COOKIE = "z9hG4bK"
MAX_CSEQ = 2**32 - 1
MAX_SECONDS = 2**32 - 1

TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]++")
_QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LIST_PIECE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|<[^>]*+>|,|[^",<]++', re.DOTALL)
_PARAM_PIECE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|;|[^";]++', re.DOTALL)
_AUTH_PIECE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|,|[^",]++', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_NOT_A_DISPLAY_NAME = re.compile(r'[",;:<>\\]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_USUAL_PARAMS = frozenset({"branch", "rport", "received", "tag", "expires", "q", "reg-id", "alias"})
_CACHED_LENGTH = 200
_VIA = re.compile(
    r"SIP/2\.0/([A-Za-z0-9\-]++) (\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._\-]++)(?::([0-9]{1,5}))?(;.*+)?", re.DOTALL
)


def quote(text: str) -> str:
    """Text as a quoted-string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquote(text: str) -> str:
    """The content of a quoted-string; any other text as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return _QUOTED_PAIR.sub(r"\1", inner) if "\\" in inner else inner


def split_list(value: str) -> list[str]:
    """The elements of a comma list, quotes and angle brackets respected, empty ones left out.

    Never raises: after an unclosed quote or bracket the rest is one element.
    """
    if "," not in value:
        value = value.strip(" \t")
        return [value] if value else []
    return _split(value, ",", _LIST_PIECE)


def _split(value: str, separator: str, pieces: re.Pattern[str]) -> list[str]:
    elements: list[str] = []
    current: list[str] = []
    end = 0
    for match in pieces.finditer(value):
        if match.start() != end:
            break
        end = match.end()
        if match[0] == separator:
            elements.append("".join(current).strip(" \t"))
            current.clear()
        else:
            current.append(match[0])
    current.append(value[end:])
    elements.append("".join(current).strip(" \t"))
    return [element for element in elements if element]


def parse_params(text: str) -> Params:
    """`;a=b;c="d;e"` as pairs. Values keep their quotes; white space around `;` and `=` goes.

    One semicolon too many at the end is forgiven, empty parameters elsewhere are not.
    """
    if not text:
        return ()
    if '"' in text:
        pieces = _split_params(text)
    else:
        pieces = text.split(";")
    if pieces[0].strip(" \t"):
        raise SipSyntaxError("Text between address and parameters")
    if len(pieces) > 2 and not pieces[-1].strip(" \t"):
        pieces.pop()
    del pieces[0]
    return tuple([_param(piece) for piece in pieces])


def _split_params(text: str) -> list[str]:
    pieces: list[str] = []
    current: list[str] = []
    end = 0
    for match in _PARAM_PIECE.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        if match[0] == ";":
            pieces.append("".join(current))
            current.clear()
        else:
            current.append(match[0])
    if end != len(text):
        raise SipSyntaxError("Unbalanced quotes")
    pieces.append("".join(current))
    return pieces


def _param(piece: str) -> tuple[str, str | None]:
    name, equals, value = piece.partition("=")
    if name in _USUAL_PARAMS and value[:1] not in (" ", "\t") and value[-1:] not in (" ", "\t"):
        return name, (value if equals else None)
    name, value = name.strip(" \t"), value.strip(" \t")
    if not TOKEN.fullmatch(name):
        raise SipSyntaxError("Bad parameter")
    return name, (value if equals else None)


def format_params(params: Params) -> str:
    """Pairs as `;a=b;c`."""
    return "".join([f";{name}" if value is None else f";{name}={value}" for name, value in params])


def find_param(params: Params, name: str) -> str | None:
    """The value of a parameter as it came, "" when it has none, None when it is absent."""
    for key, value in params:
        if key == name or key.lower() == name:
            return value if value is not None else ""
    return None


def parse_seconds(text: str | None) -> int | None:
    """delta-seconds, cut to 32 bits; None when absent or not a number (RFC 3261 20.19)."""
    if text is None:
        return None
    digits = text.strip(" \t")
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0")
    return min(int(digits or "0"), MAX_SECONDS) if len(digits) <= 10 else MAX_SECONDS


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value (RFC 3261 20.42): transport in capitals, sent-by, parameters as they came."""

    transport: str
    host: str
    port: int | None = None
    params: Params = ()

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {self.host}{port}{format_params(self.params)}"

    def param(self, name: str) -> str | None:
        """The value of a parameter (name in small letters), "" for one without value, None when absent."""
        value = find_param(self.params, name)
        return unquote(value) if value else value

    @property
    def branch(self) -> str | None:
        """The branch parameter, None when it is absent."""
        return find_param(self.params, "branch")

    @property
    def sent_by(self) -> tuple[str, int | None]:
        """Host in small letters and port as written: what transactions are matched by (17.2.3)."""
        host = self.host.lower()
        return (self.host if host == self.host else host), self.port

    def with_param(self, name: str, value: str | None) -> Via:
        """The same Via with this parameter set, in its old place when it was there."""
        pairs = [(key, value if key.lower() == name else old) for key, old in self.params]
        if not any(key.lower() == name for key, _ in self.params):
            pairs.append((name, value))
        return replace(self, params=tuple(pairs))


@lru_cache(maxsize=256)
def _one_and_the_same(host: str) -> str:
    """One text for all that say the same: what `sys.intern` is given stays for ever in Python 3.12."""
    return host


def parse_via(text: str) -> Via:
    """Read one Via value; raises SipSyntaxError."""
    match = _VIA.fullmatch(text)
    if match is not None:
        transport, host, port, params = match.groups()
    else:
        transport, host, port, params = _via_with_spaces(text)
    number = int(port) if port else None
    if number is not None and number > 65535:
        raise SipSyntaxError("Bad port in Via")
    # Thousands of transactions are known by the same few hosts.
    return Via(transport.upper(), _one_and_the_same(host), number, parse_params(params) if params else ())


def _via_with_spaces(text: str) -> tuple[str, str, str, str]:
    protocol, semicolon, params = text.partition(";")
    parts = protocol.split("/", 2)
    if len(parts) != 3 or parts[0].strip().upper() != "SIP" or not TOKEN.fullmatch(parts[1].strip()):
        raise SipSyntaxError("Bad Via")
    words = parts[2].split(None, 1)
    if len(words) != 2 or not TOKEN.fullmatch(words[0]):
        raise SipSyntaxError("Bad Via")
    sent_by = "".join(words[1].split())
    bracket = sent_by.find("]")
    host, colon, port = sent_by[bracket + 1 :].partition(":")
    host = sent_by[: bracket + 1] + host
    if not is_host(host) or (colon and not (port.isascii() and port.isdigit() and len(port) <= 5)):
        raise SipSyntaxError("Bad sent-by in Via")
    return words[0], host, port, semicolon + params


@dataclass(frozen=True, slots=True)
class NameAddr:
    """An address as in From, To, Contact, Route (RFC 3261 20.10): name unescaped, parameters as they came."""

    display_name: str
    uri: Uri
    params: Params = ()

    def __str__(self) -> str:
        if self is STAR or self.uri.scheme == "*":
            return "*"
        name = f"{quote(_CONTROL.sub(' ', self.display_name))} " if self.display_name else ""
        return f"{name}<{self.uri}>{format_params(self.params)}"

    def param(self, name: str) -> str | None:
        """A parameter without its quotes (name in small letters), "" without value, None when absent."""
        value = find_param(self.params, name)
        return unquote(value) if value else value

    @property
    def tag(self) -> str | None:
        """The tag parameter, None when it is absent."""
        return find_param(self.params, "tag")

    @property
    def expires(self) -> int | None:
        """The expires parameter in seconds, None when absent or unreadable."""
        return parse_seconds(self.param("expires"))

    @property
    def q(self) -> float:
        """The preference 0..1, 1 when absent or unreadable."""
        text = self.param("q") or ""
        whole, _, decimals = text.partition(".")
        if whole not in ("0", "1") or len(decimals) > 3 or not (decimals or "0").isascii():
            return 1.0
        return min(1.0, float(text)) if (decimals or "0").isdigit() else 1.0

    def with_param(self, name: str, value: str | None) -> NameAddr:
        """The same address with this parameter set (last)."""
        kept = tuple([pair for pair in self.params if pair[0].lower() != name])
        return NameAddr(self.display_name, self.uri, (*kept, (name, value)))

    def with_tag(self, tag: str) -> NameAddr:
        """The same address with this tag."""
        return self.with_param("tag", tag)

    def without_params(self) -> NameAddr:
        """The same address without its parameters (those of its URI stay)."""
        return NameAddr(self.display_name, self.uri)


STAR = NameAddr("", Uri("*"))
"""The wildcard of `Contact: *` (RFC 3261 10.2.2)."""


def parse_name_addr(text: str) -> NameAddr:
    """Read a name-addr or addr-spec with parameters; raises SipSyntaxError.

    Without angle brackets the parameters belong to the header, and the URI may hold no comma,
    question mark or semicolon (RFC 3261 20).
    """
    # All messages of a dialog carry the same From, To and Contact: most are read once. Their tags are never
    # seen again after it, so that more than the dialogs of a while would only take memory.
    return _cached_name_addr(text) if len(text) <= _CACHED_LENGTH else _name_addr(text)


def _name_addr(text: str) -> NameAddr:
    if text[:1] == '"':
        quoted = _QUOTED.match(text)
        if quoted is None:
            raise SipSyntaxError("Unbalanced quotes")
        name = unquote(quoted[0])
        start = text.find("<", quoted.end())
        if start < 0 or text[quoted.end() : start].strip(" \t"):
            raise SipSyntaxError("No address after the display name")
    else:
        start = text.find("<")
        name = text[:start].strip(" \t") if start > 0 else ""
        if start < 0 or (name and _NOT_A_DISPLAY_NAME.search(name)):
            return _parse_addr_spec(text)
    end = text.find(">", start)
    if end < 0:
        raise SipSyntaxError("Unclosed angle bracket")
    return NameAddr(name, Uri.parse(text[start + 1 : end]), parse_params(text[end + 1 :]))


_cached_name_addr = lru_cache(maxsize=512)(_name_addr)


def _parse_addr_spec(text: str) -> NameAddr:
    address, semicolon, params = text.partition(";")
    address = address.strip(" \t")
    if "," in address or "?" in address:
        raise SipSyntaxError("Address without angle brackets")
    return NameAddr("", Uri.parse(address), parse_params(semicolon + params))


def parse_contact(text: str) -> NameAddr:
    """Read one Contact value, which may be the wildcard; raises SipSyntaxError."""
    return STAR if text == "*" else parse_name_addr(text)


@dataclass(frozen=True, slots=True)
class CSeq:
    """Sequence number and method (RFC 3261 20.16)."""

    number: int
    method: str

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def parse_cseq(text: str) -> CSeq:
    """Read a CSeq value; raises SipSyntaxError, also for numbers over 32 bits."""
    return _cached_cseq(text) if len(text) <= _CACHED_LENGTH else _cseq(text)


def _cseq(text: str) -> CSeq:
    words = text.split()
    if len(words) != 2:
        raise SipSyntaxError("Bad CSeq")
    number, method = words
    if not (number.isascii() and number.isdigit()) or len(number.lstrip("0")) > 10:
        raise SipSyntaxError("Bad CSeq number")
    value = int(number.lstrip("0") or "0")
    if value > MAX_CSEQ or not TOKEN.fullmatch(method):
        raise SipSyntaxError("Bad CSeq")
    return CSeq(value, method)


_cached_cseq = lru_cache(maxsize=512)(_cseq)


@dataclass(frozen=True, slots=True)
class _SchemeAndParams:
    scheme: str
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def get(self, name: str, default: str = "") -> str:
        """The unquoted value of a parameter, by its name in any case."""
        wanted = name.lower()
        for key, value in self.params:
            if key == wanted:
                return value
        return default

    @property
    def is_digest(self) -> bool:
        """Whether the scheme is Digest."""
        return self.scheme.lower() == "digest"


@dataclass(frozen=True, slots=True)
class Challenge(_SchemeAndParams):
    """WWW-Authenticate or Proxy-Authenticate: names in small letters, values unquoted (RFC 3261 20.44)."""


@dataclass(frozen=True, slots=True)
class Credentials(_SchemeAndParams):
    """Authorization or Proxy-Authorization: names in small letters, values unquoted (RFC 3261 20.7)."""


def parse_challenge(text: str) -> Challenge:
    """Read a challenge; raises SipSyntaxError."""
    return Challenge(*_parse_auth(text))


def parse_credentials(text: str) -> Credentials:
    """Read credentials; raises SipSyntaxError."""
    return Credentials(*_parse_auth(text))


def _parse_auth(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    words = text.split(None, 1)
    if not words or not TOKEN.fullmatch(words[0]):
        raise SipSyntaxError("Bad authentication scheme")
    if len(words) == 1:
        return words[0], ()
    seen: dict[str, str] = {}
    for element in _split(words[1], ",", _AUTH_PIECE):
        name, equals, value = element.partition("=")
        name, value = name.strip(" \t").lower(), value.strip(" \t")
        if not equals or not TOKEN.fullmatch(name):
            # Schemes other than Digest may carry one opaque token (RFC 7235 2.1).
            if words[0].lower() == "digest":
                raise SipSyntaxError("Bad authentication parameter")
            continue
        if value[:1] == '"' and not _QUOTED.fullmatch(value):
            raise SipSyntaxError("Unbalanced quotes")
        if name in seen:
            raise SipSyntaxError("Authentication parameter given twice")
        seen[name] = unquote(value)
    return words[0], tuple(seen.items())
