"""Digest authentication with the examples of the RFCs."""

from __future__ import annotations

import hashlib

import pytest

from appliance.sip.digest import (
    OK,
    REPLAYED,
    STALE,
    UNKNOWN,
    Login,
    Nonces,
    answer,
    choose_challenge,
    make_challenges,
    make_ha1,
    nonce_count,
    verify,
)
from appliance.sip.headers import parse_challenge, parse_credentials


def test_example_of_rfc_2617() -> None:
    challenge = parse_challenge(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    text = answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b", 1)
    credentials = parse_credentials(text)
    assert credentials.get("response") == "6629fae49393a05397450978507c4ef1"
    assert credentials.get("opaque") == "5ccc069c403ebaf9f0171e9517f40e41"
    assert verify(credentials, "GET", "Circle Of Life")


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = parse_challenge(
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'
    )
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    text = answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce, 1)
    assert parse_credentials(text).get("response") == response


def test_credentials_without_qop_and_with_another_uri_than_the_request() -> None:
    ha1 = hashlib.md5(b"101:box:pw").hexdigest()
    ha2 = hashlib.md5(b"REGISTER:sip:10.0.0.1;transport=UDP").hexdigest()
    response = hashlib.md5(f"{ha1}:abc:{ha2}".encode()).hexdigest()
    credentials = parse_credentials(
        'Digest username="101",realm="box",nonce="abc",uri="sip:10.0.0.1;transport=UDP",'
        f'response="{response.upper()}",algorithm=md5'
    )
    assert verify(credentials, "REGISTER", "pw")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess", "md5", "sha-256"])
@pytest.mark.parametrize("qop", [True, False])
def test_what_we_answer_we_accept(algorithm: str, qop: bool) -> None:
    challenge = choose_challenge(make_challenges('a "b", c', "n1", (algorithm,), qop=qop))
    assert challenge is not None
    credentials = parse_credentials(answer(challenge, "INVITE", "sip:x@y", "bob", "pé", "cn", 3))
    assert nonce_count(credentials) == (3 if qop else 0)
    assert verify(credentials, "INVITE", "pé")
    assert verify(credentials, "INVITE", ha1=make_ha1(algorithm, "bob", 'a "b", c', "pé"))
    assert not verify(credentials, "INVITE", "wrong")
    assert not verify(credentials, "BYE", "pé")
    assert not verify(credentials, "INVITE")


@pytest.mark.parametrize(
    "text",
    [
        "Basic dXNlcjpwYXNz",
        'Digest username="a", response="", algorithm=SHA-512-256',
        'Digest username="a", response="", qop=auth-int',
        "Digest",
        'Digest response="é"',
    ],
)
def test_what_we_cannot_check_is_false(text: str) -> None:
    assert not verify(parse_credentials(text), "INVITE", "pw")


def test_challenges_are_in_the_order_asked_for() -> None:
    values = make_challenges("box", "n1", stale=True)
    assert values == [
        'Digest realm="box", nonce="n1", algorithm=SHA-256, stale=true, qop="auth"',
        'Digest realm="box", nonce="n1", algorithm=MD5, stale=true, qop="auth"',
    ]
    assert make_challenges("box", "n1", ("MD5",), qop=False) == [
        'Digest realm="box", nonce="n1", algorithm=MD5'
    ]


def test_the_topmost_usable_challenge_is_chosen() -> None:
    values = [
        "Basic realm=x",
        'Digest realm="broken',
        'Digest realm="a", nonce="1", algorithm=SHA-512-256',
        'Digest realm="b", nonce="2", qop="auth-int"',
        'Digest realm="c", nonce="3", algorithm=SHA-256',
        'Digest realm="d", nonce="4"',
    ]
    chosen = choose_challenge(values)
    assert chosen is not None
    assert chosen.get("realm") == "c"
    assert choose_challenge(values[:4]) is None


def test_unknown_algorithm_is_not_answered() -> None:
    with pytest.raises(ValueError, match="algorithm"):
        answer(parse_challenge("Digest algorithm=X"), "INVITE", "sip:a", "b", "c", "d")


def test_nonce_counts_only_upwards() -> None:
    nonces = Nonces(b"secret")
    nonce = nonces.new(100.0)
    assert nonces.check(nonce, 1, 101.0) is OK
    assert nonces.check(nonce, 1, 102.0) is REPLAYED
    assert nonces.check(nonce, 5, 103.0) is OK
    assert nonces.check(nonce, 3, 104.0) is REPLAYED


def test_nonce_without_count_is_good_once() -> None:
    nonces = Nonces(b"secret")
    nonce = nonces.new(100.0)
    assert nonces.check(nonce, 0, 101.0) is OK
    assert nonces.check(nonce, 0, 102.0) is REPLAYED


def test_nonce_grows_old() -> None:
    nonces = Nonces(b"secret", lifetime=60.0)
    nonce = nonces.new(100.0)
    assert nonces.check(nonce, 1, 160.0) is OK
    assert nonces.check(nonce, 2, 161.0) is STALE


def test_strange_nonces_are_unknown() -> None:
    nonces = Nonces(b"secret")
    nonce = nonces.new(100.0)
    for strange in ("", "x", "é" * 60, nonce[:-1], nonce + "0", "f" + nonce[1:], Nonces(b"other").new(100.0)):
        assert nonces.check(strange, 1, 100.0) is UNKNOWN


def test_nonces_of_the_same_moment_differ() -> None:
    nonces = Nonces(b"secret")
    assert len({nonces.new(100.0) for _ in range(100)}) == 100


def test_memory_is_bounded_and_forgetting_allows_no_replay() -> None:
    nonces = Nonces(b"secret", lifetime=1e6, capacity=10)
    issued = [nonces.new(float(second)) for second in range(100)]
    assert all(nonces.check(nonce, 1, 100.0) is OK for nonce in issued)
    assert [nonces.check(nonce, 1, 100.0) for nonce in issued] == [STALE] * 90 + [REPLAYED] * 10


def test_unreadable_count_is_a_replay() -> None:
    for count in ("", "x", "-1", "123456789"):
        assert nonce_count(parse_credentials(f'Digest qop=auth, nc="{count}"')) == -1


def test_login_hides_its_password() -> None:
    assert "hush" not in repr(Login("bob", "hush"))
