"""Media parsers and streams against anything at all."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from appliance.media.dtmf import DigitReceiver, DtmfError, digit_packets, parse_event
from appliance.media.reception import Reception, ReceptionReport
from appliance.media.rewriter import OutgoingStream
from appliance.media.rtcp import Compound, Report, RtcpError, SenderInfo, build_rtcp, parse_rtcp
from appliance.media.rtp import HEADER, RtpError, RtpPacket, parse_rtp
from appliance.media.timeline import Timeline
from appliance.media.wave_files import WaveError, header, read_wave

BYTES32 = st.integers(0, 2**32 - 1)
packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 65535),
    timestamp=BYTES32,
    ssrc=BYTES32,
    payload=st.binary(max_size=40),
    marker=st.booleans(),
)
blocks = st.builds(
    ReceptionReport,
    ssrc=BYTES32,
    fraction_lost=st.integers(0, 255),
    lost=st.integers(-(2**23), 2**23 - 1),
    highest_sequence=BYTES32,
    jitter=BYTES32,
    last_sr=BYTES32,
    delay_since_last_sr=BYTES32,
)
senders = st.builds(SenderInfo, st.integers(0, 2**64 - 1), BYTES32, BYTES32, BYTES32)
reports = st.builds(Report, BYTES32, st.none() | senders, st.lists(blocks, max_size=3).map(tuple))


@given(packets)
def test_rtp_round_trips(packet: RtpPacket) -> None:
    assert parse_rtp(bytes(packet)) == packet


@given(st.binary(max_size=80))
def test_parsers_raise_only_their_own_error(data: bytes) -> None:
    for parse, error in (
        (parse_rtp, RtpError),
        (parse_rtcp, RtcpError),
        (parse_event, DtmfError),
        (read_wave, WaveError),
    ):
        with contextlib.suppress(error):
            parse(data)


@given(st.binary(max_size=60), st.integers(0, 60), st.binary(max_size=4))
def test_damaged_wave_files_raise_only_their_own_error(tail: bytes, at: int, damage: bytes) -> None:
    data = bytearray(header(len(tail)) + tail)
    data[at : at + len(damage)] = damage
    with contextlib.suppress(WaveError):
        read_wave(bytes(data))


@given(st.lists(reports, min_size=1, max_size=3), st.text(max_size=20), st.lists(BYTES32, max_size=3))
def test_rtcp_round_trips(made: list[Report], name: str, goodbyes: list[int]) -> None:
    compound = Compound(tuple(made), name, tuple(goodbyes))
    assert parse_rtcp(build_rtcp(compound)) == compound


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 65535), BYTES32, st.floats(0, 0.5)),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_is_sent_is_one_source_that_never_jumps(steps: list[tuple[int, int, int, float]]) -> None:
    """Sources 0 and 1 relay from anywhere in their numbers, source 2 is our own."""
    stream = OutgoingStream(9, 65000, 2**32 - 3000)
    now, numbers = 0.0, {0: (100, 0), 1: (60000, 2**32 - 1)}
    last: RtpPacket | None = None
    source_before: int | None = None
    for source, _, _, passed in steps:
        now += passed
        if source == 2:
            sent = parse_rtp(stream.local_header(8, now, octets=0, advance=160))
        else:
            sequence, timestamp = numbers[source]
            numbers[source] = ((sequence + 1) & 0xFFFF, (timestamp + 160) & 0xFFFFFFFF)
            data = bytearray(bytes(RtpPacket(0, sequence, timestamp, source + 50, b"")))
            stream.relay(data, len(data), HEADER.unpack_from(data), 8, now)
            sent = parse_rtp(data)
        assert (sent.ssrc, sent.payload_type) == (9, 8)
        if last is not None:
            assert (sent.sequence - last.sequence) & 0xFFFF == 1
            assert 160 <= (sent.timestamp - last.timestamp) & 0xFFFFFFFF <= 8000 * 0.51 + 160
        assert sent.marker == (source != source_before)
        last, source_before = sent, source


@given(st.text("0123456789*#ABCD", max_size=12), st.data())
def test_digits_survive_loss_doubles_and_neighbours_out_of_order(digits: str, data: st.DataObject) -> None:
    receiver = DigitReceiver()
    sent: list[tuple[int, bytes]] = []
    for index, digit in enumerate(digits):
        all_packets = [each.payload for each in digit_packets(digit)]
        kept = data.draw(st.lists(st.sampled_from(all_packets), min_size=1, max_size=10))
        sent.extend((index * 1600, payload) for payload in kept)
    heard = (receiver.receive(1, timestamp, payload) for timestamp, payload in sent)
    assert "".join(each for each in heard if each) == digits


@given(st.lists(st.tuples(st.integers(0, 3), BYTES32, st.floats(0, 3)), max_size=30))
def test_a_recording_lasts_as_long_as_the_clock(arrivals: list[tuple[int, int, float]]) -> None:
    timeline, now, total = Timeline(0.0), 0.0, 0
    for ssrc, timestamp, passed in arrivals:
        now += passed
        timeline.place(b"\1\0" * 160, ssrc, timestamp, now)
        total += len(timeline.take(now))
    total += len(timeline.finish(now))
    assert total == round(now * 8000) * 2


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 65535)), max_size=60))
def test_counts_stay_sensible_whatever_arrives(arrivals: list[tuple[int, int]]) -> None:
    reception = Reception()
    for index, (ssrc, sequence) in enumerate(arrivals):
        reception.arrived(ssrc, sequence, index * 160, 160, index * 0.02)
        report = reception.report()
        assert report and 0 <= report.fraction_lost <= 255 and report.lost >= 0
    assert reception.packets == len(arrivals)
