"""RTCP: sender and receiver reports, source description and goodbye (RFC 3550 section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct

from appliance.media.reception import ReceptionReport

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SOURCE_DESCRIPTION = 202
GOODBYE = 203
CNAME = 1
# Seconds from 1900, where NTP counts from, to 1970.
NTP_EPOCH = 2_208_988_800

_HEADER = Struct("!BBH")
_SSRC = Struct("!I")
_SENDER = Struct("!IIIII")
_BLOCK = Struct("!IIIIII")


class RtcpError(ValueError):
    """What arrived is not RTCP."""


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """What a sender says of itself: `ntp` in units of 2**-32 s since 1900, the same moment as `timestamp`."""

    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report (with `sender`) or a receiver report (without)."""

    ssrc: int
    sender: SenderInfo | None = None
    receptions: tuple[ReceptionReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """One datagram of RTCP."""

    reports: tuple[Report, ...] = ()
    cname: str | None = None
    goodbyes: tuple[int, ...] = field(default=())


def ntp_time(epoch: float) -> int:
    """Seconds since 1970 as an NTP timestamp of 64 bits."""
    return int((epoch + NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def middle_bits(ntp: int) -> int:
    """The middle 32 bits of an NTP timestamp: units of 1/65536 s."""
    return (ntp >> 16) & 0xFFFFFFFF


def round_trip(report: ReceptionReport, now_ntp: int) -> float | None:
    """Seconds to the far end and back by a reception report (RFC 3550 6.4.1); None if it can't tell."""
    if not report.last_sr:
        return None
    trip = (middle_bits(now_ntp) - report.last_sr - report.delay_since_last_sr) & 0xFFFFFFFF
    # More than half the range is a clock that was set back in between.
    return None if trip >= 0x80000000 else trip / 65536


def build_rtcp(compound: Compound) -> bytes:
    """One datagram: reports first, then the name, then goodbyes, as section 6.1 orders them."""
    parts = [_report(report) for report in compound.reports]
    if compound.cname is not None and compound.reports:
        parts.append(_description(compound.reports[0].ssrc, compound.cname))
    if compound.goodbyes:
        parts.append(_packet(GOODBYE, len(compound.goodbyes), b"".join(map(_SSRC.pack, compound.goodbyes))))
    return b"".join(parts)


def parse_rtcp(data: bytes) -> Compound:
    """Read one datagram; packet types that are not known are skipped. Raises RtcpError."""
    reports: list[Report] = []
    goodbyes: list[int] = []
    cname: str | None = None
    offset = 0
    if len(data) < _HEADER.size:
        raise RtcpError("too short")
    while offset < len(data):
        kind, count, body, offset = _next_packet(data, offset)
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            reports.append(_parse_report(kind, count, body))
        elif kind == SOURCE_DESCRIPTION:
            cname = cname or _parse_cname(body)
        elif kind == GOODBYE:
            if len(body) < 4 * count:
                raise RtcpError("goodbye cut short")
            goodbyes.extend(_SSRC.unpack_from(body, 4 * index)[0] for index in range(count))
    return Compound(tuple(reports), cname, tuple(goodbyes))


def _next_packet(data: bytes, offset: int) -> tuple[int, int, bytes, int]:
    if offset + _HEADER.size > len(data):
        raise RtcpError("header cut short")
    first, kind, words = _HEADER.unpack_from(data, offset)
    end = offset + 4 * (words + 1)
    if first >> 6 != 2 or end > len(data):
        raise RtcpError("wrong version or length")
    body = data[offset + _HEADER.size : end]
    if first & 0x20 and body:
        body = body[: max(0, len(body) - body[-1])]
    return kind, first & 0x1F, body, end


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, len(body) // 4) + body


def _report(report: Report) -> bytes:
    body = _SSRC.pack(report.ssrc)
    if report.sender:
        sender = report.sender
        body += _SENDER.pack(
            sender.ntp >> 32,
            sender.ntp & 0xFFFFFFFF,
            sender.timestamp,
            sender.packets & 0xFFFFFFFF,
            sender.octets & 0xFFFFFFFF,
        )
    body += b"".join(map(_block, report.receptions))
    return _packet(SENDER_REPORT if report.sender else RECEIVER_REPORT, len(report.receptions), body)


def _block(report: ReceptionReport) -> bytes:
    lost = report.fraction_lost << 24 | (report.lost & 0xFFFFFF)
    return _BLOCK.pack(
        report.ssrc, lost, report.highest_sequence, report.jitter, report.last_sr, report.delay_since_last_sr
    )


def _description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()[:255]
    item = bytes((CNAME, len(name))) + name
    # At least one zero ends the list of items, and the chunk ends on a word.
    return _packet(SOURCE_DESCRIPTION, 1, _SSRC.pack(ssrc) + item + bytes(4 - len(item) % 4))


def _parse_report(kind: int, count: int, body: bytes) -> Report:
    start = _SSRC.size + (_SENDER.size if kind == SENDER_REPORT else 0)
    if len(body) < start + count * _BLOCK.size:
        raise RtcpError("report cut short")
    sender = None
    if kind == SENDER_REPORT:
        high, low, timestamp, packets, octets = _SENDER.unpack_from(body, _SSRC.size)
        sender = SenderInfo(high << 32 | low, timestamp, packets, octets)
    blocks = tuple(_parse_block(body, start + index * _BLOCK.size) for index in range(count))
    return Report(_SSRC.unpack_from(body)[0], sender, blocks)


def _parse_block(body: bytes, offset: int) -> ReceptionReport:
    ssrc, lost, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, offset)
    signed = lost & 0xFFFFFF
    signed -= (signed & 0x800000) << 1
    return ReceptionReport(ssrc, lost >> 24, signed, highest, jitter, last_sr, delay)


def _parse_cname(body: bytes) -> str | None:
    offset = _SSRC.size
    while offset + 2 <= len(body) and body[offset]:
        kind, size = body[offset], body[offset + 1]
        value = body[offset + 2 : offset + 2 + size]
        if kind == CNAME:
            return value.decode("utf-8", "replace")
        offset += 2 + size
    return None
