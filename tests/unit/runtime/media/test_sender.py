"""What a sender puts on the wire at each tick, without a network or a clock."""

from __future__ import annotations

import asyncio
import socket
from typing import cast

import pytest

from appliance.media import g711
from appliance.media.agreement import PCMA, Direction, MediaAgreement
from appliance.media.latch import Latch
from appliance.media.rewriter import OutgoingStream
from appliance.media.rtp import RtpPacket, parse_rtp
from appliance.runtime.media.encryption import Encryption
from appliance.runtime.media.pacer import Pacer, Tick
from appliance.runtime.media.sender import Sender
from appliance.runtime.media.sources import Clip
from tests.audio_measure import sine

FAR_END = ("10.0.0.5", 4000)


class Wire:
    """A socket and a pacer at once: keeps what is sent and who wants ticks."""

    def __init__(self) -> None:
        self.sent: list[RtpPacket] = []
        self.ticks: set[Tick] = set()
        self.failing = False

    def sendto(self, data: bytes, target: tuple[str, int]) -> int:
        assert target == FAR_END
        if self.failing:
            raise OSError("unreachable")
        self.sent.append(parse_rtp(data))
        return len(data)

    def add(self, tick: Tick) -> None:
        self.ticks.add(tick)

    def remove(self, tick: Tick) -> None:
        self.ticks.discard(tick)

    def run(self, *numbers: int) -> None:
        for number in numbers:
            for tick in tuple(self.ticks):
                tick(number, number * 0.02)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def sender(wire: Wire) -> Sender:
    latch = Latch()
    latch.negotiated(*FAR_END)
    stream = OutgoingStream(1, 0, 0)
    sender = Sender(cast(socket.socket, wire), stream, latch, cast(Pacer, wire), Encryption())
    sender.agree(MediaAgreement((PCMA,), *FAR_END, dtmf_payload_type=101))
    return sender


def test_an_hour_of_sound_takes_an_hour_of_timestamps(wire: Wire, sender: Sender) -> None:
    wire.run(*range(1, 180_001))
    assert len(wire.sent) == 180_000
    assert wire.sent[-1].timestamp - wire.sent[0].timestamp == 179_999 * 160
    assert [packet.marker for packet in wire.sent].count(True) == 1


async def test_ticks_given_up_show_in_the_timestamps_and_lose_no_sound(wire: Wire, sender: Sender) -> None:
    sound = sine(440, 0.1)
    playing = asyncio.create_task(sender.play(Clip(sound)))
    await asyncio.sleep(0)
    wire.run(1, 2, 53, 54, 55, 56)
    await playing
    heard = wire.sent[:5]
    assert b"".join(packet.payload for packet in heard) == g711.encode("PCMA", sound)
    assert [packet.timestamp - heard[0].timestamp for packet in heard] == [
        0,
        160,
        52 * 160,
        53 * 160,
        54 * 160,
    ]
    assert [packet.marker for packet in heard] == [True, False, True, False, False]
    assert [packet.sequence for packet in heard] == [1, 2, 3, 4, 5]


async def test_digits_go_before_a_prompt_which_waits_for_them(wire: Wire, sender: Sender) -> None:
    playing = asyncio.create_task(sender.play(Clip(sine(440, 0.06))))
    await asyncio.sleep(0)
    wire.run(1)
    sending = asyncio.create_task(sender.send_digits("12"))
    await asyncio.sleep(0)
    wire.run(*range(2, 30))
    await asyncio.gather(playing, sending)
    kinds = [packet.payload_type for packet in wire.sent]
    assert kinds[:20] == [8] + [101] * 16 + [8] * 3
    after = wire.sent[17]
    assert after.marker and after.timestamp - wire.sent[0].timestamp == 25 * 160


async def test_on_hold_time_passes_and_nothing_is_sent(wire: Wire, sender: Sender) -> None:
    sender.agree(MediaAgreement((PCMA,), *FAR_END, direction=Direction.RECVONLY))
    assert not wire.ticks
    playing = asyncio.create_task(sender.play(Clip(bytes(640))))
    await asyncio.sleep(0)
    wire.run(1, 2, 3)
    await playing
    assert not wire.sent and not wire.ticks


async def test_a_far_end_out_of_reach_is_no_error(wire: Wire, sender: Sender) -> None:
    wire.failing = True
    playing = asyncio.create_task(sender.play(Clip(bytes(640))))
    await asyncio.sleep(0)
    wire.run(1, 2, 3)
    await playing


def test_a_closed_sender_wants_no_ticks(wire: Wire, sender: Sender) -> None:
    assert wire.ticks
    sender.close()
    sender.set_tone(Clip(bytes(320), loop=True))
    sender.queue_events("1")
    assert not wire.ticks
