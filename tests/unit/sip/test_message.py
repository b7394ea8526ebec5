"""Messages built, read and answered."""

from __future__ import annotations

import pytest

from appliance.sip.bodies import session_description_of
from appliance.sip.headers import CSeq, NameAddr, Via, parse_name_addr
from appliance.sip.message import Headers, Request, Response, make_response
from appliance.sip.parser import parse_message
from appliance.sip.uri import Uri


def invite(**more: object) -> Request:
    fields: dict[str, object] = {
        "from_": parse_name_addr('"Bob" <sip:101@pbx>;tag=f1'),
        "to": parse_name_addr("<sip:102@pbx>"),
        "call_id": "c1",
        "cseq": 7,
        "via": Via("UDP", "10.0.0.1", 5060, (("branch", "z9hG4bK1"), ("rport", None))),
        "contact": Uri.parse("sip:101@10.0.0.1;ob"),
    }
    return Request.build("INVITE", Uri.parse("sip:102@pbx"), **(fields | more))  # type: ignore[arg-type]


def test_built_request_on_the_wire() -> None:
    request = invite(body=b"v=0\r\n", content_type="application/sdp", headers=[("X-Own", "yes")])
    assert bytes(request) == (
        b"INVITE sip:102@pbx SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
        b"Max-Forwards: 70\r\n"
        b'From: "Bob" <sip:101@pbx>;tag=f1\r\n'
        b"To: <sip:102@pbx>\r\n"
        b"Call-ID: c1\r\n"
        b"CSeq: 7 INVITE\r\n"
        b"Contact: <sip:101@10.0.0.1;ob>\r\n"
        b"X-Own: yes\r\n"
        b"Content-Type: application/sdp\r\n"
        b"Content-Length: 5\r\n\r\nv=0\r\n"
    )


def test_typed_properties() -> None:
    request = parse_message(bytes(invite(routes=[Uri.parse("sip:a;lr"), Uri.parse("sip:b;lr")])))
    assert request.call_id == "c1"
    assert request.cseq == CSeq(7, "INVITE")
    assert request.from_.display_name == "Bob"
    assert request.via.port == 5060
    assert request.contact == NameAddr("", Uri.parse("sip:101@10.0.0.1;ob"))
    assert [route.uri.host for route in request.routes] == ["a", "b"]
    assert request.record_routes == ()
    assert request.content_type == ""
    assert request.expires is None
    assert request.option_tags("Supported") == frozenset()


def test_typed_properties_follow_changes() -> None:
    request = invite()
    assert request.cseq.number == 7
    request.headers.set("CSeq", "8 INVITE")
    assert request.cseq.number == 8
    assert len(request.vias) == 1
    request.headers.insert_first("Via", "SIP/2.0/UDP other;branch=z9hG4bK2")
    assert request.via.host == "other"
    assert [via.host for via in request.vias] == ["other", "10.0.0.1"]


def test_what_was_read_is_read_again_after_its_field_is_replaced_removed_or_copied() -> None:
    request = invite()
    assert (request.via.host, request.to.uri.user) == ("10.0.0.1", "102")
    other = parse_message(bytes(invite(to=parse_name_addr("<sip:104@pbx>"))))
    request.headers.copy_from(other.headers, ("to",))
    assert request.to.uri.user == "104"
    stamped = Via("UDP", "10.0.0.2", None, ())
    request.headers.replace_read("v", [str(stamped)], (stamped,))
    assert request.via is stamped
    request.headers.replace_first("Via", ["SIP/2.0/UDP 10.0.0.3"])
    assert request.via.host == "10.0.0.3"
    assert request.contact is not None
    request.headers.remove("m")
    assert request.contact is None


def test_top_via_is_replaced_within_a_comma_list() -> None:
    headers = Headers([("Via", "SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2")])
    headers.replace_first("Via", ["SIP/2.0/UDP c;branch=3"])
    assert headers.all("v") == ["SIP/2.0/UDP c;branch=3", "SIP/2.0/UDP b;branch=2"]
    headers.replace_first("Via", [])
    assert headers.all("v") == ["SIP/2.0/UDP b;branch=2"]


def test_copy_is_independent() -> None:
    request = invite()
    twin = request.copy()
    twin.headers.set("CSeq", "9 INVITE")
    twin.headers.add("Authorization", "Digest x=y")
    assert request.cseq.number == 7
    assert "Authorization" not in request.headers


