"""RTCP datagrams, written and read."""

from __future__ import annotations

import pytest

from appliance.media.reception import ReceptionReport
from appliance.media.rtcp import (
    Compound,
    Report,
    RtcpError,
    SenderInfo,
    build_rtcp,
    middle_bits,
    ntp_time,
    parse_rtcp,
    round_trip,
)

BLOCK = ReceptionReport(9, 64, -5, 0x10005, 33, 0x12345678, 65536)
SENDER = SenderInfo(0x0102030405060708, 160, 7, 1120)


def test_a_sender_report_with_name_and_goodbye_round_trips() -> None:
    compound = Compound((Report(3, SENDER, (BLOCK,)),), "box", (3,))
    assert parse_rtcp(build_rtcp(compound)) == compound


def test_the_bytes_are_those_of_the_rfc() -> None:
    data = build_rtcp(Compound((Report(3, None, ()),), "box"))
    assert data == bytes.fromhex("80c90001 00000003 81ca0003 00000003 0103") + b"box" + bytes(3)


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "abcd", "abcde", "n" * 300])
def test_names_of_every_length_end_on_a_word(name: str) -> None:
    data = build_rtcp(Compound((Report(3),), name))
    assert len(data) % 4 == 0
    assert parse_rtcp(data).cname == name[:255]


def test_unknown_kinds_are_skipped() -> None:
    unknown = bytes.fromhex("81cc0002 00000001 00000002")
    assert parse_rtcp(unknown + build_rtcp(Compound((Report(3),)))).reports == (Report(3),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\xc9\x00",
        bytes.fromhex("80c90009 00000003"),
        bytes.fromhex("40c90001 00000003"),
        bytes.fromhex("81c90001 00000003"),
        bytes.fromhex("82cb0001 00000003"),
    ],
)
def test_what_lies_about_its_length_is_refused(data: bytes) -> None:
    with pytest.raises(RtcpError):
        parse_rtcp(data)


def test_the_round_trip_is_what_the_far_end_did_not_hold() -> None:
    sent = ntp_time(1000.0)
    held = ReceptionReport(1, 0, 0, 0, 0, middle_bits(sent), 65536 // 2)
    assert round_trip(held, ntp_time(1000.75)) == pytest.approx(0.25, abs=0.001)
    assert round_trip(held, ntp_time(1000.2)) is None
    assert round_trip(ReceptionReport(1, 0, 0, 0, 0), sent) is None
