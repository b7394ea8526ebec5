"""Two far ends joined by a bridge: what one says, the other hears."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.media import g711
from appliance.media.agreement import PCMA, PCMU, AudioCodec, Direction
from appliance.media.rtp import RtpPacket
from appliance.media.wave_files import read_wave
from appliance.runtime.media.bridge import Bridge
from appliance.runtime.media.echo import Echo
from appliance.runtime.media.engine import MediaEngine
from appliance.runtime.media.media_port import MediaPort
from tests.audio_measure import dominant_frequency, sine, tone_level
from tests.integration.media.far_end import FarEnd, assert_continuous

HOST = "127.0.0.1"
FarEnds = Callable[..., FarEnd]
G722 = AudioCodec(9, "G722")


def say(phone: FarEnd, port: MediaPort, count: int, payload_type: int = 8) -> list[RtpPacket]:
    return [phone.send(port, bytes([number + 1]) * 160, payload_type) for number in range(count)]


def spoken(phone: FarEnd, *payload_types: int) -> list[RtpPacket]:
    """What was heard that is not our silence."""
    return [p for p in phone.packets if p.payload_type in payload_types and set(p.payload) != {0xD5}]


async def test_the_same_codec_passes_untouched_both_ways(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        sent = say(alice, a, 10)
        answered = say(bob, b, 10)
        await bob.hears(lambda _: len(spoken(bob, 8)) == 10)
        await alice.hears(lambda _: len(spoken(alice, 8)) == 10)
    assert [packet.payload for packet in spoken(bob, 8)] == [packet.payload for packet in sent]
    assert [packet.payload for packet in spoken(alice, 8)] == [packet.payload for packet in answered]
    steps = {
        b.timestamp - a.timestamp & 0xFFFFFFFF
        for a, b in zip(spoken(bob, 8), spoken(bob, 8)[1:], strict=False)
    }
    assert steps == {160}
    assert_continuous(bob.packets)
    a.close()
    b.close()


async def test_the_two_laws_are_turned_into_each_other(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement(PCMU))
    b.agree(bob.agreement(PCMA))
    sound = sine(440, 0.5)
    with Bridge(a, b):
        for start in range(0, len(sound), 320):
            alice.send(a, g711.encode("PCMU", sound[start : start + 320]), 0)
        heard = await bob.hears(lambda _: len(spoken(bob, 8)) == 25)
    sound = g711.decode("PCMA", b"".join(packet.payload for packet in heard))
    assert dominant_frequency(sound) == pytest.approx(440, abs=2)
    a.close()
    b.close()


async def test_another_codec_passes_under_the_receivers_number(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement(AudioCodec(111, "opus", 48000, 2), PCMA))
    b.agree(bob.agreement(AudioCodec(96, "OPUS", 48000, 2)))
    with Bridge(a, b):
        sent = say(alice, a, 3, 111)
        say(alice, a, 3, 8)
        await bob.hears(lambda packets: len(packets) == 3)
        await asyncio.sleep(0.02)
    assert [packet.payload for packet in bob.packets] == [packet.payload for packet in sent]
    assert {packet.payload_type for packet in bob.packets} == {96}
    a.close()
    b.close()


async def test_ringback_then_prompt_then_conversation_is_one_stream(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    caller, early, callee = far_end(), far_end(), far_end()
    ports = a, b, c = engine.open(HOST), engine.open(HOST), engine.open(HOST)
    for port, phone in zip(ports, (caller, early, callee), strict=True):
        port.agree(phone.agreement())
    a.start_tone("ringback", "FR")
    await caller.hears(lambda packets: len(packets) >= 5)
    a.stop_tone()
    await a.play(sine(700, 0.1))
    with Bridge(a, b):
        say(early, b, 5)
        await caller.hears(lambda _: caller.packets[-1].payload[0] == 5)
    with Bridge(a, c):
        callee.sequence = 5
        say(callee, c, 5)
        await caller.hears(lambda packets: sum(packet.payload[0] == 5 for packet in packets) == 2)
    await caller.hears(lambda packets: packets[-1].payload[0] == 0xD5)
    assert_continuous(caller.packets)
    marked = [packet for packet in caller.packets if packet.marker]
    assert [packet.payload[0] for packet in marked[-3:]] == [1, 1, 0xD5]
    for port in ports:
        port.close()


async def test_digits_pass_under_the_receivers_number(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement(events=96))
    b.agree(bob.agreement(events=101))
    with Bridge(a, b):
        say(alice, a, 2)
        alice.press(a, "8", payload_type=96)
        await bob.hears(lambda packets: sum(p.payload_type == 101 for p in packets) == 8)
        events = [packet for packet in bob.packets if packet.payload_type == 101]
        assert {packet.payload[0] for packet in events} == {8}
        assert len({packet.timestamp for packet in events}) == 1
        assert events[0].marker
        assert_continuous(bob.packets)
        assert await a.next_digit() == "8"
    a.close()
    b.close()


async def test_digits_become_tones_for_an_end_without_events(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement(events=None))
    with Bridge(a, b):
        alice.press(a, "1")
        await bob.hears(lambda packets: len(packets) >= 5)
    heard = bob.sound()[:1600]
    assert min(tone_level(heard, 697), tone_level(heard, 1209)) > -16
    a.close()
    b.close()


async def test_digits_by_signalling_pass_as_events(engine: MediaEngine, far_end: FarEnds) -> None:
    bob = far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    b.agree(bob.agreement())
    with Bridge(a, b):
        a.inject_digit("3")
        await bob.hears(lambda packets: len([p for p in packets if p.payload_type == 101]) == 8)
    a.close()
    b.close()


async def test_a_held_party_hears_nothing_and_hears_again_after(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        say(alice, a, 3)
        await bob.hears(lambda packets: len(packets) == 3)
        b.agree(bob.agreement(direction=Direction.INACTIVE))
        say(alice, a, 3)
        await asyncio.sleep(0.05)
        assert len(bob.packets) == 3
        say(bob, b, 3)
        await asyncio.sleep(0.05)
        assert not alice.packets
        b.agree(bob.agreement())
        say(alice, a, 3)
        await bob.hears(lambda packets: len(packets) == 6)
        assert_continuous(bob.packets)
    a.close()
    b.close()


async def test_a_far_end_that_moves_keeps_its_stream(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob, elsewhere = far_end(), far_end(), far_end("127.0.0.3")
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        say(alice, a, 2)
        await bob.hears(lambda packets: len(packets) == 2)
        b.agree(elsewhere.agreement())
        say(alice, a, 2)
        await elsewhere.hears(lambda packets: len(packets) == 2)
        assert_continuous([*bob.packets, *elsewhere.packets])
        say(elsewhere, b, 2)
        await alice.hears(lambda packets: len(packets) == 2)
        say(bob, b, 2)
        await asyncio.sleep(0.03)
        assert len(alice.packets) == 2
    a.close()
    b.close()


async def test_a_prompt_goes_before_what_is_relayed(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        prompt = asyncio.create_task(b.play(sine(440, 0.1)))
        await bob.hears(lambda packets: len(packets) >= 1)
        say(alice, a, 3)
        await prompt
        heard = len(bob.packets)
        assert heard <= 6
        say(alice, a, 3)
        await bob.hears(lambda packets: len(packets) == heard + 3)
        assert_continuous(bob.packets)
    a.close()
    b.close()


async def test_one_side_is_recorded_while_joined(
    engine: MediaEngine, far_end: FarEnds, tmp_path: Path
) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        recording = asyncio.create_task(a.record(tmp_path / "a.wav", max_seconds=9, silence_seconds=9))
        await asyncio.sleep(0)
        sound = g711.encode("PCMA", sine(600, 0.6))
        for start in range(0, len(sound), 160):
            alice.send(a, sound[start : start + 160])
            await asyncio.sleep(0.015)
        await bob.hears(lambda packets: len(packets) == 30)
        alice.press(a, "#")
        assert (await recording).reason == "digit"
    assert dominant_frequency(read_wave((tmp_path / "a.wav").read_bytes())) == pytest.approx(600, abs=2)
    a.close()
    b.close()


async def test_a_second_bridge_ends_the_first_and_closing_twice_is_no_error(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    alice, bob, carol = far_end(), far_end(), far_end()
    a, b, c = engine.open(HOST), engine.open(HOST), engine.open(HOST)
    for port, phone in ((a, alice), (b, bob), (c, carol)):
        port.agree(phone.agreement())
    first = Bridge(a, b)
    second = Bridge(a, c)
    assert first.closed
    first.close()
    say(alice, a, 2)
    await carol.hears(lambda _: len(spoken(carol, 8)) == 2)
    assert not spoken(bob, 8)
    c.close()
    assert second.closed
    second.close()
    with pytest.raises(ValueError, match="itself"):
        Bridge(a, a)
    a.close()
    b.close()


async def test_no_shared_codec_passes_nothing(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob = far_end(), far_end()
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement(G722))
    b.agree(bob.agreement(PCMA))
    with Bridge(a, b):
        say(alice, a, 3, 9)
        await asyncio.sleep(0.05)
        assert not bob.packets
    a.close()
    b.close()


async def test_an_echo_gives_back_sound_and_digits(engine: MediaEngine, far_end: FarEnds) -> None:
    alice = far_end()
    a = engine.open(HOST)
    a.agree(alice.agreement(PCMU))
    with Echo(a):
        sent = say(alice, a, 5, 0)
        alice.press(a, "6")
        await alice.hears(lambda packets: sum(p.payload_type == 101 for p in packets) == 8)
    assert [p.payload for p in alice.packets if p.payload_type == 0][:5] == [p.payload for p in sent]
    assert_continuous(alice.packets)
    a.close()


async def test_thousands_of_calls_leave_no_port_descriptor_or_object(
    engine: MediaEngine, far_end: FarEnds, tmp_path: Path
) -> None:
    alice = far_end()
    descriptors = len(os.listdir("/proc/self/fd"))
    kept: weakref.WeakSet[MediaPort] = weakref.WeakSet()
    gc.collect()
    gc.disable()
    try:
        for number in range(1000):
            a, b = engine.open(HOST), engine.open(HOST)
            kept.update((a, b))
            a.agree(alice.agreement())
            b.agree(alice.agreement())
            a.start_tone("ringback")
            a.inject_digit("1")
            playing = asyncio.create_task(b.play(bytes(3200)))
            with Bridge(a, b):
                if number % 50 == 0:
                    await asyncio.sleep(0)
            playing.cancel()
            a.close()
            b.close()
            await asyncio.gather(playing, return_exceptions=True)
            del a, b, playing
        assert engine.open_ports == 0
        assert len(os.listdir("/proc/self/fd")) == descriptors
        assert len(kept) <= 2  # the last call may still be named by the frames above
    finally:
        gc.enable()
