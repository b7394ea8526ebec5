"""Offer and answer with browsers: what Chromium and JsSIP write, what we write back, what is refused."""

from __future__ import annotations

import pytest

from appliance.sip.offer_answer import (
    LocalAudio,
    apply_answer,
    build_offer,
    negotiate,
    offered_codecs,
    offers_encryption,
)
from appliance.sip.sdp import Direction, SdpError, parse_sdp
from appliance.sip.webrtc import OwnTerms

DIGEST = ":".join(["AB"] * 32)
OWN = OwnTerms.of(b"a secret of the leg", ":".join(["CD"] * 32))
LOCAL = LocalAudio("192.168.1.2", 12000, rtcp_mux=True, browser=OWN)
BROWSER = f"""v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE audio
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:F7gI
a=ice-pwd:x9cml/YzichV2+XlhiMu8g
a=ice-options:trickle
a=fingerprint:sha-256 {DIGEST}
a=setup:actpass
a=mid:audio
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
"""


def described(*changes: tuple[str, str]) -> bytes:
    text = BROWSER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_a_browsers_offer_is_answered_its_way() -> None:
    offer = parse_sdp(described())
    assert [codec.name for codec in offered_codecs(offer)] == ["opus", "G722", "PCMU", "PCMA"]
    assert offers_encryption(offer)
    answer, agreed = negotiate(offer, LOCAL, 7)
    text = bytes(answer).decode()
    head, _, stream = text.partition("m=audio 12000 UDP/TLS/RTP/SAVPF 0 8 126\r\n")
    assert "a=ice-lite\r\n" in head and "a=group:BUNDLE audio\r\n" in head
    for line in (
        "mid:audio",
        f"ice-ufrag:{OWN.ufrag}",
        f"ice-pwd:{OWN.password}",
        f"fingerprint:sha-256 {OWN.fingerprint}",
        "setup:passive",
        "rtcp-mux",
        "sendrecv",
    ):
        assert f"a={line}\r\n" in stream
    assert "a=candidate:1 1 udp 2130706431 192.168.1.2 12000 typ host\r\n" in stream
    assert agreed.browser is not None and agreed.crypto is None and agreed.rtcp_mux
    assert (agreed.browser.ufrag, agreed.browser.hash_name, agreed.browser.digest) == (
        "F7gI",
        "sha-256",
        DIGEST,
    )
    assert agreed.direction is Direction.SENDRECV and agreed.dtmf_payload_type == 126


def test_our_offer_and_a_browsers_answer() -> None:
    offer = build_offer(LOCAL, 7)
    text = bytes(offer).decode()
    assert "m=audio 12000 UDP/TLS/RTP/SAVPF 8 0 101\r\n" in text
    assert "a=setup:actpass\r\n" in text and "a=mid:0\r\n" in text and "a=group:BUNDLE 0\r\n" in text
    taken = described(("setup:actpass", "setup:active"), ("a=mid:audio", "a=mid:0"), ("126", "101"))
    agreed = apply_answer(offer, parse_sdp(taken), LOCAL)
    assert agreed.browser is not None and [codec.name for codec in agreed.codecs] == ["PCMU", "PCMA"]


def test_a_later_offer_keeps_name_and_password_and_the_streams_name() -> None:
    answer, _ = negotiate(parse_sdp(described()), LOCAL, 7)
    later = bytes(build_offer(LOCAL, 7, 2, answer)).decode()
    assert "a=mid:audio\r\n" in later and f"a=ice-pwd:{OWN.password}\r\n" in later
    assert "a=group:BUNDLE audio\r\n" in later


def test_attributes_may_stand_with_the_session() -> None:
    line = f"a=fingerprint:sha-256 {DIGEST}\n"
    moved = described((line, ""), ("t=0 0\n", f"t=0 0\n{line}"))
    assert negotiate(parse_sdp(moved), LOCAL, 7)[1].browser is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fingerprint:sha-256", "fingerprint:sha-1"),
        ("fingerprint:sha-256", "x-fingerprint:sha-256"),
        (DIGEST, "AB:CD"),
        ("a=ice-ufrag:F7gI\n", ""),
        ("setup:actpass", "setup:passive"),
        ("a=rtcp-mux\n", ""),
    ],
)
def test_what_cannot_be_agreed_to_is_refused(old: str, new: str) -> None:
    with pytest.raises(SdpError) as refused:
        negotiate(parse_sdp(described((old, new))), LOCAL, 7)
    assert refused.value.status == 488


def test_to_a_phone_that_is_no_browser_its_audio_means_nothing() -> None:
    with pytest.raises(SdpError):
        negotiate(parse_sdp(described()), LocalAudio("192.168.1.2", 12000), 7)


def test_a_browser_may_not_answer_in_plain() -> None:
    plain = described(("setup:actpass", "setup:active"), ("UDP/TLS/RTP/SAVPF", "RTP/AVP"))
    with pytest.raises(SdpError):
        apply_answer(build_offer(LOCAL, 7), parse_sdp(plain), LOCAL)


def test_passwords_are_not_shown() -> None:
    assert OWN.password not in repr(LOCAL)
