"""Captures: traced messages as a file that network analysers open (libpcap's format).

Each message stands in one UDP packet of its own, whatever it travelled by: TLS and WebSocket messages can
be read too, and no TCP stream has to be put together again.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable

from appliance.sip.flow import Address
from appliance.sip.tracing import TracedMessage

MAGIC, VERSION, SNAP_LENGTH, LINK_RAW_IP = 0xA1B2C3D4, (2, 4), 65535, 101
UDP = 17
LARGEST_PAYLOAD = 65535 - 40 - 8


def capture(messages: Iterable[TracedMessage]) -> bytes:
    """The file: a packet for each message, in their order. What is no IP address becomes 0.0.0.0."""
    header = struct.pack("<IHHiIII", MAGIC, *VERSION, 0, 0, SNAP_LENGTH, LINK_RAW_IP)
    return b"".join((header, *(_record(message) for message in messages)))


def _record(message: TracedMessage) -> bytes:
    source, target = (message.local, message.remote) if message.sent else (message.remote, message.local)
    packet = _packet(source, target, message.data[:LARGEST_PAYLOAD])
    seconds, rest = divmod(max(message.at, 0.0), 1)
    return struct.pack("<IIII", int(seconds), int(rest * 1_000_000), len(packet), len(packet)) + packet


def _packet(source: Address, target: Address, payload: bytes) -> bytes:
    here, there = _ip(source[0]), _ip(target[0])
    # A zero checksum says that none was made (RFC 768); IPv6 wants one, which analysers only remark on.
    datagram = struct.pack(">HHHH", source[1] & 0xFFFF, target[1] & 0xFFFF, 8 + len(payload), 0) + payload
    if isinstance(here, ipaddress.IPv6Address) or isinstance(there, ipaddress.IPv6Address):
        ends = _as_six(here) + _as_six(there)
        return struct.pack(">IHBB", 6 << 28, len(datagram), UDP, 64) + ends + datagram
    ends = here.packed + there.packed
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, UDP, 0) + ends
    return header[:10] + struct.pack(">H", _checksum(header)) + header[12:] + datagram


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ipaddress.IPv4Address(0)


def _as_six(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bytes:
    """An IPv6 address, or an IPv4 one mapped into IPv6 (RFC 4291 2.5.5.2)."""
    return address.packed if len(address.packed) == 16 else bytes(10) + b"\xff\xff" + address.packed


def _checksum(header: bytes) -> int:
    """The checksum of RFC 791 over a header whose checksum is zero."""
    total: int = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total
