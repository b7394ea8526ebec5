"""RTP headers as RFC 3550 section 5.1 draws them."""

from __future__ import annotations

import pytest

from appliance.media.rtp import (
    RtpError,
    RtpPacket,
    parse_rtp,
    payload_bounds,
    timestamp_distance,
)

PLAIN = bytes.fromhex("80 88 0102 00000304 0a0b0c0d") + b"sound"


def test_a_plain_packet_is_read_and_written() -> None:
    packet = parse_rtp(PLAIN)
    assert packet == RtpPacket(8, 0x0102, 0x304, 0x0A0B0C0D, b"sound", marker=True)
    assert bytes(packet) == PLAIN


def test_contributing_sources_extension_and_padding_are_no_payload() -> None:
    data = bytes.fromhex("b2 08 0001 00000002 00000003 00000004 00000005 bede 0001 01020304") + b"so\0\0\3"
    assert parse_rtp(data).payload == b"so"
    assert payload_bounds(data, len(data)) == (28, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN[:11],
        b"\x40" + PLAIN[1:],
        b"\x8f" + PLAIN[1:],
        b"\x90" + PLAIN[1:12],
        b"\x90" + PLAIN[1:12] + b"\0\0\xff\xff",
        b"\xa0" + PLAIN[1:12] + b"ab\xff",
        b"\xa0" + PLAIN[1:12] + b"ab\x00",
    ],
)
def test_what_is_cut_short_or_lies_is_refused(data: bytes) -> None:
    with pytest.raises(RtpError):
        parse_rtp(data)


def test_an_empty_payload_is_a_packet() -> None:
    assert parse_rtp(PLAIN[:12]).payload == b""


def test_distances_go_around_the_wrap() -> None:
    assert timestamp_distance(100, 2**32 - 60) == 160
    assert timestamp_distance(2**32 - 60, 100) == -160
