"""Whatever a description holds, reading and agreeing end soon and raise nothing but SdpError."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.offer_answer import (
    PCMA,
    PCMU,
    AgreedMedia,
    LocalAudio,
    apply_answer,
    build_offer,
    negotiate,
    offered_codecs,
)
from appliance.sip.parser import find_head_end
from appliance.sip.sdes import SUITES, Crypto, Encryption, SdesError, parse_crypto
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

MESSAGES = Path(__file__).parents[1] / "data" / "sip-messages"
BODIES = [
    body
    for path in sorted(MESSAGES.rglob("*.dat"))
    if (body := path.read_bytes()[find_head_end(path.read_bytes())[1] :]).startswith(b"v=0")
]
OURS = LocalAudio("10.0.0.1", 10000, (Codec(96, "opus", 48000, 2), Codec(9, "G722"), PCMA, PCMU))

tokens = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789-.", min_size=1, max_size=8)
names = st.sampled_from(
    ["PCMU", "PCMA", "G722", "opus", "G729", "AMR", "speex", "telephone-event", "CN", "iLBC"]
)
codecs = st.builds(
    Codec,
    st.integers(96, 127),
    names,
    st.sampled_from([8000, 16000, 48000]),
    st.sampled_from([1, 2]),
    st.sampled_from(["", "mode=20", "octet-align=1", "annexb=no"]),
)
addresses = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))
locals_ = st.builds(
    LocalAudio,
    addresses.filter(lambda address: not is_unspecified(address)),
    st.integers(1024, 65534),
    # `digits` stands for telephone-event, which is not among the codecs of a LocalAudio.
    st.lists(codecs.filter(lambda codec: not codec.is_telephone_event), max_size=6).map(tuple),
    st.one_of(st.none(), st.integers(1024, 65535)),
    st.booleans(),
    st.sampled_from(Direction),
    st.sampled_from([10, 20, 30]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Encryption),
    st.just(b"a leg's secret"),
    st.lists(st.sampled_from(sorted(SUITES)), min_size=1, max_size=4, unique=True).map(tuple),
)
attributes = st.lists(st.tuples(tokens.map(str.lower), st.one_of(st.none(), tokens)), max_size=4).map(tuple)
media = st.builds(
    Media,
    st.sampled_from(["audio", "video", "image"]),
    st.integers(0, 65535),
    st.sampled_from(["RTP/AVP", "RTP/SAVP", "RTP/AVPF", "UDPTL"]),
    st.lists(st.integers(0, 127).map(str), min_size=1, max_size=6).map(tuple),
    st.integers(1, 3),
    st.one_of(st.none(), addresses),
    attributes,
)
sessions = st.builds(
    SessionDescription,
    st.builds(Origin, tokens, tokens, addresses, tokens),
    st.lists(media, max_size=5).map(tuple),
    tokens,
    st.one_of(st.none(), addresses),
    attributes=attributes,
)


def use(data: bytes) -> bool:
    """Read a description and answer it; whether it could be read."""
    try:
        session = parse_sdp(data)
    except SdpError as error:
        assert error.status == 400
        return False
    assert parse_sdp(bytes(session)).media == session.media
    offered_codecs(session)
    for local in (OURS, replace(OURS, prefer_ours=True, direction=Direction.SENDONLY)):
        try:
            answer, agreed = negotiate(session, local, 1)
        except SdpError as error:
            assert error.status == 488
        else:
            check_answer(session, answer, agreed)
        try:
            apply_answer(build_offer(local, 1), session, local)
        except SdpError as error:
            assert error.status == 488
        build_offer(local, 1, 2, previous=session)
    return True


@given(
    st.one_of(
        st.text(max_size=80),
        st.builds("1 {} inline:{}".format, st.sampled_from(sorted(SUITES)), st.text()),
    )
)
def test_any_key_is_read_or_refused_by_its_own_error(value: str) -> None:
    try:
        crypto = parse_crypto(value)
    except SdesError:
        return
    assert parse_crypto(str(crypto)) == crypto and len(crypto.key) == SUITES[crypto.suite]


@given(st.sampled_from(sorted(SUITES)), st.data(), st.integers(1, 999_999_999))
def test_any_key_survives_writing(suite: str, data: st.DataObject, tag: int) -> None:
    crypto = Crypto(tag, suite, data.draw(st.binary(min_size=SUITES[suite], max_size=SUITES[suite])))
    assert parse_crypto(str(crypto)) == crypto


def check_answer(offer: SessionDescription, answer: SessionDescription, agreed: AgreedMedia) -> None:
    """What RFC 3264 6 asks of every answer."""
    assert [stream.kind for stream in answer.media] == [stream.kind for stream in offer.media]
    assert [stream.protocol for stream in answer.media] == [stream.protocol for stream in offer.media]
    live = [at for at, stream in enumerate(answer.media) if stream.port]
    assert len(live) == 1
    offered = {codec.payload_type: codec.key for codec in offer.media[live[0]].codecs}
    assert all(offered[codec.payload_type] == codec.key for codec in answer.media[live[0]].codecs)
    assert agreed.codecs
    assert parse_sdp(bytes(answer)) == answer


@given(sessions)
def test_any_session_survives_writing(session: SessionDescription) -> None:
    assert parse_sdp(bytes(session)) == session


@given(sessions)
def test_any_session_is_answered_or_refused(session: SessionDescription) -> None:
    use(bytes(session))


@given(st.binary(max_size=300), st.booleans())
def test_any_octets(data: bytes, versioned: bool) -> None:
    use(b"v=0\r\n" + data if versioned else data)


@given(st.lists(st.text("vosctma=:/ 0123456789.RTPAIN\r", max_size=30), max_size=12))
def test_any_lines(lines: list[str]) -> None:
    use(("v=0\r\n" + "\r\n".join(lines)).encode())


@given(locals_, locals_)
def test_two_ends_agree_on_the_same(one: LocalAudio, other: LocalAudio) -> None:
    try:
        offer = parse_sdp(bytes(build_offer(one, 1)))
        answer, theirs = negotiate(offer, other, 2)
    except SdpError as error:
        assert error.status == 488
        return
    ours = apply_answer(offer, parse_sdp(bytes(answer)), one)
    assert [codec.key for codec in ours.codecs] == [codec.key for codec in theirs.codecs]
    assert ours.dtmf_payload_type == theirs.dtmf_payload_type
    assert ours.direction is theirs.direction.reversed
    assert ours.rtcp_mux == theirs.rtcp_mux
    assert ours.receive_numbers == ()
    assert (ours.crypto is None) == (theirs.crypto is None) == (not one.encryption.offers)
    if ours.crypto and theirs.crypto:
        assert (ours.crypto.suite, ours.crypto.ours) == (theirs.crypto.suite, theirs.crypto.theirs)


@given(locals_, locals_)
def test_numbers_keep_their_meaning_within_a_session(first: LocalAudio, second: LocalAudio) -> None:
    before = build_offer(first, 1)
    after = build_offer(second, 1, 2, previous=before)
    meaning = {codec.payload_type: codec.key for codec in before.media[0].codecs}
    for codec in after.media[0].codecs:
        assert meaning.get(codec.payload_type, codec.key) == codec.key
    assert len(after.media) == len(before.media)


def test_thousands_of_damaged_descriptions() -> None:
    source = random.Random(8866)
    taken = 0
    for _ in range(5_000):
        data = bytearray(source.choice(BODIES))
        for _ in range(source.randrange(1, 4)):
            at = source.randrange(len(data) + 1)
            if source.random() < 0.3:
                del data[at : at + source.randrange(1, 30)]
            else:
                data[at : at + 1] = source.choice(
                    (b" ", b"=", b":", b"/", b"\r\n", b"9", b"m=", source.randbytes(2))
                )
        taken += use(bytes(data))
    assert taken > 500
