"""Who a request comes from: challenges, right and wrong answers, old nonces, replays."""

from __future__ import annotations

import hashlib

import pytest

from appliance.sip.authentication import Authenticated, Authenticator, Challenged
from appliance.sip.digest import Nonces, answer
from appliance.sip.headers import Challenge, parse_challenge, parse_name_addr
from appliance.sip.message import Request
from appliance.sip.uri import Uri

PASSWORDS = {"alice": "wonderland"}


def authenticator(lifetime: float = 300.0) -> Authenticator:
    return Authenticator("pbx", Nonces(b"secret", lifetime), PASSWORDS.get)


def register(authorization: str | None = None) -> Request:
    request = Request.build(
        "REGISTER",
        Uri.parse("sip:pbx"),
        from_=parse_name_addr("<sip:alice@pbx>;tag=1"),
        to=parse_name_addr("<sip:alice@pbx>"),
        call_id="c",
        cseq=1,
    )
    if authorization is not None:
        request.headers.add("Authorization", authorization)
    return request


def challenges(verdict: object) -> list[Challenge]:
    assert isinstance(verdict, Challenged)
    assert {name for name, _ in verdict.headers} == {"WWW-Authenticate"}
    return [parse_challenge(value) for _, value in verdict.headers]


def login(
    challenge: Challenge,
    username: str = "alice",
    password: str = "wonderland",
    *,
    uri: str = "sip:pbx",
    nc: int = 1,
) -> Request:
    return register(answer(challenge, "REGISTER", uri, username, password, "cnonce", nc))


def test_both_algorithms_are_offered_the_stronger_first() -> None:
    offered = challenges(authenticator().check(register(), 0.0))
    assert [one.get("algorithm") for one in offered] == ["SHA-256", "MD5"]
    assert {one.get("qop") for one in offered} == {"auth"}


def test_a_phone_that_reads_one_challenge_only_may_be_given_its_own() -> None:
    offered = challenges(authenticator().check(register(), 0.0, algorithms=("MD5",)))
    assert [one.get("algorithm") for one in offered] == ["MD5"]


@pytest.mark.parametrize("which", [0, 1])
def test_the_right_password_proves_the_user(which: int) -> None:
    box = authenticator()
    challenge = challenges(box.check(register(), 0.0))[which]
    assert box.check(login(challenge), 1.0) == Authenticated("alice")


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("nobody", "wonderland"), ("", "")])
def test_wrong_password_and_unknown_user_look_the_same(username: str, password: str) -> None:
    box = authenticator()
    challenge = challenges(box.check(register(), 0.0))[0]
    verdict = box.check(login(challenge, username, password), 0.0)
    assert isinstance(verdict, Challenged)
    assert verdict.failed
    assert [one.get("stale") for one in challenges(verdict)] == ["", ""]
    shapes = [[name for name, _ in one.params] for one in challenges(verdict)]
    assert shapes == [["realm", "nonce", "algorithm", "qop"]] * 2


def test_an_old_nonce_is_told_stale_and_a_fresh_one_given() -> None:
    box = authenticator(lifetime=10.0)
    challenge = challenges(box.check(register(), 0.0))[0]
    verdict = box.check(login(challenge), 11.0)
    again = challenges(verdict)
    assert [one.get("stale") for one in again] == ["true", "true"]
    assert isinstance(verdict, Challenged) and not verdict.failed
    assert box.check(login(again[0]), 11.0) == Authenticated("alice")


def test_a_wrong_password_with_an_old_nonce_is_not_called_stale() -> None:
    box = authenticator(lifetime=10.0)
    challenge = challenges(box.check(register(), 0.0))[0]
    assert challenges(box.check(login(challenge, password="wrong"), 11.0))[0].get("stale") == ""


def test_a_nonce_of_before_the_restart_is_stale() -> None:
    old = Authenticator("pbx", Nonces(b"another secret"), PASSWORDS.get)
    challenge = challenges(old.check(register(), 0.0))[0]
    assert challenges(authenticator().check(login(challenge), 0.0))[0].get("stale") == "true"


def test_a_replay_is_refused_and_the_next_count_accepted() -> None:
    box = authenticator()
    challenge = challenges(box.check(register(), 0.0))[0]
    request = login(challenge)
    assert box.check(request, 0.0) == Authenticated("alice")
    assert challenges(box.check(request, 0.0))[0].get("stale") == "true"
    assert box.check(login(challenge, nc=2), 0.0) == Authenticated("alice")


def test_a_wrong_answer_does_not_use_up_the_nonce() -> None:
    box = authenticator()
    challenge = challenges(box.check(register(), 0.0))[0]
    box.check(login(challenge, password="wrong"), 0.0)
    assert box.check(login(challenge), 0.0) == Authenticated("alice")


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("algorithm", ["", ", algorithm=md5", ', algorithm="MD5"'])
@pytest.mark.parametrize("uri", ["sip:pbx", "sip:pbx;transport=UDP"])
def test_phones_of_the_old_ways_are_let_in(algorithm: str, uri: str) -> None:
    """MD5 without qop, another digest uri than the Request-URI, the algorithm in any case."""
    box = authenticator()
    nonce = challenges(box.check(register(), 0.0))[1].get("nonce")
    response = md5(f"{md5('alice:pbx:wonderland')}:{nonce}:{md5(f'REGISTER:{uri}')}")
    authorization = (
        f'Digest username="alice",realm="pbx",nonce="{nonce}",uri="{uri}",response="{response}"{algorithm}'
    )
    assert box.check(register(authorization), 0.0) == Authenticated("alice")
    assert challenges(box.check(register(authorization), 0.0))[0].get("stale") == "true"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Digest",
        "Basic abc",
        'Digest username="a',
        "Digest a=b,a=b",
        'Digest username="alice",realm="other"',
        "\x00",
    ],
)
def test_what_is_no_answer_is_challenged(value: str) -> None:
    verdict = authenticator().check(register(value), 0.0)
    assert len(challenges(verdict)) == 2
    assert isinstance(verdict, Challenged) and not verdict.failed


def test_another_realms_credentials_are_passed_over() -> None:
    box = authenticator()
    challenge = challenges(box.check(register(), 0.0))[0]
    request = register('Digest username="alice",realm="other",nonce="n",uri="u",response="r"')
    request.headers.add(
        "Authorization", answer(challenge, "REGISTER", "sip:pbx", "alice", "wonderland", "c", 1)
    )
    assert box.check(request, 0.0) == Authenticated("alice")
