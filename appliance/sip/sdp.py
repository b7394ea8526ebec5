"""Session descriptions (RFC 8866): read leniently, written strictly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

Attribute = tuple[str, str | None]

MAX_OCTETS = 65_536
MAX_LINES = 1_000
MAX_MEDIA = 64
MAX_FORMATS = 256
MAX_FMTP = 1_024

# RFC 3551 table 4; G722's clock is 8000 by decree (4.5.2).
STATIC_CODECS: dict[int, tuple[str, int, int]] = {
    0: ("PCMU", 8000, 1),
    3: ("GSM", 8000, 1),
    4: ("G723", 8000, 1),
    5: ("DVI4", 8000, 1),
    6: ("DVI4", 16000, 1),
    7: ("LPC", 8000, 1),
    8: ("PCMA", 8000, 1),
    9: ("G722", 8000, 1),
    10: ("L16", 44100, 2),
    11: ("L16", 44100, 1),
    12: ("QCELP", 8000, 1),
    13: ("CN", 8000, 1),
    14: ("MPA", 90000, 1),
    15: ("G728", 8000, 1),
    16: ("DVI4", 11025, 1),
    17: ("DVI4", 22050, 1),
    18: ("G729", 8000, 1),
    26: ("JPEG", 90000, 1),
    31: ("H261", 90000, 1),
    32: ("MPV", 90000, 1),
    34: ("H263", 90000, 1),
}
STATIC_NUMBERS = {key: number for number, key in STATIC_CODECS.items()}


class SdpError(ValueError):
    """A description that cannot be read (`status` 400) or cannot be agreed to (488)."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Direction(StrEnum):
    """Who sends, seen from the side whose description it is (RFC 8866 6.7)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        """Whether this side sends."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        """Whether this side receives."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @staticmethod
    def of(sends: bool, receives: bool) -> Direction:
        """The direction of a side that does these."""
        if sends:
            return Direction.SENDRECV if receives else Direction.SENDONLY
        return Direction.RECVONLY if receives else Direction.INACTIVE

    @property
    def reversed(self) -> Direction:
        """The same seen from the other side."""
        return Direction.of(self.receives, self.sends)

    def within(self, other: Direction) -> Direction:
        """What both allow."""
        return Direction.of(self.sends and other.sends, self.receives and other.receives)


_DIRECTIONS = frozenset(Direction)


@dataclass(frozen=True, slots=True)
class Codec:
    """A format of RTP: payload type, encoding name, clock rate in Hz, channels, format parameters."""

    payload_type: int
    name: str
    clock_rate: int = 8000
    channels: int = 1
    fmtp: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two codecs the same whatever their numbers."""
        return self.name.upper(), self.clock_rate, self.channels

    @property
    def is_telephone_event(self) -> bool:
        """Whether these are digits, not sound (RFC 4733)."""
        return self.name.lower() == "telephone-event"


@dataclass(frozen=True, slots=True)
class Origin:
    """o=: who made the description, and which version of it (RFC 8866 5.2)."""

    session_id: str
    version: str
    address: str
    username: str = "-"

    def __str__(self) -> str:
        return f"{self.username} {self.session_id} {self.version} {format_address(self.address)}"


@dataclass(frozen=True, slots=True)
class Media:
    """One m= line and what follows it. `address` is its own c= address, None when the session's holds.

    `formats` are the words of the m= line; for RTP see `codecs`. Port 0: the stream is refused or ended.
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    port_count: int = 1
    address: str | None = None
    attributes: tuple[Attribute, ...] = ()
    bandwidth: tuple[str, ...] = ()
    title: str = ""

    @property
    def is_rtp(self) -> bool:
        """Whether the transport is RTP of any profile."""
        return "RTP/" in self.protocol

    def attribute(self, name: str) -> str | None:
        """The first value of an attribute, "" for a flag, None when it is absent."""
        return _attribute(self.attributes, name)

    def attribute_values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value or "" for key, value in self.attributes if key == name]

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """The RTP formats in order of preference; numbers that mean nothing to anyone are left out."""
        return _media_codecs(self)

    @property
    def direction(self) -> Direction | None:
        """Its own direction attribute, None when it has none: then see `SessionDescription.direction_of`."""
        return _direction(self.attributes)

    @property
    def ptime(self) -> int | None:
        """Milliseconds of sound wanted in each packet, None when not said or unreadable."""
        return _number((self.attribute("ptime") or "").partition(".")[0], 1000)

    @property
    def maxptime(self) -> int | None:
        """Most milliseconds of sound accepted in a packet, None when not said or unreadable."""
        return _number((self.attribute("maxptime") or "").partition(".")[0], 1000)

    @property
    def rtcp_mux(self) -> bool:
        """Whether RTCP may share the port of RTP (RFC 5761)."""
        return self.attribute("rtcp-mux") is not None

    @property
    def rtcp_port(self) -> int | None:
        """The port of a=rtcp (RFC 3605), None when not said."""
        return _number((self.attribute("rtcp") or "").partition(" ")[0], 65535)

    @property
    def crypto(self) -> tuple[str, ...]:
        """The values of a=crypto (RFC 4568), keys included: never to be logged."""
        return tuple(self.attribute_values("crypto"))


