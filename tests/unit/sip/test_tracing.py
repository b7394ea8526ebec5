"""Traced messages: whose call they are of, and which secrets are covered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.tracing import LONGEST_KEPT, call_id_in, covered

REGISTER = (
    b"REGISTER sip:192.0.2.1 SIP/2.0\r\nCall-ID: abc@192.0.2.7\r\n"
    b'Authorization: Digest username="101", realm="autocom", nonce="f00", uri="sip:192.0.2.1",\r\n'
    b'  response="0123456789abcdef", cnonce="beef", qop=auth, nc=00000001\r\nContent-Length: 0\r\n\r\n'
)


def test_the_call_id_is_found_in_both_its_forms():
    assert call_id_in(REGISTER) == b"abc@192.0.2.7"
    assert call_id_in(b"INVITE sip:a SIP/2.0\r\ni:xyz\r\n\r\n") == b"xyz"
    assert call_id_in(b"INVITE sip:a SIP/2.0\r\nVia: x\r\n\r\n") is None


def test_proofs_of_passwords_are_covered_and_the_rest_stays():
    text = covered(REGISTER)
    assert b"response=***, cnonce=***" in text
    assert b"0123456789abcdef" not in text and b"beef" not in text
    assert b'username="101"' in text and b'nonce="f00"' in text
    assert text.endswith(b"\r\nContent-Length: 0\r\n\r\n")


def test_media_keys_are_covered():
    line = b"INVITE sip:a SIP/2.0\r\n\r\n"
    line += b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3|2^20|1:4\r\n"
    assert b"inline:***|2^20|1:4" in covered(line)
    assert covered(b"a=ice-pwd:x9cml/YzichV2+XlhiMu8g\r\n") == b"a=ice-pwd:***\r\n"


@pytest.mark.parametrize(
    ("kind", "body", "kept"),
    [
        (b"application/dtmf-relay", b"Signal=7\r\nDuration=160\r\n", b"Signal=***\r\nDuration=160\r\n"),
        (b"application/dtmf", b"7", b"***"),
        (b"application/vnd.nortelnetworks.digits", b"p=Digit-Collection\r\nd=Digits=7\r\n",
         b"p=Digit-Collection\r\nd=Digits=***\r\n"),
        (b"application/sdp", b"v=7\r\n", b"v=7\r\n"),
    ],
)  # fmt: skip
def test_digits_pressed_during_a_call_are_covered(kind, body, kept):
    head = b"INFO sip:a SIP/2.0\r\nCall-ID: x\r\nContent-Type: " + kind + b"\r\n\r\n"
    assert covered(head + body) == head + kept


@pytest.mark.parametrize("scheme", [b"Basic YWxpY2U6aHVudGVyMg==", b"Bearer YWxpY2U6aHVudGVyMg=="])
def test_what_proves_a_password_by_itself_is_covered(scheme):
    assert covered(b"INVITE sip:a SIP/2.0\r\nAuthorization: " + scheme + b"\r\n\r\n") == (
        b"INVITE sip:a SIP/2.0\r\nAuthorization: ***\r\n\r\n"
    )


def test_a_proof_cut_off_is_covered():
    padding = b"X: " + b"x" * (LONGEST_KEPT - 70) + b"\r\n"
    cut = covered(
        padding + b'Authorization: Digest username="101", response="0123456789abcdef0123456789abcdef"'
    )
    assert len(cut) < LONGEST_KEPT and b"0123" not in cut and cut.endswith(b"response=***")


def test_the_word_response_elsewhere_is_left_alone():
    assert covered(b'Reason: SIP;text="response=abc"\r\n') == b'Reason: SIP;text="response=abc"\r\n'


@given(st.binary(max_size=600), st.text("0123456789abcdef", min_size=8, max_size=64))
def test_no_proof_survives_whatever_stands_around_it(around, proof):
    line = b'\r\nProxy-Authorization: Digest response="' + proof.encode() + b'", opaque=""\r\n'
    result = covered(around.replace(proof.encode(), b"") + line)
    assert proof.encode() not in result
    assert len(covered(around * 100)) <= LONGEST_KEPT + around.count(b"inline") * 300
    call_id_in(around)
