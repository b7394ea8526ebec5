"""Keys in session descriptions: read with care, written once, agreed on by offer and answer."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest

from appliance.sip.offer_answer import (
    LocalAudio,
    apply_answer,
    build_offer,
    negotiate,
    offered_codecs,
    offers_encryption,
)
from appliance.sip.sdes import SUITES, Crypto, Encryption, SdesError, own_key, parse_crypto, readable
from appliance.sip.sdp import SdpError, SessionDescription, parse_sdp

KEY = b64encode(bytes(range(30))).decode()
OURS = LocalAudio("192.0.2.1", 10000, encryption=Encryption.OFFERED, secret=b"ours")
THEIRS = LocalAudio("192.0.2.9", 20000, encryption=Encryption.ACCEPTED, secret=b"theirs")


def described(*media: str) -> SessionDescription:
    lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.9", "t=0 0", *media, ""]
    return parse_sdp("\r\n".join(lines).encode())


@pytest.mark.parametrize(
    "value",
    [
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 aes_cm_128_hmac_sha1_80 INLINE:{KEY}|2^31",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1048576 -HINT=x",
    ],
)
def test_a_key_is_read_as_phones_write_it(value: str) -> None:
    assert parse_crypto(value) == Crypto(1, "AES_CM_128_HMAC_SHA1_80", bytes(range(30)))


def test_padding_may_be_left_out() -> None:
    key = b64encode(bytes(28)).decode()
    assert key.endswith("==")
    for written in (key, key.rstrip("=")):
        assert parse_crypto(f"3 AEAD_AES_128_GCM inline:{written}").key == bytes(28)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        "1 AES_CM_128_HMAC_SHA1_80",
        f"x AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 {KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}",
        f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-4]}",
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + "é" * 40,
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:4",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:4;inline:{KEY}|2^31|2:4",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} " + "-X " * 400,
    ],
)
def test_what_we_do_not_do_is_refused_by_its_own_error(value: str) -> None:
    with pytest.raises(SdesError):
        parse_crypto(value)
    assert readable([value, f"7 AES_CM_128_HMAC_SHA1_32 inline:{KEY}"])[0].tag == 7


def test_keys_are_never_shown() -> None:
    crypto = parse_crypto(f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}")
    assert "key" not in repr(crypto) and KEY in str(crypto)
    _, agreed = negotiate(build_offer(THEIRS_OFFERING, 1), OURS, 2)
    assert agreed.crypto is not None and repr(agreed.crypto.ours) not in repr(agreed)
    assert "secret" not in repr(OURS)


THEIRS_OFFERING = replace(THEIRS, encryption=Encryption.OFFERED)


@pytest.mark.parametrize("suite", SUITES)
def test_both_ends_come_to_the_same_keys(suite: str) -> None:
    ours = replace(OURS, suites=(suite,))
    offer = build_offer(ours, 1)
    assert offer.media[0].protocol == "RTP/SAVP" and offers_encryption(offer) and offered_codecs(offer)
    answer, theirs = negotiate(parse_sdp(bytes(offer)), THEIRS, 2)
    assert answer.media[0].protocol == "RTP/SAVP"
    mine = apply_answer(offer, parse_sdp(bytes(answer)), ours)
    assert mine.crypto is not None and theirs.crypto is not None
    assert mine.crypto.suite == theirs.crypto.suite == suite
    assert (mine.crypto.ours, mine.crypto.theirs) == (theirs.crypto.theirs, theirs.crypto.ours)
    assert mine.crypto.ours != mine.crypto.theirs


def test_keys_stay_the_same_in_a_session_and_differ_between_legs_and_suites() -> None:
    first, again = build_offer(OURS, 1), build_offer(OURS, 1, 2)
    assert first.media[0].crypto == again.media[0].crypto
    assert len({own_key(secret, suite)[:28] for secret in (b"a", b"b") for suite in SUITES}) == 8


def test_an_offer_of_both_is_answered_encrypted_unless_we_never_want_it() -> None:
    offer = described(
        "m=audio 4000 RTP/AVP 8",
        "m=audio 4002 RTP/SAVP 8",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
    )
    for wish, ports in (
        (Encryption.ACCEPTED, [0, 10000]),
        (Encryption.REQUIRED, [0, 10000]),
        (Encryption.NEVER, [10000, 0]),
    ):
        answer, agreed = negotiate(offer, replace(OURS, encryption=wish), 1)
        assert [media.port for media in answer.media] == ports
        assert (agreed.crypto is None) is (wish is Encryption.NEVER)


def test_a_key_beside_plain_rtp_is_taken_as_it_is_meant() -> None:
    """Phones whose encryption is optional offer RTP/AVP with a key."""
    offer = described("m=audio 4000 RTP/AVP 8", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}")
    answer, agreed = negotiate(offer, OURS, 1)
    assert answer.media[0].protocol == "RTP/AVP" and answer.media[0].crypto and agreed.crypto
    answer, agreed = negotiate(offer, replace(OURS, encryption=Encryption.NEVER), 1)
    assert not answer.media[0].crypto and agreed.crypto is None


@pytest.mark.parametrize("wish", Encryption)
def test_who_insists_is_encrypted_whatever_the_setting(wish: Encryption) -> None:
    offer = described("m=audio 4000 RTP/SAVP 8", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}")
    _, agreed = negotiate(offer, replace(OURS, encryption=wish), 1)
    assert agreed.crypto is not None and agreed.crypto.theirs == bytes(range(30))


def test_what_cannot_be_encrypted_is_refused() -> None:
    unknown = "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + KEY
    with pytest.raises(SdpError) as refusal:
        negotiate(described("m=audio 4000 RTP/SAVP 8", unknown), OURS, 1)
    assert refusal.value.status == 488
    with pytest.raises(SdpError):
        negotiate(described("m=audio 4000 RTP/AVP 8"), replace(OURS, encryption=Encryption.REQUIRED), 1)


def test_an_answer_without_our_key_is_refused_unless_plain_audio_is_good_too() -> None:
    offer = build_offer(OURS, 1)
    other = f"a=crypto:1 AEAD_AES_128_GCM inline:{b64encode(bytes(28)).decode()}"
    for lines in (["m=audio 4000 RTP/SAVP 8"], ["m=audio 4000 RTP/SAVP 8", other]):
        with pytest.raises(SdpError):
            apply_answer(offer, described(*lines), OURS)
    plain = described("m=audio 4000 RTP/AVP 8")
    assert apply_answer(offer, plain, OURS).crypto is None
    with pytest.raises(SdpError):
        apply_answer(offer, plain, replace(OURS, encryption=Encryption.REQUIRED))
