"""Session descriptions, read and written."""

from __future__ import annotations

import pytest

from appliance.sip.sdp import (
    Codec,
    Direction,
    Media,
    Origin,
    SdpError,
    SessionDescription,
    is_unspecified,
    parse_sdp,
)

LINPHONE = b"""v=0\r
o=bob 1234 5678 IN IP4 10.0.0.7\r
s=Talk\r
c=IN IP4 10.0.0.7\r
b=AS:380\r
t=0 0\r
a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r
a=recvonly\r
m=audio 7078 RTP/AVP 96 97 9 18 0 101 99\r
a=rtpmap:96 opus/48000/2\r
a=fmtp:96 useinbandfec=1\r
a=rtpmap:97 speex/16000\r
a=rtpmap:18 G729/8000\r
a=fmtp:18 annexb=no\r
a=rtpmap:101 telephone-event/48000\r
a=rtpmap:99 telephone-event/8000\r
a=rtcp:7080\r
a=rtcp-mux\r
a=ptime:20\r
a=maxptime:60.5\r
m=video 9078 RTP/SAVP 97\r
c=IN IP6 fd00::7\r
a=rtpmap:97 VP8/90000\r
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r
a=sendonly\r
"""


def test_a_phones_description() -> None:
    session = parse_sdp(LINPHONE)
    audio, video = session.media
    assert session.origin == Origin("1234", "5678", "10.0.0.7", "bob")
    assert (session.session_name, session.bandwidth, session.times) == ("Talk", ("AS:380",), ("0 0",))
    assert audio.codecs == (
        Codec(96, "opus", 48000, 2, "useinbandfec=1"),
        Codec(97, "speex", 16000),
        Codec(9, "G722"),
        Codec(18, "G729", fmtp="annexb=no"),
        Codec(0, "PCMU"),
        Codec(101, "telephone-event", 48000),
        Codec(99, "telephone-event"),
    )
    assert (audio.ptime, audio.maxptime, audio.rtcp_mux, audio.rtcp_port) == (20, 60, True, 7080)
    assert (session.address_of(audio), session.address_of(video)) == ("10.0.0.7", "fd00::7")
    assert (session.direction_of(audio), session.direction_of(video)) == (
        Direction.RECVONLY,
        Direction.SENDONLY,
    )
    assert video.crypto == ("1 AES_CM_128_HMAC_SHA1_80 inline:abc",)
    assert (video.kind, video.port, video.protocol) == ("video", 9078, "RTP/SAVP")


def test_is_written_as_it_was_read() -> None:
    assert bytes(parse_sdp(LINPHONE)) == LINPHONE


@pytest.mark.parametrize(
    "data",
    [
        b"v=0\nm=audio 4000 RTP/AVP 0\nc=IN IP4 10.0.0.1\n",
        b"v=0\r\nc=IN IP4 10.0.0.1\r\no=nonsense\r\nm=audio 4000 RTP/AVP 0",
        b"v=0\r\nz=what\r\nk=prompt\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1/127\r\n\r\n",
        b"v=0\rm = Audio  4000  rtp/avp  0\rc = IN IP4 10.0.0.1\r",
    ],
)
def test_sloppiness_is_forgiven(data: bytes) -> None:
    session = parse_sdp(data)
    media = session.media[0]
    assert (media.kind, media.port, media.codecs) == ("audio", 4000, (Codec(0, "PCMU"),))
    assert session.address_of(media) == "10.0.0.1"
    assert session.direction_of(media) is Direction.SENDRECV
    assert parse_sdp(bytes(session)).media[0].codecs == media.codecs


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"v=1\r\n",
        b"o=- 1 1 IN IP4 10.0.0.1\r\nv=0\r\n",
        b"v=0\r\nm=audio\r\n",
        b"v=0\r\nm=audio 70000 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio -1 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio \xc2\xb2 RTP/AVP 0\r\n",
        b"v=0\r\nc=IN IP4\r\n",
        b"v=0\r\nc=ATM X y\r\n",
        b"v=0\r\nword\r\n",
        b"v=0\r\nab=c\r\n",
        b"v=0\r\n" + b"m=audio 1 RTP/AVP 0\r\n" * 65,
        b"v=0\r\n" + b"a=b\r\n" * 2000,
        b"v=0\r\nm=audio 1 RTP/AVP" + b" 0" * 300,
        b"v" * 70_000,
    ],
)
def test_broken_description_is_refused(data: bytes) -> None:
    with pytest.raises(SdpError) as caught:
        parse_sdp(data)
    assert caught.value.status == 400


def test_formats_that_mean_nothing_are_left_out() -> None:
    session = parse_sdp(
        b"v=0\r\nm=audio 1 RTP/AVP 77 x 200 -1 0 0 98 99 100\r\n"
        b"a=rtpmap:98 /8000\r\na=rtpmap:99 CODEC/fast\r\na=rtpmap:100 iLBC\r\na=ptime:long\r\n"
    )
    assert session.media[0].codecs == (Codec(0, "PCMU"), Codec(100, "iLBC"))
    assert session.media[0].ptime is None


def test_a_mapping_wins_over_the_static_number() -> None:
    media = parse_sdp(b"v=0\r\nm=audio 1 RTP/AVP 9\r\na=rtpmap:9 G722/16000\r\n").media[0]
    assert media.codecs == (Codec(9, "G722", 16000),)


def test_other_transports_have_no_codecs() -> None:
    media = parse_sdp(b"v=0\r\nm=image 4000 udptl t38\r\na=T38FaxVersion:0\r\n").media[0]
    assert (media.kind, media.protocol, media.formats, media.codecs) == ("image", "UDPTL", ("t38",), ())
    assert media.attribute("t38faxversion") == "0"


def test_directions() -> None:
    assert Direction.SENDONLY.reversed is Direction.RECVONLY
    assert Direction.SENDRECV.reversed is Direction.SENDRECV
    assert Direction.INACTIVE.reversed is Direction.INACTIVE
    assert Direction.SENDONLY.within(Direction.RECVONLY) is Direction.INACTIVE
    assert Direction.SENDRECV.within(Direction.RECVONLY) is Direction.RECVONLY


def test_unspecified_addresses() -> None:
    assert is_unspecified("0.0.0.0")
    assert is_unspecified("::")
    assert not is_unspecified("10.0.0.1")
    assert not is_unspecified("pbx.local")


def test_written_from_nothing() -> None:
    media = Media("audio", 4000, "RTP/AVP", ("0",), port_count=2, title="Music", bandwidth=("TIAS:64000",))
    session = SessionDescription(Origin("1", "2", "fd00::1"), (media,), address="fd00::1")
    assert bytes(session.with_media([media])) == (
        b"v=0\r\no=- 1 2 IN IP6 fd00::1\r\ns=-\r\nc=IN IP6 fd00::1\r\nt=0 0\r\n"
        b"m=audio 4000/2 RTP/AVP 0\r\ni=Music\r\nb=TIAS:64000\r\n"
    )
