"""RTP packets: reading and writing the header of RFC 3550 section 5.1."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

VERSION = 2
HEADER = Struct("!BBHII")
HEADER_BYTES = HEADER.size
PLAIN_FIRST_BYTE = VERSION << 6
MARKER = 0x80
# RTCP packet types 192-223 fall on payload types 64-95 with the marker bit: how the two share a port (RFC
# 5761).
RTCP_TYPES = range(192, 224)

_EXTENSION = Struct("!HH")


class RtpError(ValueError):
    """What arrived is not an RTP packet."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet, without its padding, contributing sources and extension."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def __bytes__(self) -> bytes:
        second = self.payload_type | (MARKER if self.marker else 0)
        return HEADER.pack(PLAIN_FIRST_BYTE, second, self.sequence, self.timestamp, self.ssrc) + self.payload


def parse_rtp(data: bytes | bytearray | memoryview) -> RtpPacket:
    """Read one datagram. Raises RtpError."""
    start, end = payload_bounds(data, len(data))
    _, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, bytes(data[start:end]), bool(second & MARKER))


def payload_bounds(data: bytes | bytearray | memoryview, size: int) -> tuple[int, int]:
    """Where the payload of the first `size` bytes of `data` starts and ends. Raises RtpError."""
    if size < HEADER_BYTES or data[0] >> 6 != VERSION:
        raise RtpError("no RTP header")
    first = data[0]
    if first == PLAIN_FIRST_BYTE:
        return HEADER_BYTES, size
    start = HEADER_BYTES + 4 * (first & 0x0F)
    if first & 0x10:
        if start + _EXTENSION.size > size:
            raise RtpError("header extension cut short")
        start += _EXTENSION.size + 4 * _EXTENSION.unpack_from(data, start)[1]
    end = size - data[size - 1] if first & 0x20 else size
    if start > end or (first & 0x20 and data[size - 1] == 0):
        raise RtpError("payload bounds out of the packet")
    return start, end


def timestamp_distance(later: int, earlier: int) -> int:
    """How many samples `later` is after `earlier`, negative when before, around the wrap."""
    return ((later - earlier + 0x80000000) & 0xFFFFFFFF) - 0x80000000
