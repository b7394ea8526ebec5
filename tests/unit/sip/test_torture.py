"""Every message of tests/data/sip-messages: valid ones read rightly, the others judged as RFC 4475 says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.sip.bodies import session_description_of
from appliance.sip.checks import check_request, is_for_us
from appliance.sip.digest import choose_challenge
from appliance.sip.headers import parse_credentials
from appliance.sip.message import Request, Response, make_response
from appliance.sip.parser import SipSyntaxError, parse_message
from appliance.sip.sdp import parse_sdp

MESSAGES = Path(__file__).parents[2] / "data" / "sip-messages"
EXPECTED: dict[str, dict[str, Any]] = json.loads((MESSAGES / "realistic" / "expected.json").read_text())
VALID = sorted(path.stem for path in (MESSAGES / "rfc4475" / "valid").glob("*.dat"))
INVALID = sorted(path.stem for path in (MESSAGES / "rfc4475" / "invalid").glob("*.dat"))

DROPPED = 0
TAKEN = 200
JUDGEMENT = {
    "badaspec": 400,
    "badbranch": 400,
    "baddate": 400,
    "baddn": 400,
    "badinv01": 400,
    "badvers": 505,
    "bcast": DROPPED,
    "bext01": 420,
    "bigcode": DROPPED,
    "clerr": 400,
    "cparam01": TAKEN,  # unknown contact parameters are no fault: the registrar decides
    "cparam02": TAKEN,
    "escruri": 400,
    "insuf": 400,
    "inv2543": 400,  # RFC 2543: no tag, no Contact; no dialog could be held with it
    "invut": 415,
    "ltgtruri": 400,
    "lwsruri": 400,
    "lwsstart": 400,
    "mcl01": 400,
    "mismatch01": 400,
    "mismatch02": 501,
    "multi01": 400,
    "ncl": 400,
    "novelsc": 416,
    "quotbal": 400,
    "regaut01": TAKEN,  # an unknown scheme counts as no credentials: the registrar challenges
    "regbadct": 400,
    "regescrt": TAKEN,
    "scalar02": 400,
    "scalarlg": DROPPED,
    "sdp01": 406,
    "trws": 400,
    "unkscm": 416,
    "unksm2": 400,
    "zeromf": 483,
}


def read(folder: str, name: str) -> bytes:
    return (MESSAGES / folder / f"{name}.dat").read_bytes()


def judge(data: bytes) -> int:
    """The status a message gets from parser and checks, DROPPED or TAKEN."""
    try:
        message = parse_message(data)
    except SipSyntaxError as error:
        if error.reply_to is None:
            return DROPPED
        refused = make_response(error.reply_to, error.status, error.reason, to_tag="t1")
        assert parse_start(bytes(refused)) == error.status
        return error.status
    if isinstance(message, Response):
        return TAKEN if is_for_us(message) else DROPPED
    refusal = check_request(message)
    return refusal.status if refusal else TAKEN


def parse_start(data: bytes) -> int:
    return int(data.split(b" ", 2)[1])


def test_every_invalid_message_has_a_judgement() -> None:
    assert set(INVALID) == set(JUDGEMENT)


@pytest.mark.parametrize("name", INVALID)
def test_invalid_message_is_judged_as_the_rfc_says(name: str) -> None:
    assert judge(read("rfc4475/invalid", name)) == JUDGEMENT[name]


@pytest.mark.parametrize("name", VALID)
def test_valid_message_is_taken_and_survives_being_written(name: str) -> None:
    data = read("rfc4475/valid", name)
    message = parse_message(data)
    again = parse_message(bytes(message))
    again.headers.remove("Content-Length")
    message.headers.remove("Content-Length")
    assert again.headers == message.headers
    assert again.body == message.body
    assert again.start_line == message.start_line
    if isinstance(message, Request):
        assert check_request(message) is None


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_realistic_message_is_read_rightly(name: str) -> None:
    message = parse_message(read("realistic", name))
    wanted = EXPECTED[name]
    assert (message.from_.tag or "") == wanted["ftag"]
    assert (message.to.tag or "") == wanted["ttag"]
    assert message.call_id == wanted["callid"]
    assert (message.method if isinstance(message, Request) else message.status) == wanted["first"]
    assert [message.cseq.number, message.cseq.method] == wanted["cseq"]
    assert len(message.vias) == wanted["vias"]
    assert message.via.branch == wanted["branch"]
    if "sdp" in wanted:
        assert parse_sdp(session_description_of(message)).media[0].port == wanted["sdp"]
    if "auth" in wanted:
        challenge = choose_challenge(message.headers.all("WWW-Authenticate"))
        assert challenge is not None
        assert {key: challenge.get(key) for key in wanted["auth"]} == wanted["auth"]
    if "rt" in wanted:
        assert wanted["rt"] in str(message.contacts[0])
        assert wanted["rt"].encode() in bytes(message)


def test_every_realistic_message_has_an_expectation() -> None:
    assert {path.stem for path in (MESSAGES / "realistic").glob("*.dat")} == set(EXPECTED)


def test_unsupported_extensions_are_named() -> None:
    request = parse_message(read("rfc4475/invalid", "bext01"))
    assert isinstance(request, Request)
    refusal = check_request(request)
    assert refusal is not None
    assert refusal.headers == (("Unsupported", "nothingSupportsThis, nothingSupportsThisEither"),)
    assert check_request(request, {"nothingsupportsthis", "nothingsupportsthiseither"}) is None


def test_refused_body_says_what_is_accepted() -> None:
    request = parse_message(read("rfc4475/invalid", "invut"))
    assert isinstance(request, Request)
    refusal = check_request(request)
    assert refusal is not None
    assert refusal.headers == (("Accept", "application/sdp"),)


def test_unknown_authentication_scheme_is_no_digest() -> None:
    request = parse_message(read("rfc4475/invalid", "regaut01"))
    assert not parse_credentials(request.headers.get("Authorization") or "").is_digest


def test_odd_white_space_and_folding() -> None:
    message = parse_message(read("rfc4475/valid", "wsinv"))
    assert message.to.tag == "1918181833n"
    assert message.from_.display_name == 'J Rosenberg \\"'
    assert message.from_.tag == "98asjd8"
    assert message.cseq.number == 9
    assert [(via.transport, via.host, via.branch) for via in message.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert message.contacts[0].q == 0.33
    assert message.contacts[0].display_name == 'Quoted string ""'
    assert message.headers.get("Subject") == ""
    assert isinstance(message, Request)
    assert message.max_forwards == 68


def test_escapes_are_read_but_not_in_methods_and_names() -> None:
    message = parse_message(read("rfc4475/valid", "esc01"))
    assert isinstance(message, Request)
    assert message.uri.user == "sips:user@example.com"
    assert message.uri.host == "example.net"
    assert message.from_.uri.user == "I have spaces"
    contact = message.contacts[0].uri
    assert contact.user == "caller"
    assert contact.param("lr") == ""
    assert contact.param("name") == "value%41"
    other = parse_message(read("rfc4475/valid", "esc02"))
    assert isinstance(other, Request)
    assert other.method == "RE%47IST%45R"
    assert [contact.uri.user for contact in other.contacts] == ["alias1", "alias3"]


def test_semicolon_belongs_to_the_user_before_the_at_sign() -> None:
    message = parse_message(read("rfc4475/valid", "semiuri"))
    assert isinstance(message, Request)
    assert message.uri.user == "user;par=u@example.net"
    assert message.uri.params == ()


def test_unusual_characters_everywhere() -> None:
    message = parse_message(read("rfc4475/valid", "intmeth"))
    assert isinstance(message, Request)
    assert message.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert message.uri.host == "example.com"
    assert message.to.display_name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert message.from_.tag == "_token~1'+`*%!-."


def test_second_message_in_a_datagram_is_ignored() -> None:
    message = parse_message(read("rfc4475/valid", "dblreq"))
    assert message.call_id.startswith("dblreq.0ha0isndaksdj99sdfafnl3lk233412")
    assert message.body == b""


def test_reasons_in_any_script_and_none() -> None:
    strange = parse_message(read("rfc4475/valid", "unreason"))
    none = parse_message(read("rfc4475/valid", "noreason"))
    assert isinstance(strange, Response)
    assert isinstance(none, Response)
    assert strange.reason.endswith("простое")
    assert none.reason == ""


def test_refusal_of_a_message_without_identifiers_copies_what_there_is() -> None:
    with pytest.raises(SipSyntaxError) as caught:
        parse_message(read("rfc4475/invalid", "insuf"))
    assert caught.value.reply_to is not None
    data = bytes(make_response(caught.value.reply_to, 400, to_tag="t1"))
    assert data.startswith(
        b"SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\n"
    )
    assert b"CSeq: 193942 INVITE\r\n" in data
    assert b"Call-ID" not in data
