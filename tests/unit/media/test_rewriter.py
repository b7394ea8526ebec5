"""One continuous stream out of many sources."""

from __future__ import annotations

from appliance.media.rewriter import OutgoingStream
from appliance.media.rtp import HEADER, RtpPacket, parse_rtp

SSRC = 77


def stream() -> OutgoingStream:
    return OutgoingStream(SSRC, 65533, 2**32 - 500)


def relayed(out: OutgoingStream, now: float, **fields: object) -> RtpPacket:
    values = {"payload_type": 8, "sequence": 1, "timestamp": 160, "ssrc": 5, "payload": b"s" * 160} | fields
    packet = bytearray(bytes(RtpPacket(**values)))  # type: ignore[arg-type]
    out.relay(packet, len(packet), HEADER.unpack_from(packet), 0, now)
    return parse_rtp(packet)


def local(out: OutgoingStream, now: float, *, spurt: bool = False, advance: int = 160) -> RtpPacket:
    return parse_rtp(out.local_header(8, now, octets=160, advance=advance, spurt=spurt) + b"l" * 160)


def test_a_relayed_packet_keeps_its_sound_and_gets_our_identity() -> None:
    out = relayed(stream(), 1.0)
    assert (out.ssrc, out.sequence, out.payload_type, out.payload) == (SSRC, 65534, 0, b"s" * 160)
    assert out.marker


def test_the_same_source_keeps_its_order_gaps_and_steps() -> None:
    out = stream()
    numbers = [(10, 1600), (11, 1760), (13, 2080), (12, 1920), (14, 2240)]
    sent = [relayed(out, 0.02 * n, sequence=s, timestamp=t) for n, (s, t) in enumerate(numbers)]
    first = sent[0]
    assert [(p.sequence - first.sequence) & 0xFFFF for p in sent] == [0, 1, 3, 2, 4]
    assert [(p.timestamp - first.timestamp) & 0xFFFFFFFF for p in sent] == [0, 160, 480, 320, 640]
    assert [p.marker for p in sent] == [True, False, False, False, False]


def test_a_marker_of_the_source_stays() -> None:
    out = stream()
    relayed(out, 0.0)
    assert relayed(out, 0.02, sequence=2, timestamp=320, marker=True).marker


def test_another_source_goes_on_where_the_last_was() -> None:
    out = stream()
    before = relayed(out, 0.0)
    after = relayed(out, 1.0, ssrc=6, sequence=40000, timestamp=9)
    assert (after.sequence - before.sequence) & 0xFFFF == 1
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 8000
    assert after.marker and after.ssrc == SSRC


def test_sources_that_change_at_once_never_share_a_timestamp() -> None:
    out = stream()
    before = relayed(out, 0.0)
    after = relayed(out, 0.0, ssrc=6, sequence=40000, timestamp=9)
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 160


def test_a_source_that_begins_anew_under_its_old_name_goes_on_too() -> None:
    out = stream()
    before = relayed(out, 0.0, sequence=100)
    after = relayed(out, 0.5, sequence=30000, timestamp=5)
    assert (after.sequence - before.sequence) & 0xFFFF == 1
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 4000
    assert after.marker


def test_tone_then_relay_then_prompt() -> None:
    out = stream()
    packets = [
        local(out, 0.0),
        local(out, 0.02),
        relayed(out, 0.10),
        relayed(out, 0.12, sequence=2, timestamp=320),
    ]
    packets.append(local(out, 0.30))
    assert [p.marker for p in packets] == [True, False, True, False, True]
    steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in zip(packets, packets[1:], strict=False)]
    assert steps == [160, 640, 160, 1440]
    assert [(p.sequence - 65534) & 0xFFFF for p in packets] == [0, 1, 2, 3, 4]


def test_the_packets_of_a_digit_share_a_timestamp_and_time_goes_on_after() -> None:
    out = stream()
    sound = local(out, 0.0)
    digit = [local(out, 0.02 * n, spurt=n == 1, advance=0) for n in range(1, 7)]
    after = local(out, 0.14, spurt=True)
    assert {p.timestamp for p in digit} == {(sound.timestamp + 160) & 0xFFFFFFFF}
    assert (after.timestamp - digit[0].timestamp) & 0xFFFFFFFF == 960
    assert [p.marker for p in digit] == [True] + [False] * 5


def test_relayed_digits_leave_room_for_their_length() -> None:
    out = stream()
    first = relayed(out, 0.0, timestamp=160)
    for number in range(2, 8):
        relayed(out, 0.02 * number, sequence=number, timestamp=160)
    after = relayed(out, 0.2, ssrc=6)
    assert (after.timestamp - first.timestamp) & 0xFFFFFFFF == 1600


def test_what_was_sent_is_counted() -> None:
    out = stream()
    relayed(out, 0.0)
    local(out, 0.1)
    assert (out.packets, out.octets) == (2, 320)


def test_the_present_timestamp_for_a_report() -> None:
    out = stream()
    assert out.timestamp_at(9.0) == out.timestamp
    local(out, 1.0)
    assert (out.timestamp_at(1.5) - out.timestamp) & 0xFFFFFFFF == 4000
