"""Typed header values."""

from __future__ import annotations

import pytest

from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import (
    STAR,
    CSeq,
    NameAddr,
    Via,
    parse_challenge,
    parse_contact,
    parse_credentials,
    parse_cseq,
    parse_name_addr,
    parse_params,
    parse_seconds,
    parse_via,
    quote,
    split_list,
    unquote,
)
from appliance.sip.uri import Uri


@pytest.mark.parametrize(
    ("text", "name", "uri", "tag"),
    [
        ('"Bob" <sip:101@pbx>;tag=x', "Bob", "sip:101@pbx", "x"),
        ("Bob Smith <sip:101@pbx>;tag=x", "Bob Smith", "sip:101@pbx", "x"),
        ("<sip:101@pbx;lr>", "", "sip:101@pbx;lr", None),
        ("sip:101@pbx;tag=x", "", "sip:101@pbx", "x"),
        ("sip:101@pbx ; tag = x", "", "sip:101@pbx", "x"),
        ('"a \\"b\\" <sip:y@z>, c"<sip:101@pbx>;tag=x', 'a "b" <sip:y@z>, c', "sip:101@pbx", "x"),
        ("Büro<sip:101@pbx>", "Büro", "sip:101@pbx", None),
        ('"" <sip:101@pbx>;TAG=x', "", "sip:101@pbx", "x"),
        ("<tel:+33123>;tag=x;", "", "tel:+33123", "x"),
    ],
)
def test_name_addr(text: str, name: str, uri: str, tag: str | None) -> None:
    address = parse_name_addr(text)
    assert (address.display_name, str(address.uri), address.tag) == (name, uri, tag)
    assert parse_name_addr(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bob",
        '"Bob <sip:101@pbx>',
        '"Bob" sip:101@pbx',
        "<sip:101@pbx",
        "Bell, Alexander <sip:101@pbx>",
        "< sip:101@pbx >",
        "sip:101@pbx?Route=x",
        "<sip:101@pbx>;;;;",
        "<sip:101@pbx> text",
        "<sip:101@pbx>;a b=c",
        '<sip:101@pbx>;a="b',
        "<>",
    ],
)
def test_broken_name_addr_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_name_addr(text)


def test_quoted_parameters_are_literal_but_read_without_quotes() -> None:
    text = '<sip:a@b>;+sip.instance="<urn:uuid:0000-1;,>";reg-id=1'
    address = parse_name_addr(text)
    assert str(address) == text
    assert address.param("+sip.instance") == "<urn:uuid:0000-1;,>"
    assert address.param("reg-id") == "1"
    assert address.param("ob") is None


def test_control_characters_of_a_name_never_reach_the_wire() -> None:
    text = str(NameAddr("Evil\r\nVia: x", Uri.parse("sip:a@b")))
    assert text == '"Evil  Via: x" <sip:a@b>'


def test_contact_wildcard() -> None:
    assert parse_contact("*") is STAR
    assert str(STAR) == "*"


def test_contact_expires_and_q() -> None:
    assert parse_contact("<sip:a@b>;expires=300;q=0.5").expires == 300
    assert parse_contact("<sip:a@b>;expires=300;q=0.5").q == 0.5
    assert parse_contact("<sip:a@b>;expires=soon;q=7").expires is None
    assert parse_contact("<sip:a@b>;expires=soon;q=7").q == 1.0
    assert parse_contact("<sip:a@b>;expires=280297596632815").expires == 2**32 - 1


