"""URIs."""

from __future__ import annotations

import pytest

from appliance.sip.errors import SipSyntaxError
from appliance.sip.uri import Uri, escape_user, unescape


@pytest.mark.parametrize(
    "text",
    [
        "sip:101@192.168.1.2",
        "sip:192.168.1.2",
        "sips:bob@example.com:5061;transport=tcp;lr",
        "sip:101:secret@pbx",
        "sip:102@[fd00::1]:5062",
        "sip:bob@example.com?subject=project%20x&priority=urgent",
        "tel:+33123456789",
        "tel:7042;phone-context=example.com",
        "sip:*97@pbx",
        "sip:%2331%230123@pbx",
        "sip:a_host@under_score.local",
        "isbn:2983792873",
        "urn:service:sos",
    ],
)
def test_is_written_as_it_was_read(text: str) -> None:
    assert str(Uri.parse(text)) == text


def test_parts() -> None:
    uri = Uri.parse("SIP:%C3%A9l%C3%A9a:pw@[fd00::1]:5062;transport=TCP;lr;X=%41?a=b")
    assert (uri.scheme, uri.user, uri.password) == ("sip", "éléa", "pw")
    assert (uri.host, uri.port, uri.headers) == ("[fd00::1]", 5062, "a=b")
    assert uri.param("transport") == "TCP"
    assert uri.param("lr") == ""
    assert uri.param("x") == "A"
    assert uri.param("none") is None
    assert uri.has_param("LR")
    assert str(uri).startswith("sip:%C3%A9l%C3%A9a:pw@[fd00::1]:5062;")


def test_password_stays_out_of_the_representation() -> None:
    assert "hush" not in repr(Uri.parse("sip:bob:hush@pbx"))


def test_tel_keeps_the_number_in_the_user() -> None:
    uri = Uri.parse("tel:+33-1-23;phone-context=+33")
    assert (uri.scheme, uri.user, uri.host) == ("tel", "+33-1-23", "")
    assert uri.param("phone-context") == "+33"
    assert not uri.is_sip


def test_octets_that_are_no_utf8_survive() -> None:
    assert str(Uri.parse("sip:%FF%00@pbx")) == "sip:%FF%00@pbx"


def test_at_sign_in_the_user_is_escaped_on_output() -> None:
    uri = Uri.parse("sip:me@home@10.0.0.1")
    assert (uri.user, uri.host) == ("me@home", "10.0.0.1")
    assert str(uri) == "sip:me%40home@10.0.0.1"


def test_a_user_that_is_empty_is_nobody() -> None:
    uri = Uri.parse("sip:@host")
    assert (uri.user, uri.telephone, uri.host, str(uri)) == ("", "", "host", "sip:@host")


@pytest.mark.parametrize("text", ["sip:+33612345678;cpc=ordinary@host", "tel:+33612345678;cpc=ordinary"])
def test_the_parameters_of_a_telephone_number_are_not_of_it(text: str) -> None:
    assert Uri.parse(text).telephone == "+33612345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bob",
        ":bob",
        "sip:",
        "sip:bob@",
        "sip:bob@ho st",
        "sip:bob@host:port",
        "sip:bob@host:99999",
        "sip:bob@host:",
        "sip:bob@[fd00::1",
        "sip:bob@host>",
        "sip:bo\r\nb@host",
        "tel:",
        "tel:;a=b",
        "1sip:bob@host",
        " sip:bob@host",
    ],
)
def test_broken_uri_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        Uri.parse(text)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
        ("sip:a@b?subject=x&priority=y", "sip:a@b?priority=y&subject=x"),
    ],
)
def test_equivalent(one: str, other: str) -> None:
    assert Uri.parse(one).equivalent(Uri.parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sip:ALICE@atlanta.com", "sip:alice@atlanta.com"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com;a=1", "sip:bob@biloxi.com;a=2"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next"),
        ("sip:bob@biloxi.com", "sips:bob@biloxi.com"),
    ],
)
def test_not_equivalent(one: str, other: str) -> None:
    assert not Uri.parse(one).equivalent(Uri.parse(other))


def test_address_of_record_leaves_out_what_does_not_name() -> None:
    uri = Uri.parse("sip:101:pw@PBX.local:5060;transport=tcp?a=b")
    assert uri.address_of_record == "sip:101@pbx.local"
    assert str(uri.without_params()) == "sip:101:pw@PBX.local:5060"


def test_with_param_replaces() -> None:
    uri = Uri.parse("sip:pbx;transport=udp;lr").with_param("transport", "tcp")
    assert str(uri) == "sip:pbx;lr;transport=tcp"


def test_escaping() -> None:
    assert unescape("a%20b%Zc%") == "a b%Zc%"
    assert escape_user("a b%é") == "a%20b%25%C3%A9"


def test_escapes_in_a_tel_uri_stay_escapes():
    # Written raw they would begin a header field of their own.
    uri = Uri.parse("tel:+33%0D%0AEvil:1")
    assert str(uri) == "tel:+33%0D%0AEvil%3A1"
    assert Uri.parse(str(uri)) == uri