@lru_cache(maxsize=64)
def _media_codecs(media: Media) -> tuple[Codec, ...]:
    if not media.is_rtp:
        return ()
    mapped = dict(_numbered(media.attribute_values("rtpmap")))
    parameters = dict(_numbered([text for text in media.attribute_values("fmtp") if len(text) <= MAX_FMTP]))
    codecs: dict[int, Codec] = {}
    for word in media.formats:
        number = _number(word, 127)
        if number is not None and number not in codecs:
            codec = _codec(number, mapped.get(number), parameters.get(number, ""))
            if codec is not None:
                codecs[number] = codec
    return tuple(codecs.values())


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description. `address` is the session's c= address; times are the words of each t=."""

    origin: Origin
    media: tuple[Media, ...] = ()
    session_name: str = "-"
    address: str | None = None
    times: tuple[str, ...] = ("0 0",)
    bandwidth: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = field(default=())

    def attribute(self, name: str) -> str | None:
        """The first value of a session attribute, "" for a flag, None when it is absent."""
        return _attribute(self.attributes, name)

    def address_of(self, media: Media) -> str:
        """Where that stream is received: its own c= address or the session's, "" when neither is there."""
        return media.address or self.address or ""

    def direction_of(self, media: Media) -> Direction:
        """Its own direction or the session's; sendrecv when nothing is said (RFC 8866 6.7)."""
        return media.direction or _direction(self.attributes) or Direction.SENDRECV

    def with_media(self, media: Iterable[Media]) -> SessionDescription:
        """The same session with other streams."""
        return replace(self, media=tuple(media))

    def __bytes__(self) -> bytes:
        return "".join(f"{line}\r\n" for line in self._lines()).encode("utf-8", "surrogateescape")

    def _lines(self) -> list[str]:
        lines = ["v=0", f"o={self.origin}", f"s={self.session_name or '-'}"]
        if self.address is not None:
            lines.append(f"c={format_address(self.address)}")
        lines += [f"b={value}" for value in self.bandwidth]
        lines += [f"t={value}" for value in self.times or ("0 0",)]
        lines += _attribute_lines(self.attributes)
        for media in self.media:
            lines += _media_lines(media)
        return lines


def _media_lines(media: Media) -> list[str]:
    port = str(media.port) if media.port_count == 1 else f"{media.port}/{media.port_count}"
    lines = [f"m={media.kind} {port} {media.protocol} {' '.join(media.formats)}"]
    if media.title:
        lines.append(f"i={media.title}")
    if media.address is not None:
        lines.append(f"c={format_address(media.address)}")
    lines += [f"b={value}" for value in media.bandwidth]
    return lines + _attribute_lines(media.attributes)


def _attribute_lines(attributes: Iterable[Attribute]) -> list[str]:
    return [f"a={name}" if value is None else f"a={name}:{value}" for name, value in attributes]


def format_address(address: str) -> str:
    """`IN IP4 address` or `IN IP6 address`."""
    return f"IN IP{6 if ':' in address else 4} {address}"


@lru_cache(maxsize=256)
def is_unspecified(address: str) -> bool:
    """Whether the address is 0.0.0.0 or ::, the old way to hold a stream (RFC 3264 8.4)."""
    try:
        return ip_address(address).is_unspecified
    except ValueError:
        return False


def _attribute(attributes: Iterable[Attribute], name: str) -> str | None:
    for key, value in attributes:
        if key == name:
            return value if value is not None else ""
    return None


def _direction(attributes: Iterable[Attribute]) -> Direction | None:
    for name, value in attributes:
        if value is None and name in _DIRECTIONS:
            return Direction(name)
    return None


def _number(text: str, largest: int) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        return None
    number = int(text)
    return number if number <= largest else None