def test_response_copies_what_8_2_6_says() -> None:
    request = invite(headers=[("Record-Route", "<sip:p;lr>"), ("Timestamp", "54")])
    request.headers.add("Via", "SIP/2.0/UDP b;branch=2")
    ringing = make_response(request, 180, to_tag="t1")
    assert bytes(ringing) == (
        b"SIP/2.0 180 Ringing\r\n"
        b"Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
        b"Via: SIP/2.0/UDP b;branch=2\r\n"
        b'From: "Bob" <sip:101@pbx>;tag=f1\r\n'
        b"To: <sip:102@pbx>;tag=t1\r\n"
        b"Call-ID: c1\r\n"
        b"CSeq: 7 INVITE\r\n"
        b"Record-Route: <sip:p;lr>\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
    trying = make_response(request, 100, to_tag="t1")
    assert trying.to.tag is None
    assert trying.headers.get("Timestamp") == "54"
    refusal = make_response(request, 486, "Not now", to_tag="t1", headers=[("Retry-After", "5")])
    assert refusal.start_line == "SIP/2.0 486 Not now"
    assert "Record-Route" not in refusal.headers
    assert refusal.headers.get("retry-after") == "5"


def test_response_keeps_the_tag_of_a_dialog() -> None:
    request = invite(to=parse_name_addr("<sip:102@pbx>;tag=old"))
    assert make_response(request, 200, to_tag="new").to.tag == "old"


def test_response_body_gets_its_type() -> None:
    accepted = make_response(invite(), 200, to_tag="t", body=b"v=0\r\n")
    assert accepted.content_type == "application/sdp"
    assert accepted.is_success
    assert not accepted.is_provisional


def test_reasons() -> None:
    assert Response(486).reason == "Busy Here"
    assert Response(499).reason == "Bad Request"
    assert Response.build(200, headers=[("Server", "x")]).start_line == "SIP/2.0 200 OK"


def test_headers_by_any_name() -> None:
    headers = Headers([("f", "a"), ("SUPPORTED", "x, y"), ("k", "z"), ("X-Thing", "1"), ("x-thing", "2")])
    assert headers.get("From") == "a"
    assert headers.all("supported") == ["x", "y", "z"]
    assert headers.fields("Supported") == ["x, y", "z"]
    assert headers.all("X-THING") == ["1", "2"]
    assert list(headers)[-1] == ("X-Thing", "2")
    headers.remove("x-Thing")
    assert "X-Thing" not in headers
    assert headers.get("x-thing") is None


def test_values_with_commas_that_are_no_lists_stay_whole() -> None:
    headers = Headers([("Date", "Sat, 15 Oct 2005 04:44:56 GMT"), ("WWW-Authenticate", 'Digest a="b", c=d')])
    assert headers.all("Date") == ["Sat, 15 Oct 2005 04:44:56 GMT"]
    assert headers.all("WWW-Authenticate") == ['Digest a="b", c=d']


@pytest.mark.parametrize(("name", "value"), [("X", "a\r\nVia: b"), ("X", "a\nb"), ("X", "a\rb"), ("X Y", "")])
def test_header_injection_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        Headers().add(name, value)


def test_session_description_out_of_several_parts() -> None:
    body = (
        b"preamble\r\n--b1\r\nContent-Type: application/isup\r\n\r\n\x01\x02\r\n"
        b"--b1\r\ncontent-type: application/sdp\r\n\r\nv=0\r\ns=-\r\n--b1--\r\n"
    )
    request = invite(body=body, content_type='multipart/mixed; boundary="b1"')
    assert session_description_of(request) == b"v=0\ns=-\n"
    assert session_description_of(invite(body=b"v=0\r\n")) == b"v=0\r\n"
    assert session_description_of(invite(body=b"x", content_type="text/plain")) == b""
    assert session_description_of(invite(body=b"x", content_type="multipart/mixed")) == b""
    assert session_description_of(invite()) == b""


def test_representations_name_no_secrets() -> None:
    request = invite(headers=[("Authorization", "Digest response=abc")])
    assert repr(request) == "<INVITE sip:102@pbx c1>"
    assert "abc" not in repr(request.headers)
    assert repr(make_response(request, 200)) == "<200 7 INVITE c1>"
