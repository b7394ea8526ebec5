"""Encrypted audio: the same packet comes out, and nothing else does."""

from __future__ import annotations

import pytest

from appliance.media.rtp import RtpPacket
from appliance.media.srtp import SrtpReceiver, SrtpSender
from appliance.media.srtp_keys import SrtpError, SrtpKeys, SrtpProfile

PACKET = bytes(RtpPacket(8, 7, 160, 0xCAFE, b"\xd5" * 160))
# A receiver report without blocks.
REPORT = b"\x80\xc9\x00\x01\x00\x00\xca\xfe"


def key_of(profile: SrtpProfile) -> bytes:
    return bytes(range(profile.key_octets + profile.salt_octets))


@pytest.mark.parametrize("profile", SrtpProfile)
def test_what_is_protected_is_opened_with_the_same_key(profile: SrtpProfile) -> None:
    sender, receiver = SrtpSender(profile, key_of(profile)), SrtpReceiver(profile, key_of(profile))
    protected = sender.rtp(PACKET)
    assert protected[:12] == PACKET[:12]
    assert PACKET[12:] not in protected
    assert receiver.rtp(protected) == PACKET
    report = sender.rtcp(REPORT)
    assert report[8:] != REPORT[8:]
    assert receiver.rtcp(report) == REPORT


def test_a_packet_of_rfc_3711s_cipher_is_what_libraries_of_others_make() -> None:
    """The reference packet of libsrtp's driver for AES_CM_128_HMAC_SHA1_80."""
    key = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
    plain = bytes.fromhex("800f1234decafbadcafebabe" + "ab" * 16)
    protected = bytes.fromhex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb")
    assert SrtpSender(SrtpProfile.AES_128_SHA1_80, key).rtp(plain) == protected
    assert SrtpReceiver(SrtpProfile.AES_128_SHA1_80, key).rtp(protected) == plain


@pytest.mark.parametrize("profile", SrtpProfile)
def test_repeated_forged_and_foreign_packets_are_refused(profile: SrtpProfile) -> None:
    sender, receiver = SrtpSender(profile, key_of(profile)), SrtpReceiver(profile, key_of(profile))
    protected = sender.rtp(PACKET)
    forged = protected[:20] + bytes([protected[20] ^ 1]) + protected[21:]
    for wrong in (forged, PACKET, protected[:-1], b"", b"\x80", bytes(3000)):
        with pytest.raises(SrtpError):
            receiver.rtp(wrong)
        with pytest.raises(SrtpError):
            receiver.rtcp(wrong)
    with pytest.raises(SrtpError):
        SrtpReceiver(profile, key_of(profile)[::-1]).rtp(protected)
    assert receiver.rtp(protected) == PACKET
    with pytest.raises(SrtpError):
        receiver.rtp(protected)


def test_numbers_go_round_without_a_gap() -> None:
    profile = SrtpProfile.AES_128_SHA1_80
    sender, receiver = SrtpSender(profile, key_of(profile)), SrtpReceiver(profile, key_of(profile))
    for number in (65534, 65535, 0, 1):
        packet = bytes(RtpPacket(8, number, 160, 0xCAFE, b"\xd5" * 160))
        assert receiver.rtp(sender.rtp(packet)) == packet


def test_what_is_too_long_or_no_packet_is_not_sent() -> None:
    sender = SrtpSender(SrtpProfile.AES_128_SHA1_80, key_of(SrtpProfile.AES_128_SHA1_80))
    for wrong in (b"", PACKET * 8):
        with pytest.raises(SrtpError):
            sender.rtp(wrong)
        with pytest.raises(SrtpError):
            sender.rtcp(wrong)


def test_keys_have_their_length_and_are_not_shown() -> None:
    key = key_of(SrtpProfile.AES_128_SHA1_80)
    shown = repr(SrtpKeys(SrtpProfile.AES_128_SHA1_80, key, key))
    assert repr(key) not in shown and "sending" not in shown
    with pytest.raises(ValueError):
        SrtpKeys(SrtpProfile.AES_256_GCM, key, key)
    with pytest.raises(ValueError):
        SrtpSender(SrtpProfile.AES_128_GCM, key)
