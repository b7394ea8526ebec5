"""Ports whose far end speaks SRTP: joined to plain ones, given other keys, left alone by who has none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.media.agreement import PCMA, PCMU
from appliance.media.rtcp import parse_rtcp
from appliance.media.rtp import RtpPacket
from appliance.media.srtp import SrtpReceiver
from appliance.media.srtp_keys import SrtpKeys, SrtpProfile
from appliance.runtime.media.bridge import Bridge
from appliance.runtime.media.engine import MediaEngine
from tests.audio_measure import sine
from tests.integration.media.far_end import FarEnd, assert_continuous

HOST = "127.0.0.1"
FarEnds = Callable[..., FarEnd]


def keys(
    sending: int = 1, receiving: int = 2, profile: SrtpProfile = SrtpProfile.AES_128_SHA1_80
) -> SrtpKeys:
    length = profile.key_octets + profile.salt_octets
    return SrtpKeys(profile, bytes([sending]) * length, bytes([receiving]) * length)


def spoken(phone: FarEnd) -> list[bytes]:
    """What was heard that is not our silence."""
    return [p.payload for p in phone.packets if set(p.payload) not in ({0xD5}, {0xFF})]


def say(phone: FarEnd, port: object, count: int, first: int = 1, payload_type: int = 8) -> list[bytes]:
    return [phone.send(port, bytes([first + n]) * 160, payload_type).payload for n in range(count)]  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", SrtpProfile)
async def test_an_encrypted_and_a_plain_end_hear_each_other(
    engine: MediaEngine, far_end: FarEnds, profile: SrtpProfile
) -> None:
    alice, bob = far_end(), far_end()
    alice.encrypt(keys(profile=profile))
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        # More than enough for the numbers to go round (they begin at 65530).
        sent, answered = say(alice, a, 20), say(bob, b, 20)
        await bob.hears(lambda _: len(spoken(bob)) == 20)
        await alice.hears(lambda _: len(spoken(alice)) == 20)
    assert spoken(bob) == sent and spoken(alice) == answered
    assert_continuous(alice.packets)
    clear = {bytes(RtpPacket(8, 0, 0, 0, each))[12:] for each in answered}
    assert not any(each in datagram for each in clear for datagram in alice.datagrams)


async def test_two_encrypted_ends_of_both_laws_and_keys_of_their_own(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    alice, bob = far_end(), far_end()
    alice.encrypt(keys(1, 2))
    bob.encrypt(keys(3, 4, SrtpProfile.AES_256_GCM))
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement(PCMU))
    b.agree(bob.agreement(PCMA))
    with Bridge(a, b):
        say(alice, a, 5, payload_type=0)
        say(bob, b, 5)
        await bob.hears(lambda _: len(spoken(bob)) == 5)
        await alice.hears(lambda _: len(spoken(alice)) == 5)


async def test_keys_change_with_the_session_and_stay_where_they_were_not_changed(
    engine: MediaEngine, far_end: FarEnds
) -> None:
    alice, bob = far_end(), far_end()
    alice.encrypt(keys(1, 2))
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        say(alice, a, 10), say(bob, b, 3)
        await bob.hears(lambda _: len(spoken(bob)) == 10)
        await alice.hears(lambda _: len(spoken(alice)) == 3)
        # The same keys once more, as a hold and its end bring them: the round of the numbers is kept.
        a.agree(alice.agreement())
        say(alice, a, 3, 50)
        await bob.hears(lambda _: len(spoken(bob)) == 13)
        alice.encrypt(keys(1, 9))
        a.agree(alice.agreement())
        say(alice, a, 3, 60)
        await bob.hears(lambda _: len(spoken(bob)) == 16)
        alice.encrypt(None)
        a.agree(alice.agreement())
        say(alice, a, 3, 70), say(bob, b, 3, 80)
        await bob.hears(lambda _: len(spoken(bob)) == 19)
        await alice.hears(lambda _: len(spoken(alice)) == 6)


async def test_who_has_not_the_key_is_not_heard(engine: MediaEngine, far_end: FarEnds) -> None:
    alice, bob, eve = far_end(), far_end(), far_end()
    alice.encrypt(keys())
    a, b = engine.open(HOST), engine.open(HOST)
    a.agree(alice.agreement())
    b.agree(bob.agreement())
    with Bridge(a, b):
        for _ in range(3):
            eve.send(a, b"\x11" * 160)
        alice.encrypt(keys(1, 8))
        say(alice, a, 3)
        alice.encrypt(keys())
        say(alice, a, 2, 100)
        await bob.hears(lambda _: len(spoken(bob)) == 2)
    assert spoken(bob) == [b"\x64" * 160, b"\x65" * 160]
    assert a.statistics.encrypted and a.statistics.undeciphered == 6 and not b.statistics.encrypted
    assert a.statistics.packets_received == 2 and a.statistics.strangers == 0


async def test_prompts_recordings_digits_and_reports_are_encrypted_too(
    engine: MediaEngine, far_end: FarEnds, tmp_path: Path
) -> None:
    alice = far_end()
    alice.encrypt(keys())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reports:
        reports.bind((HOST, 0))
        reports.setblocking(False)
        a = engine.open(HOST)
        a.agree(replace(alice.agreement(), remote_rtcp_port=reports.getsockname()[1]))
        await a.play(sine(700, 0.1))
        await alice.hears(lambda packets: len(packets) >= 5)
        recording = asyncio.create_task(
            a.record(tmp_path / "a.wav", max_seconds=9, silence_seconds=9, stop_digits="#")
        )
        await asyncio.sleep(0)
        say(alice, a, 5)
        alice.press(a, "#")
        assert (await recording).reason == "digit"
        a.close()
        said = await asyncio.get_running_loop().sock_recv(reports, 2048)
    assert parse_rtcp(SrtpReceiver(SrtpProfile.AES_128_SHA1_80, keys().sending).rtcp(said)).goodbyes
