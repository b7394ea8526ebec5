"""Offers and answers: codecs, digits, direction, hold, several streams, re-offers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.sip.offer_answer import (
    PCMA,
    PCMU,
    AgreedMedia,
    LocalAudio,
    apply_answer,
    audio_of,
    build_offer,
    negotiate,
    offered_codecs,
    remote_direction,
    same_format,
)
from appliance.sip.sdp import Codec, Direction, SdpError, SessionDescription, parse_sdp

OURS = LocalAudio("10.0.0.1", 10000)
OPUS = Codec(96, "opus", 48000, 2, "useinbandfec=1")
G722 = Codec(9, "G722")
G729 = Codec(18, "G729", fmtp="annexb=no")


def described(*lines: str, address: str = "10.0.0.7") -> SessionDescription:
    family = "IP6" if ":" in address else "IP4"
    head = ("v=0", f"o=- 1 1 IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0")
    return parse_sdp("\r\n".join((*head, *lines, "")).encode())


def agree(
    *lines: str, local: LocalAudio = OURS, address: str = "10.0.0.7"
) -> tuple[SessionDescription, AgreedMedia]:
    return negotiate(described(*lines, address=address), local, 1)


def test_offer_on_the_wire() -> None:
    assert bytes(build_offer(replace(OURS, codecs=(G722, PCMA, PCMU)), 7)) == (
        b"v=0\r\no=- 7 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
        b"m=audio 10000 RTP/AVP 9 8 0 101\r\n"
        b"a=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
        b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    )


def test_simplest_agreement() -> None:
    answer, agreed = agree("m=audio 4000 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000")
    assert agreed == AgreedMedia((PCMU, PCMA), 101, "10.0.0.7", 4000)
    assert agreed.codec == PCMU
    assert not agreed.on_hold
    assert answer.media[0].codecs == (PCMU, PCMA, Codec(101, "telephone-event", fmtp="0-16"))
    assert answer.address == "10.0.0.1"
    assert answer.media[0].port == 10000
    assert answer.media[0].direction is Direction.SENDRECV


def test_both_sides_come_to_the_same() -> None:
    theirs = LocalAudio("fd00::7", 4000, (PCMU, G722, PCMA))
    offer = build_offer(OURS, 1)
    answer, seen_by_them = negotiate(offer, theirs, 2)
    seen_by_us = apply_answer(offer, parse_sdp(bytes(answer)), OURS)
    assert seen_by_us.codecs == seen_by_them.codecs == (PCMA, PCMU)
    assert seen_by_us.dtmf_payload_type == seen_by_them.dtmf_payload_type == 101
    assert (seen_by_us.remote_host, seen_by_us.remote_port) == ("fd00::7", 4000)
    assert (seen_by_them.remote_host, seen_by_them.remote_port) == ("10.0.0.1", 10000)


def test_order_is_theirs_or_ours() -> None:
    lines = ("m=audio 4000 RTP/AVP 0 8",)
    assert agree(*lines)[1].codecs == (PCMU, PCMA)
    answer, agreed = agree(*lines, local=replace(OURS, prefer_ours=True))
    assert agreed.codecs == (PCMA, PCMU)
    assert answer.media[0].formats == ("8", "0")


def test_other_codecs_pass_by_name_with_the_offers_numbers() -> None:
    answer, agreed = agree(
        "m=audio 4000 RTP/AVP 111 18 9 101 100",
        "a=rtpmap:111 OPUS/48000/2",
        "a=fmtp:111 maxplaybackrate=16000",
        "a=rtpmap:101 telephone-event/8000",
        "a=rtpmap:100 telephone-event/48000",
        local=replace(OURS, codecs=(G722, OPUS, G729)),
    )
    assert agreed.codecs == (Codec(111, "OPUS", 48000, 2, "useinbandfec=1"), G729, G722)
    assert agreed.dtmf_payload_type == 100
    assert answer.media[0].formats == ("111", "18", "9", "101", "100")
    assert ("fmtp", "111 useinbandfec=1") in answer.media[0].attributes


def test_offer_for_another_leg_avoids_clashing_numbers() -> None:
    offer = build_offer(
        replace(OURS, codecs=(replace(OPUS, payload_type=101), Codec(101, "speex", 16000))), 1
    )
    codecs = {codec.key: codec.payload_type for codec in offer.media[0].codecs}
    assert codecs["OPUS", 48000, 2] == 101
    assert len(set(codecs.values())) == 5
    assert codecs["TELEPHONE-EVENT", 8000, 1] != 101


def test_channels_and_rates_must_fit() -> None:
    with pytest.raises(SdpError) as caught:
        agree("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000", local=replace(OURS, codecs=(OPUS,)))
    assert caught.value.status == 488


def test_parameters_that_change_the_bits_must_fit() -> None:
    assert not same_format(Codec(97, "AMR", fmtp="octet-align=1"), Codec(98, "amr"))
    assert same_format(Codec(97, "AMR", fmtp="octet-align=0; mode-set=7"), Codec(98, "amr"))
    assert not same_format(Codec(97, "iLBC", fmtp="mode=20"), Codec(97, "iLBC"))
    assert same_format(OPUS, Codec(111, "OPUS", 48000, 2))


@pytest.mark.parametrize(
    ("offered", "local", "answered"),
    [
        ("sendrecv", Direction.SENDRECV, Direction.SENDRECV),
        ("sendonly", Direction.SENDRECV, Direction.RECVONLY),
        ("recvonly", Direction.SENDRECV, Direction.SENDONLY),
        ("inactive", Direction.SENDRECV, Direction.INACTIVE),
        ("sendrecv", Direction.SENDONLY, Direction.SENDONLY),
        ("sendonly", Direction.SENDONLY, Direction.INACTIVE),
        ("sendrecv", Direction.INACTIVE, Direction.INACTIVE),
    ],
)
def test_direction_of_the_answer(offered: str, local: Direction, answered: Direction) -> None:
    answer, agreed = agree("m=audio 4000 RTP/AVP 0", f"a={offered}", local=replace(OURS, direction=local))
    assert answer.media[0].direction is answered
    assert agreed.direction is answered
    assert agreed.on_hold is not answered.sends


def test_hold_of_the_old_kind() -> None:
    offer = described("m=audio 4000 RTP/AVP 0", address="0.0.0.0")
    assert remote_direction(offer, offer.media[0]) is Direction.SENDONLY
    answer, agreed = negotiate(offer, OURS, 1)
    assert agreed.on_hold
    assert answer.media[0].direction is Direction.RECVONLY
    assert agree("m=audio 4000 RTP/AVP 0", "a=recvonly", address="::")[1].direction is Direction.INACTIVE


def test_our_hold_is_answered() -> None:
    held = replace(OURS, direction=Direction.SENDONLY)
    offer = build_offer(held, 1, 2)
    assert offer.media[0].direction is Direction.SENDONLY
    answer = described("m=audio 4000 RTP/AVP 8", "a=recvonly")
    assert apply_answer(offer, answer, held).direction is Direction.SENDONLY


def test_session_direction_and_address_hold_for_the_stream() -> None:
    _, agreed = negotiate(described("a=sendonly", "m=audio 4000 RTP/AVP 0", "c=IN IP4 10.0.0.9"), OURS, 1)
    assert agreed.direction is Direction.RECVONLY
    assert agreed.remote_host == "10.0.0.9"


def test_every_stream_but_one_is_refused_in_its_place() -> None:
    answer, agreed = agree(
        "m=video 3000 RTP/AVP 31 97",
        "m=audio 3500 RTP/SAVP 0",
        "m=audio 0 RTP/AVP 0",
        "m=audio 4000 RTP/AVP 8",
        "m=audio 4002 RTP/AVP 8",
        "m=application 5000 UDP/BFCP *",
    )
    assert [(media.kind, media.port, media.protocol) for media in answer.media] == [
        ("video", 0, "RTP/AVP"),
        ("audio", 0, "RTP/SAVP"),
        ("audio", 0, "RTP/AVP"),
        ("audio", 10000, "RTP/AVP"),
        ("audio", 0, "RTP/AVP"),
        ("application", 0, "UDP/BFCP"),
    ]
    assert answer.media[0].formats == ("31", "97")
    assert agreed.remote_port == 4000
    assert parse_sdp(bytes(answer)) == answer


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("m=video 4000 RTP/AVP 31",),
        ("m=audio 0 RTP/AVP 0",),
        ("m=audio 4000 RTP/SAVP 0",),
        ("m=audio 4000 RTP/AVP 3 101", "a=rtpmap:101 telephone-event/8000"),
        ("m=audio 4000 RTP/AVP 0", "c=IN IP4 phone.example.com"),
    ],
)
def test_nothing_to_agree_on(lines: tuple[str, ...]) -> None:
    with pytest.raises(SdpError) as caught:
        agree(*lines)
    assert caught.value.status == 488


def test_feedback_profile_is_answered_with_itself() -> None:
    answer, _ = agree("m=audio 4000 RTP/AVPF 0")
    assert answer.media[0].protocol == "RTP/AVPF"


def test_no_digits_when_not_offered_or_not_wanted() -> None:
    assert agree("m=audio 4000 RTP/AVP 0")[1].dtmf_payload_type is None
    digits = ("m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000")
    answer, agreed = agree(*digits, local=replace(OURS, digits=False))
    assert agreed.dtmf_payload_type is None
    assert answer.media[0].formats == ("0",)
    assert agree(*digits)[1].dtmf_payload_type == 96


def test_comfort_noise_is_no_codec() -> None:
    offer = described("m=audio 4000 RTP/AVP 13 0")
    assert offered_codecs(offer) == (PCMU,)
    assert offered_codecs(described("m=video 1 RTP/AVP 31")) == ()
    assert audio_of(offer) is offer.media[0]


@pytest.mark.parametrize(
    ("lines", "ptime"),
    [((), 20), (("a=ptime:30",), 30), (("a=ptime:17",), 20), (("a=ptime:40", "a=maxptime:30"), 30)]
    + [(("a=maxptime:10",), 10), (("a=maxptime:5",), 10)],
)
def test_packets_are_as_long_as_they_want(lines: tuple[str, ...], ptime: int) -> None:
    assert agree("m=audio 4000 RTP/AVP 0", *lines)[1].ptime == ptime


def test_rtcp_ports() -> None:
    lines = ("m=audio 4000 RTP/AVP 0", "a=rtcp:4050", "a=rtcp-mux")
    answer, agreed = agree(*lines, local=replace(OURS, rtcp_port=10007))
    assert (agreed.remote_rtcp_port, agreed.rtcp_mux) == (4050, False)
    assert answer.media[0].rtcp_port == 10007
    assert not answer.media[0].rtcp_mux
    answer, agreed = agree(*lines, local=replace(OURS, rtcp_mux=True))
    assert agreed.rtcp_mux
    assert answer.media[0].rtcp_mux
    assert build_offer(replace(OURS, rtcp_port=10001), 1).media[0].rtcp_port is None


def test_answer_with_other_numbers_than_the_offer() -> None:
    local = replace(OURS, codecs=(OPUS, PCMA))
    answer = described(
        "m=audio 4000 RTP/AVP 120 8 110",
        "a=rtpmap:120 opus/48000/2",
        "a=rtpmap:110 telephone-event/8000",
    )
    agreed = apply_answer(build_offer(local, 1), answer, local)
    assert agreed.codec.payload_type == 120
    assert agreed.dtmf_payload_type == 110
    assert agreed.receive_numbers == ((96, 120), (101, 110))


def test_answer_may_leave_out_and_add_nothing() -> None:
    offer = build_offer(OURS, 1)
    answer = described("m=audio 4000 RTP/AVP 9 0")
    assert apply_answer(offer, answer, OURS).codecs == (PCMU,)


@pytest.mark.parametrize(
    "lines",
    [(), ("m=audio 0 RTP/AVP 8",), ("m=video 4000 RTP/AVP 31",), ("m=audio 4000 RTP/AVP 9",)]
    + [("m=audio 4000 RTP/SAVP 8",)],
)
def test_answer_that_refuses_or_breaks_the_audio(lines: tuple[str, ...]) -> None:
    with pytest.raises(SdpError) as caught:
        apply_answer(build_offer(OURS, 1), described(*lines), OURS)
    assert caught.value.status == 488


def test_new_offer_keeps_places_and_numbers() -> None:
    answer, _ = agree(
        "m=video 3000 RTP/AVP 31",
        "m=audio 4000 RTP/AVPF 111 98 8",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:98 telephone-event/48000",
        local=replace(OURS, codecs=(OPUS, PCMA)),
    )
    local = replace(OURS, codecs=(PCMU, replace(OPUS, fmtp=""), Codec(111, "speex", 16000)))
    offer = build_offer(local, 1, 2, previous=answer)
    assert [(media.kind, media.port, media.protocol) for media in offer.media] == [
        ("video", 0, "RTP/AVP"),
        ("audio", 10000, "RTP/AVPF"),
    ]
    numbers = {codec.key: codec.payload_type for codec in offer.media[1].codecs}
    assert numbers["OPUS", 48000, 2] == 111
    assert numbers["TELEPHONE-EVENT", 48000, 1] == 98
    assert numbers["SPEEX", 16000, 1] not in (111, 98, 101)
    assert offer.origin.version == "2"


def test_new_offer_after_a_session_without_audio() -> None:
    previous = described("m=video 0 RTP/AVP 31")
    offer = build_offer(OURS, 1, 2, previous=previous)
    assert [(media.kind, media.port) for media in offer.media] == [("video", 0), ("audio", 10000)]