def test_tags_are_set() -> None:
    address = parse_name_addr("<sip:a@b>;x=y")
    assert str(address.with_tag("t")) == "<sip:a@b>;x=y;tag=t"
    assert str(address.with_tag("t").with_tag("u")) == "<sip:a@b>;x=y;tag=u"
    assert str(address.with_tag("t").without_params()) == "<sip:a@b>"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SIP/2.0/UDP 10.0.0.1:5060;branch=z9;rport", ("UDP", "10.0.0.1", 5060, "z9")),
        ("SIP/2.0/tcp host;branch=z9", ("TCP", "host", None, "z9")),
        ("SIP/2.0/TLS [fd00::1]:5061;branch=z9", ("TLS", "[fd00::1]", 5061, "z9")),
        ("SIP / 2.0 / UDP  [fd00::1] ; branch = z9", ("UDP", "[fd00::1]", None, "z9")),
        ("SIP/2.0/UDP host : 5060", ("UDP", "host", 5060, None)),
        ("sip/2.0/WS df7jal23ls0d.invalid;branch=z9", ("WS", "df7jal23ls0d.invalid", None, "z9")),
    ],
)
def test_via(text: str, wanted: tuple[str, str, int | None, str | None]) -> None:
    via = parse_via(text)
    assert (via.transport, via.host, via.port, via.branch) == wanted
    assert parse_via(str(via)) == via


@pytest.mark.parametrize(
    "text",
    ["", "SIP/2.0/UDP", "UDP host", "SIP/2.0/UDP ho/st", "SIP/2.0/UDP host:99999", "SIP/2.0/UDP h:x"],
)
def test_broken_via_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_via(text)


def test_via_parameters_are_filled_in_place() -> None:
    via = (
        parse_via("SIP/2.0/UDP host;rport;branch=z9")
        .with_param("rport", "1024")
        .with_param("received", "10.0.0.9")
    )
    assert str(via) == "SIP/2.0/UDP host;rport=1024;branch=z9;received=10.0.0.9"
    assert via.param("rport") == "1024"
    assert Via("UDP", "HOST", 5060).sent_by == ("host", 5060)


def test_cseq() -> None:
    assert parse_cseq("0009 INVITE") == CSeq(9, "INVITE")
    assert str(CSeq(9, "INVITE")) == "9 INVITE"
    for broken in (
        "",
        "1",
        "x INVITE",
        "-1 INVITE",
        "4294967296 INVITE",
        "1 IN VITE",
        "1 INV@TE",
        "² INVITE",
    ):
        with pytest.raises(SipSyntaxError):
            parse_cseq(broken)


def test_split_list_respects_quotes_and_brackets() -> None:
    assert split_list('"a, b" <sip:c,d@e>, <sip:f@g>;x="h,i" ,, j') == [
        '"a, b" <sip:c,d@e>',
        '<sip:f@g>;x="h,i"',
        "j",
    ]
    assert split_list("") == []
    assert split_list('a, "b, c') == ["a", '"b, c']


def test_params() -> None:
    assert parse_params(";a=b; c ;d = e") == (("a", "b"), ("c", None), ("d", "e"))
    assert parse_params(';a=";b";c') == (("a", '";b"'), ("c", None))


def test_quoting() -> None:
    assert unquote(quote('a "b" \\c')) == 'a "b" \\c'
    assert unquote("plain") == "plain"


def test_seconds() -> None:
    assert parse_seconds("3600") == 3600
    assert parse_seconds("000000000000000060") == 60
    assert parse_seconds("9" * 100) == 2**32 - 1
    assert parse_seconds("-1") is None
    assert parse_seconds("²") is None
    assert parse_seconds(None) is None


def test_challenge() -> None:
    challenge = parse_challenge(
        'digest Realm="Acme, \\"Inc.\\"",nonce="n=1" , algorithm=MD5,qop="auth,auth-int"'
    )
    assert challenge.is_digest
    assert challenge.get("REALM") == 'Acme, "Inc."'
    assert challenge.get("nonce") == "n=1"
    assert challenge.get("algorithm") == "MD5"
    assert challenge.get("qop") == "auth,auth-int"
    assert challenge.get("opaque") == ""


@pytest.mark.parametrize("text", ["", "Digest realm", 'Digest realm="x', "Digest a=1, a=2", 'Digest "x"=1'])
def test_broken_credentials_are_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_credentials(text)


def test_credentials_do_not_show_their_content() -> None:
    assert "abc" not in repr(parse_credentials('Digest response="abc"'))
