"""From bytes to messages: what is forgiven and what is not."""

from __future__ import annotations

import pytest

from appliance.sip.message import Request, Response, make_response
from appliance.sip.parser import MAX_MESSAGE, SipSyntaxError, parse_message

HEAD = (
    b"OPTIONS sip:102@pbx SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\n"
    b"From: <sip:101@pbx>;tag=f1\r\n"
    b"To: <sip:102@pbx>\r\n"
    b"Call-ID: c1\r\n"
    b"CSeq: 1 OPTIONS\r\n"
)


def refused(data: bytes) -> SipSyntaxError:
    with pytest.raises(SipSyntaxError) as caught:
        parse_message(data)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"\r\n",
        b"\r\n\r\n" + HEAD + b"\r\n",
        (HEAD + b"\r\n").replace(b"\r\n", b"\n"),
        HEAD + b"\n",
        HEAD.replace(b": ", b"  :\t ") + b"\r\n",
        HEAD.replace(b"Via:", b"v:").replace(b"From:", b"F:").replace(b"Call-ID", b"i") + b"\r\n",
        HEAD.replace(b"To: ", b"To:\r\n\t ") + b"\r\n",
        HEAD.replace(b"SIP/2.0\r\nVia", b"sip/2.0\r\nVIA") + b"\r\n",
        HEAD + b"Content-Length: 0\r\n\r\ntrailing octets",
    ],
)
def test_sloppiness_is_forgiven(data: bytes) -> None:
    message = parse_message(data)
    assert isinstance(message, Request)
    assert (message.method, str(message.uri), message.body) == ("OPTIONS", "sip:102@pbx", b"")
    assert message.call_id == "c1"
    assert message.from_.tag == "f1"
    assert message.to.uri.user == "102"


def test_body_without_length_is_all_that_follows() -> None:
    assert parse_message(HEAD + b"\r\nab\r\n\r\ncd").body == b"ab\r\n\r\ncd"


def test_body_is_cut_to_its_length() -> None:
    assert parse_message(HEAD + b"l: 2\r\n\r\nabcd").body == b"ab"


def test_first_empty_line_ends_the_head_whatever_its_kind() -> None:
    assert parse_message(HEAD + b"\nX: y\r\n\r\n").body == b"X: y\r\n\r\n"


def test_any_octets_survive() -> None:
    data = HEAD + b"X-Odd: caf\xe9 \xff\x00 \xc3\xa9\r\nContent-Length: 2\r\n\r\n\xff\x00"
    assert bytes(parse_message(data)) == data


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (HEAD, 400),
        (HEAD + b"no colon\r\n\r\n", 400),
        (HEAD + b": no name\r\n\r\n", 400),
        (HEAD + b"two words: x\r\n\r\n", 400),
        (HEAD + b"X: bare\rVia: x\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\n\r\nabc", 400),
        (HEAD + b"Content-Length: x\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nl: 1\r\n\r\na", 400),
        (HEAD + b"Call-ID: c2\r\n\r\n", 400),
        (HEAD + b"Contact: <sip:a\r\n\r\n", 400),
        (HEAD + b"Route: nonsense\r\n\r\n", 400),
        (HEAD.replace(b"1 OPTIONS", b"1 INVITE") + b"\r\n", 400),
        (HEAD.replace(b"OPTIONS", b"BREW", 1) + b"\r\n", 501),
        (HEAD.replace(b"SIP/2.0\r\n", b"SIP/3.0\r\n", 1) + b"\r\n", 505),
        (HEAD.replace(b"sip:102@pbx SIP", b"sip:102@pbx extra SIP") + b"\r\n", 400),
        (HEAD.replace(b"OPTIONS sip", b"OPT@IONS sip") + b"\r\n", 400),
        (HEAD.replace(b"From: <sip:101@pbx>;tag=f1\r\n", b"") + b"\r\n", 400),
        (HEAD.replace(b"c1", b"") + b"\r\n", 400),
    ],
)
def test_broken_request_can_be_answered(data: bytes, status: int) -> None:
    error = refused(data)
    assert error.status == status
    assert error.reply_to is not None
    assert bytes(make_response(error.reply_to, error.status)).startswith(b"SIP/2.0 %d " % status)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"hello",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD.replace(b"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\n", b"") + b"\r\n",
        HEAD.replace(b"SIP/2.0/UDP 10.0.0.1", b"garbage") + b"\r\n",
        HEAD.replace(b"OPTIONS", b"ACK") + b"Content-Length: x\r\n\r\n",
        b"SIP/2.0 2000 OK\r\n\r\n",
        b"SIP/2.0 \xc2\xb200 OK\r\n\r\n",
        b"SIP/3.0 200 OK\r\n\r\n",
        b"SIP/2.0 099 OK\r\n\r\n",
        b"SIP/2.0 200 OK\r\n\r\n",
        b"SIP/2.0 200 O\rK\r\n" + HEAD.partition(b"\n")[2] + b"\r\n",
        b"x" * (MAX_MESSAGE + 1),
        HEAD + b"X: y\r\n" * 5000 + b"\r\n",
        HEAD + b"Via: " + b"," * 50_000 + b"\r\n\r\n",
    ],
)
def test_what_cannot_be_answered_is_dropped(data: bytes) -> None:
    assert refused(data).reply_to is None


def test_unreadable_via_parameters_leave_enough_to_answer() -> None:
    error = refused(HEAD.replace(b";branch=z9hG4bK1", b";;,;,,") + b"\r\n")
    assert error.reply_to is not None
    assert str(error.reply_to.via) == "SIP/2.0/UDP 10.0.0.1"


def test_response() -> None:
    message = parse_message(b"SIP/2.0 486 Busy  Here\r\n" + HEAD.partition(b"\n")[2] + b"\r\n")
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (486, "Busy  Here")


def test_star_contact() -> None:
    message = parse_message(HEAD + b"Contact: *\r\n\r\n")
    assert [str(contact) for contact in message.contacts] == ["*"]
