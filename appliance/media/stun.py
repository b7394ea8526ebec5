"""STUN (RFC 8489), bytes in and out: the checks of ICE as its lite end sees them (RFC 8445), and Binding."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha1
from ipaddress import IPv4Address, IPv6Address, ip_address
from struct import Struct
from zlib import crc32

MAGIC = 0x2112A442
REQUEST, RESPONSE = 0x0001, 0x0101
_USERNAME, _INTEGRITY, _MAPPED, _USE, _FINGERPRINT = 0x0006, 0x0008, 0x0020, 0x0025, 0x8028
_FINGERPRINT_MASK = 0x5354554E
_LONGEST = 1500
_HEAD = Struct("!HHI12s")
_FIELD = Struct("!HH")
_NUMBER = Struct("!I")


class StunError(ValueError):
    """A packet that is no check meant for us, or not from who knows the password."""


@dataclass(frozen=True, slots=True)
class Check:
    """A connectivity check that knew the password; `nominates`: this way is the one to use from now on."""

    transaction: bytes
    nominates: bool


def is_stun(packet: bytes) -> bool:
    """Whether a packet on the port of audio is one of these (RFC 7983)."""
    return len(packet) >= _HEAD.size and packet[0] < 4 and packet[4:8] == b"\x21\x12\xa4\x42"


def read_check(packet: bytes, ufrag: str, password: str) -> Check:
    """Read a Binding request to our ICE name, signed by our password. Raises StunError."""
    if not is_stun(packet) or not _HEAD.size <= len(packet) <= _LONGEST:
        raise StunError("not STUN")
    kind, length, _, transaction = _HEAD.unpack_from(packet)
    if kind != REQUEST or length != len(packet) - _HEAD.size or length % 4:
        raise StunError("no request")
    found: dict[int, tuple[int, bytes]] = {}
    at = _HEAD.size
    while at < len(packet):
        name, size = _FIELD.unpack_from(packet, at)
        value = packet[at + 4 : at + 4 + size]
        if len(value) != size:
            raise StunError("an attribute is cut short")
        # What comes after the signature is not signed, except the checksum.
        if name == _FINGERPRINT or _INTEGRITY not in found:
            found.setdefault(name, (at, value))
        at += 4 + size + -size % 4
    _verify(packet, found, password)
    named = found.get(_USERNAME, (0, b""))[1].partition(b":")[0]
    if not hmac.compare_digest(named, ufrag.encode()):
        raise StunError("for somebody else")
    return Check(transaction, _USE in found)


def question(transaction: bytes) -> bytes:
    """A Binding request: from which address does the server see us? `transaction`: 12 random octets."""
    return _HEAD.pack(REQUEST, 0, MAGIC, transaction)


def read_mapped(packet: bytes, transaction: bytes) -> tuple[str, int]:
    """The IP address and port that the answer to a Binding request tells us. Raises StunError."""
    if not is_stun(packet) or len(packet) > _LONGEST:
        raise StunError("not STUN")
    kind, length, _, told = _HEAD.unpack_from(packet)
    if kind != RESPONSE or told != transaction or length != len(packet) - _HEAD.size:
        raise StunError("no answer to what was asked")
    at = _HEAD.size
    while at + _FIELD.size <= len(packet):
        name, size = _FIELD.unpack_from(packet, at)
        value = packet[at + 4 : at + 4 + size]
        if name == _MAPPED and len(value) == size:
            return _unhidden(value, transaction)
        at += 4 + size + -size % 4
    raise StunError("no address in it")


def _unhidden(value: bytes, transaction: bytes) -> tuple[str, int]:
    """XOR-MAPPED-ADDRESS (14.2)."""
    family, length = value[1:2], {b"\x01": 4, b"\x02": 16}.get(value[1:2], 0)
    if not length or len(value) != 4 + length:
        raise StunError("an address of no known kind")
    mask = _NUMBER.pack(MAGIC) + transaction
    shown = bytes(one ^ other for one, other in zip(value[4:], mask, strict=False))
    host = IPv4Address(shown) if family == b"\x01" else IPv6Address(shown)
    return str(host), int.from_bytes(value[2:4], "big") ^ MAGIC >> 16


def _verify(packet: bytes, found: dict[int, tuple[int, bytes]], password: str) -> None:
    at, signature = found.get(_INTEGRITY, (0, b""))
    if not hmac.compare_digest(signature, _signature(packet[:at], password) if at else b"none"):
        raise StunError("not signed by our password")
    at, checksum = found.get(_FINGERPRINT, (0, b""))
    if at and not hmac.compare_digest(checksum, _checksum(packet[:at])):
        raise StunError("damaged")


def answer(check: Check, source: tuple[str, int], password: str) -> bytes:
    """The success response to a check that came from `source`, an IP address and a port."""
    host = ip_address(source[0].partition("%")[0])
    mask = _NUMBER.pack(MAGIC) + check.transaction
    hidden = bytes(one ^ other for one, other in zip(host.packed, mask, strict=False))
    mapped = _FIELD.pack(1 if host.version == 4 else 2, source[1] ^ MAGIC >> 16) + hidden
    packet = _HEAD.pack(RESPONSE, 0, MAGIC, check.transaction) + _attribute(_MAPPED, mapped)
    packet += _attribute(_INTEGRITY, _signature(packet, password))
    packet += _attribute(_FINGERPRINT, _checksum(packet))
    return _with_length(packet, 0)


def _attribute(name: int, value: bytes) -> bytes:
    return _FIELD.pack(name, len(value)) + value + bytes(-len(value) % 4)


def _with_length(packet: bytes, more: int) -> bytes:
    """The packet with the length of it and of `more` octets yet to come."""
    return packet[:2] + (len(packet) - _HEAD.size + more).to_bytes(2, "big") + packet[4:]


def _signature(before: bytes, password: str) -> bytes:
    return hmac.new(password.encode(), _with_length(before, 24), sha1).digest()


def _checksum(before: bytes) -> bytes:
    return _NUMBER.pack(crc32(_with_length(before, 8)) ^ _FINGERPRINT_MASK)