def _numbered(values: Iterable[str]) -> list[tuple[int, str]]:
    """`97 opus/48000/2` as (97, "opus/48000/2"), for rtpmap and fmtp."""
    pairs: list[tuple[int, str]] = []
    for value in values:
        word, _, rest = value.strip().partition(" ")
        number = _number(word, 127)
        if number is not None:
            pairs.append((number, rest.strip()))
    return pairs


def _codec(number: int, mapping: str | None, fmtp: str) -> Codec | None:
    if mapping is None:
        known = STATIC_CODECS.get(number)
        return Codec(number, *known, fmtp) if known else None
    name, *rest = mapping.split("/")
    rate = _rate(rest[0]) if rest else 8000
    channels = _number(rest[1], 255) if len(rest) > 1 else 1
    if not name or not rate:
        return None
    return Codec(number, name, rate, channels or 1, fmtp)


def _rate(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else None


_Line = tuple[str, str]


def parse_sdp(data: bytes) -> SessionDescription:
    """Read a session description; raises SdpError and nothing else.

    Forgiven: bare LF, missing s=, t= and o=, lines in another order, unknown lines. Not forgiven: no
    v=0, a broken m= or c= line, more lines, streams or formats than anybody needs.
    """
    if len(data) > MAX_OCTETS or data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise SdpError("Description too long")
    sections = _sections(data.decode("utf-8", "surrogateescape"))
    session = sections[0]
    if not session or session[0][0] != "v" or session[0][1].strip() != "0":
        raise SdpError("Not a session description of version 0")
    media = tuple([_parse_media(section) for section in sections[1:]])
    address = _section_address(session)
    return SessionDescription(
        origin=_parse_origin(_first(session, "o"), address),
        media=media,
        session_name=_first(session, "s").strip() or "-",
        address=address,
        times=tuple(_every(session, "t")) or ("0 0",),
        bandwidth=tuple(_every(session, "b")),
        attributes=_parse_attributes(session),
    )


def _sections(text: str) -> list[list[_Line]]:
    """The lines of the session, then those of each stream."""
    sections: list[list[_Line]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        kind, equals, value = line.partition("=")
        kind = kind.strip()
        if not kind and not equals:
            continue
        if len(kind) != 1 or not equals:
            raise SdpError("Bad line in description")
        if kind == "m":
            if len(sections) > MAX_MEDIA:
                raise SdpError("Too many streams")
            sections.append([])
        sections[-1].append((kind, value))
    return sections


def _first(section: list[_Line], kind: str) -> str:
    return next((value for key, value in section if key == kind), "")


def _every(section: list[_Line], kind: str) -> list[str]:
    return [value.strip() for key, value in section if key == kind]


def _section_address(section: list[_Line]) -> str | None:
    value = _first(section, "c")
    if not value:
        return None
    words = value.split()
    if len(words) != 3 or words[0].upper() != "IN" or words[1].upper() not in ("IP4", "IP6"):
        raise SdpError("Bad c= line")
    # Time to live and number of addresses, which only multicast has, follow a slash.
    address = words[2].partition("/")[0]
    if not address:
        raise SdpError("Bad c= line")
    return address


def _parse_origin(value: str, address: str | None) -> Origin:
    words = value.split()
    if len(words) != 6:
        return Origin("0", "0", address or "0.0.0.0")
    return Origin(words[1], words[2], words[5], words[0])


def _parse_media(section: list[_Line]) -> Media:
    words = section[0][1].split()
    if len(words) < 3:
        raise SdpError("Bad m= line")
    port_text, _, count_text = words[1].partition("/")
    port, count = _number(port_text, 65535), _number(count_text or "1", 65535)
    if len(words) > MAX_FORMATS:
        raise SdpError("Too many formats")
    if port is None or count is None:
        raise SdpError("Bad port in m= line")
    return Media(
        kind=words[0].lower(),
        port=port,
        protocol=words[2].upper(),
        formats=tuple(words[3:]),
        port_count=count,
        address=_section_address(section),
        attributes=_parse_attributes(section),
        bandwidth=tuple(_every(section, "b")),
        title=_first(section, "i").strip(),
    )


def _parse_attributes(section: list[_Line]) -> tuple[Attribute, ...]:
    attributes: list[Attribute] = []
    for kind, text in section:
        if kind == "a":
            name, colon, value = text.strip().partition(":")
            attributes.append((name.strip().lower(), value.strip() if colon else None))
    return tuple(attributes)
