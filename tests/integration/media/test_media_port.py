"""A port against a far end on the loopback: what each hears of the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from appliance.media import g711
from appliance.media.agreement import PCMA, PCMU, AudioCodec, Direction, MediaAgreement
from appliance.media.reception import ReceptionReport
from appliance.media.rtcp import Compound, Report, SenderInfo, build_rtcp
from appliance.media.rtp import RtpPacket
from appliance.runtime.media.echo import Echo
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.media.media_port import NotPlayable
from appliance.runtime.media.ports import NoPortsLeft
from appliance.runtime.media.sender import PortClosed
from tests.audio_measure import dominant_frequency, sine, tone_level
from tests.integration.media.far_end import EVENTS, FarEnd, assert_continuous, settle

HOST = "127.0.0.1"
FarEnds = Callable[..., FarEnd]


async def until(wanted: Callable[[], bool]) -> None:
    """Wait for what will come true. Raises TimeoutError."""
    async with asyncio.timeout(5):
        while not wanted():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


async def test_a_prompt_is_heard_whole_and_paced(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    started = engine.clock()
    await port.play(sine(440, 0.5))
    assert engine.clock() - started > 0.45
    await settle()
    assert dominant_frequency(phone.sound()) == pytest.approx(440, abs=2)
    assert tone_level(phone.sound()[: 8000 - 320], 440) == pytest.approx(-12, abs=0.6)
    assert_continuous(phone.packets)
    assert phone.packets[0].marker
    port.close()


async def test_nothing_is_sent_before_the_agreement_but_time_passes(engine: MediaEngine) -> None:
    port = engine.open(HOST)
    started = engine.clock()
    await port.play(bytes(1600))
    assert engine.clock() - started > 0.06
    assert port.statistics.packets_sent == 0
    port.close()


async def test_a_stream_of_pieces_is_played_in_order(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement(PCMU))
    sound = sine(500, 0.3)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sound), 1000):
            yield sound[start : start + 1000]

    await port.play(pieces())
    await settle()
    heard = phone.sound("PCMU")
    assert dominant_frequency(heard) == pytest.approx(500, abs=2)
    port.close()


async def test_a_cancelled_prompt_stops_at_once(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await port.play(sine(440, 60), loop=True)
    count = len(phone.packets)
    # A port that stands alone goes on with silence.
    await phone.hears(lambda packets: len(packets) > count + 4)
    assert set(phone.packets[-1].payload) == {g711.SILENT_CODE["PCMA"][0]}
    assert_continuous(phone.packets)
    port.close()


async def test_two_prompts_the_second_ends_the_first(engine: MediaEngine, far_end: FarEnds) -> None:
    port = engine.open(HOST)
    first = asyncio.create_task(port.play(sine(440, 60)))
    await asyncio.sleep(0.03)
    await port.play(bytes(320))
    await asyncio.wait_for(first, 5)
    port.close()


async def test_no_g711_cannot_be_played(engine: MediaEngine, far_end: FarEnds) -> None:
    port = engine.open(HOST)
    port.agree(far_end().agreement(AudioCodec(9, "G722")))
    with pytest.raises(NotPlayable):
        await port.play(bytes(320))
    port.close()


async def test_prompts_use_the_g711_that_was_accepted_beside(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement(AudioCodec(9, "G722"), PCMU))
    await port.play(sine(440, 0.1))
    await settle()
    assert {packet.payload_type for packet in phone.packets} == {0}
    port.close()


async def test_packets_last_as_long_as_agreed(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement(ptime=40))
    await port.play(sine(440, 0.3))
    await phone.hears(lambda packets: len(packets) >= 6)
    assert {len(packet.payload) for packet in phone.packets} == {320}
    steps = {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(phone.packets)}
    assert min(steps) == 320
    port.close()


async def test_a_tone_goes_on_until_stopped(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    port.start_tone("ringback", "US")
    await phone.hears(lambda packets: len(packets) >= 10)
    port.stop_tone()
    heard = phone.sound()
    assert tone_level(heard[640:], 440) == pytest.approx(-16, abs=1)
    assert tone_level(heard[640:], 480) == pytest.approx(-16, abs=1)
    with pytest.raises(ValueError, match="no tone"):
        port.start_tone("hum")
    port.close()


async def test_hold_sends_nothing_and_resume_goes_on(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    await phone.hears(lambda packets: len(packets) >= 3)
    for direction in (Direction.RECVONLY, Direction.INACTIVE):
        port.agree(phone.agreement(direction=direction))
        await settle()
        count = len(phone.packets)
        await port.play(bytes(320 * 5))
        assert len(phone.packets) == count
    port.agree(phone.agreement(direction=Direction.SENDONLY))
    await phone.hears(lambda packets: len(packets) >= 8)
    assert_continuous(phone.packets)
    jump = next(b for a, b in zip(phone.packets, phone.packets[1:], strict=False) if b.marker)
    assert jump.timestamp != phone.packets[0].timestamp
    port.close()


async def test_the_old_hold_to_nowhere_sends_nothing(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    held = phone.agreement()
    port.agree(type(held)((PCMA,), "0.0.0.0", phone.port))
    await port.play(bytes(640))
    assert port.statistics.packets_sent == 0
    port.close()


async def test_strangers_are_neither_heard_nor_answered(
    engine: MediaEngine, far_end: FarEnds, tmp_path: Path
) -> None:
    phone, stranger = far_end(), far_end("127.0.0.9")
    port = engine.open(HOST)
    port.agree(phone.agreement())
    for _ in range(20):
        stranger.send(port)
    stranger.press(port, "5")
    phone.press(port, "1")
    assert await asyncio.wait_for(port.next_digit(), 5) == "1"
    await phone.hears(lambda packets: len(packets) >= 5)
    assert not stranger.packets
    assert port.statistics.strangers >= 20
    assert port.statistics.packets_received <= 8
    port.close()


async def test_a_stranger_first_does_not_take_the_place(engine: MediaEngine, far_end: FarEnds) -> None:
    phone, stranger = far_end(), far_end("127.0.0.9")
    port = engine.open(HOST)
    port.agree(phone.agreement())
    stranger.send(port)
    await settle()
    phone.send(port)
    await phone.hears(lambda packets: len(packets) >= 3)
    assert not stranger.packets
    port.close()


async def test_the_far_end_behind_a_nat_is_answered_where_it_sends_from(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    phone, same_host = far_end(), far_end()
    port = engine.open(HOST)
    # Negotiated: another port of the same host, from which nothing ever comes.
    port.agree(phone.agreement(port=9))
    phone.send(port)
    await phone.hears(lambda packets: len(packets) >= 2)
    same_host.send(port)
    count = len(phone.packets)
    await phone.hears(lambda packets: len(packets) >= count + 3)
    assert not same_host.packets
    port.close()


async def test_what_is_not_rtp_cannot_be_latched_onto(engine: MediaEngine, far_end: FarEnds) -> None:
    phone, same_host = far_end(), far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement(port=9))
    same_host.socket.sendto(b"x" * 40, port.local_address)
    same_host.send(port, payload_type=77)
    await settle()
    phone.send(port)
    await phone.hears(lambda packets: len(packets) >= 2)
    assert not same_host.packets
    port.close()


@pytest.mark.parametrize("kept", [lambda n: n == 1, lambda n: n == 4, lambda n: n >= 8, lambda n: True])
async def test_a_digit_counts_once_whatever_is_lost(
    engine: MediaEngine, far_end: FarEnds, kept: Callable[[int], bool]
) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    for digit in "1#1":
        phone.press(port, digit, keep=kept)
    heard = [await asyncio.wait_for(port.next_digit(), 5) for _ in range(3)]
    assert heard == ["1", "#", "1"]
    await settle()
    phone.press(port, "9")
    assert await asyncio.wait_for(port.next_digit(), 5) == "9"
    port.close()


async def test_digits_by_signalling_join_the_others(engine: MediaEngine) -> None:
    port = engine.open(HOST)
    port.inject_digit("4")
    port.inject_digit("*")
    assert await port.next_digit() == "4"
    port.forget_digits()
    with pytest.raises(ValueError, match="not a digit"):
        port.inject_digit("x")
    port.close()
    with pytest.raises(PortClosed):
        await port.next_digit()


async def test_digits_are_sent_as_events(engine: MediaEngine, far_end: FarEnds) -> None:
    phone, other = far_end(), engine.open(HOST)
    port = engine.open(HOST)
    port.agree(phone.agreement(events=96))
    await port.send_digits("1 2")
    await phone.hears(lambda packets: sum(p.payload_type == 96 for p in packets) >= 16)
    events = [packet for packet in phone.packets if packet.payload_type == 96]
    assert [packet.marker for packet in events].count(True) == 2
    assert len({packet.timestamp for packet in events}) == 2
    assert events[0].payload[0] == 1 and events[-1].payload[0] == 2
    assert [packet.payload[1] >> 7 for packet in events[:8]].count(1) == 3
    assert_continuous(phone.packets)
    with pytest.raises(ValueError):
        await port.send_digits("12a3x")
    other.close()
    port.close()


async def test_digits_are_sent_as_tones_where_no_events_were_agreed(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement(events=None))
    await port.send_digits("5")
    await settle()
    heard = phone.sound()
    assert tone_level(heard[:1600], 770) > -16
    assert tone_level(heard[:1600], 1336) > -16
    assert tone_level(heard[:1600], 1209) < -30
    port.close()


async def test_reports_are_sent_and_read(engine: MediaEngine, far_end: FarEnds) -> None:
    phone, reports = far_end(), far_end()
    port = engine.open(HOST)
    agreed = phone.agreement()
    port.agree(
        type(agreed)(agreed.codecs, agreed.remote_host, agreed.remote_port, remote_rtcp_port=reports.port)
    )
    phone.send(port)
    await phone.hears(lambda packets: len(packets) >= 2)
    reports_seen: list[bytes] = reports.datagrams
    port.report_if_due(engine.clock() + 10)
    await until(lambda: len(reports_seen) == 1)
    assert reports_seen[0][1] == 200
    about_us = Compound((Report(phone.ssrc, SenderInfo(1 << 40, 0, 1, 160), ()),), "phone")
    reports.socket.sendto(build_rtcp(about_us), (HOST, port.rtcp_port))
    await settle()
    port.report_if_due(engine.clock() + 30)
    await until(lambda: len(reports_seen) == 2)
    port.close()
    await until(lambda: len(reports_seen) == 3)
    assert reports_seen[-1][-8:-4] == b"\x81\xcb\x00\x01"


async def test_losses_are_counted(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    for number in range(20):
        if number % 5 == 4:
            phone.sequence = (phone.sequence + 1) & 0xFFFF
        else:
            phone.send(port)
    await until(lambda: port.statistics.packets_received == 16)
    statistics = port.statistics
    assert statistics.lost == 3
    assert statistics.octets_received == 16 * 160
    assert statistics.seconds_since_received is not None and statistics.seconds_since_received < 5
    port.close()


async def test_closing_ends_what_is_going_on_and_frees_the_ports(engine: MediaEngine) -> None:
    port = engine.open(HOST)
    playing = asyncio.create_task(port.play(bytes(160000)))
    waiting = asyncio.create_task(port.next_digit())
    await asyncio.sleep(0.01)
    port.close()
    port.close()
    results = await asyncio.gather(playing, waiting, return_exceptions=True)
    assert [type(result) for result in results] == [PortClosed, PortClosed]
    assert engine.open_ports == 0
    with pytest.raises(PortClosed):
        await port.play(b"")


async def test_ports_come_in_pairs_and_run_out_clearly() -> None:
    async with MediaEngine(tokens=lambda: "t", port_range=(34001, 34006)) as engine:
        first, second = engine.open(HOST), engine.open(HOST)
        for port in (first, second):
            assert port.local_address[1] % 2 == 0
            assert port.rtcp_port == port.local_address[1] + 1
        with pytest.raises(NoPortsLeft):
            engine.open(HOST)
        first.close()
        engine.open(HOST)
        with pytest.raises(OSError):
            engine.open("192.0.2.1")
    assert engine.open_ports == 0


async def test_ipv6(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end("::1")
    port = engine.open("::1")
    port.agree(phone.agreement())
    phone.press(port, "7")
    assert await asyncio.wait_for(port.next_digit(), 5) == "7"
    await phone.hears(lambda packets: len(packets) >= 3)
    port.close()


async def test_rubbish_changes_nothing(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    port.agree(phone.agreement())
    bad = bytes(RtpPacket(8, 1, 1, 1, b""))
    for data in (
        b"",
        b"\x80",
        os.urandom(12),
        b"\xbf" + bad[1:],
        b"\x90" + bad[1:] + b"\xff" * 3,
        bytes(1500),
    ):
        phone.socket.sendto(data, port.local_address)
        phone.socket.sendto(data, (HOST, port.rtcp_port))
    phone.socket.sendto(bytes(RtpPacket(EVENTS, 2, 2, 2, b"\x01")), port.local_address)
    phone.socket.sendto(bytes(RtpPacket(EVENTS, 3, 3, 2, b"\xff\x00\x00\x00")), port.local_address)
    phone.press(port, "3")
    assert await asyncio.wait_for(port.next_digit(), 5) == "3"
    port.close()


async def test_our_own_ports_are_never_a_far_end(engine: MediaEngine) -> None:
    first, second = engine.open(HOST), engine.open(HOST)
    first.agree(MediaAgreement((PCMA,), *second.local_address))
    second.agree(MediaAgreement((PCMA,), *first.local_address))
    with Echo(first), Echo(second):
        await asyncio.sleep(0.1)
        first.sender.set_relayed(False)
        await asyncio.sleep(0.1)
    assert second.statistics.packets_received == first.statistics.packets_received == 0
    assert second.statistics.strangers > 0
    first.close()
    second.close()


async def test_a_stream_that_fails_tells_who_plays_it(engine: MediaEngine) -> None:
    port = engine.open(HOST)

    async def pieces() -> AsyncIterator[bytes]:
        yield bytes(640)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await port.play(pieces())
    playing = asyncio.create_task(port.play(_endless()))
    await asyncio.sleep(0.01)
    port.close()
    with pytest.raises(PortClosed):
        await playing


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(3200)


async def test_reports_share_the_port_of_the_sound_when_agreed(engine: MediaEngine, far_end: FarEnds) -> None:
    phone = far_end()
    port = engine.open(HOST)
    agreed = phone.agreement()
    port.agree(MediaAgreement(agreed.codecs, agreed.remote_host, agreed.remote_port, rtcp_mux=True))
    await phone.hears(lambda packets: len(packets) >= 2)
    ours = phone.packets[0].ssrc
    about_us = ReceptionReport(ours, 0, 7, 0, 80)
    phone.socket.sendto(build_rtcp(Compound((Report(phone.ssrc, None, (about_us,)),))), port.local_address)
    await until(lambda: port.statistics.remote_lost == 7)
    assert port.statistics.remote_jitter_ms == 10
    port.report_if_due(engine.clock() + 10)
    await until(lambda: any(data[1] == 200 for data in phone.datagrams))
    port.close()
