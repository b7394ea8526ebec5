"""What a well-formed request is refused for, and what not."""

from __future__ import annotations

import pytest

from appliance.sip.checks import check_request
from appliance.sip.message import Request
from appliance.sip.parser import parse_message


def request(
    method: str = "INVITE", target: str = "sip:102@pbx", body: bytes = b"", **changed: str | None
) -> Request:
    """A good request with some header fields replaced (underscores for hyphens) or, with None, left out."""
    fields: dict[str, str | None] = {
        "Via": "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1",
        "Max-Forwards": "70",
        "From": "<sip:101@pbx>;tag=f",
        "To": "<sip:102@pbx>",
        "Call-ID": "c",
        "CSeq": f"1 {method}",
        "Contact": "<sip:101@10.0.0.1>",
    }
    fields |= {name.replace("_", "-"): value for name, value in changed.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    message = parse_message(f"{method} {target} SIP/2.0\r\n{head}\r\n".encode() + body)
    assert isinstance(message, Request)
    return message


def status(message: Request) -> int | None:
    refusal = check_request(message)
    return refusal.status if refusal is not None else None


@pytest.mark.parametrize(
    "message",
    [
        request(),
        request(target="tel:+33123456789"),
        request(target="sips:102@pbx"),
        request(Max_Forwards=None),
        request(Max_Forwards="0", To="<sip:102@pbx>;tag=t"),
        request("REGISTER", Contact="*", Max_Forwards="1"),
        request("REGISTER", Contact=None),
        request("OPTIONS", Contact=None, From="<sip:101@pbx>"),
        request("CANCEL", Contact=None, Require="anything", Max_Forwards="0"),
        request("ACK", target="http://x", Max_Forwards="0", Require="anything"),
        request(Contact=None, To="<sip:102@pbx>;tag=t"),
        request(Date="Sat, 15 Oct 2005 04:44:56 GMT"),
        request(Accept="text/plain, application/*;q=0.5"),
        request(body=b"v=0\r\n", Content_Type="application/sdp;charset=utf-8"),
        request(body=b"v=0\r\n"),
        request(body=b"x", Content_Type="multipart/mixed;boundary=b"),
        request(body=b"x", Content_Type="text/plain", Content_Disposition="icon; Handling=Optional"),
        request("MESSAGE", body=b"x", Content_Type="text/plain"),
        request(Content_Type="text/plain"),
        request(Via="SIP/2.0/UDP 10.0.0.1"),
    ],
    ids=str,
)
def test_is_taken(message: Request) -> None:
    assert check_request(message) is None


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (request(target="http://pbx/"), 416),
        (request(target="sip:102@pbx?Route=x"), 400),
        (request(Via="SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK"), 400),
        (request(From="<sip:101@pbx>"), 400),
        (request(Contact=None), 400),
        (request(Contact="*"), 400),
        (request(Contact="<sip:a@b>, <sip:c@d>"), 400),
        (request(Contact="<tel:+33123>"), 400),
        (request(Max_Forwards="many"), 400),
        (request(Max_Forwards="0"), 483),
        (request("OPTIONS", Max_Forwards="0"), 483),
        (request("REGISTER", To="<tel:+33123>"), 400),
        (request(Date="Sat, 15 Oct 2005 04:44:56 CEST"), 400),
        (request(Accept="text/plain"), 406),
        (request(Accept=""), 406),
        (request(body=b"x", Content_Type="text/plain"), 415),
        (request(body=b"x", Content_Type="application/sdp", Content_Encoding="gzip"), 415),
        (request("BYE", Require="anything"), 420),
    ],
    ids=str,
)
def test_is_refused(message: Request, wanted: int) -> None:
    assert status(message) == wanted


def test_supported_extensions_may_be_required() -> None:
    message = request(Require="Timer, Replaces")
    assert check_request(message, {"timer", "replaces"}) is None
    refusal = check_request(message, {"timer"})
    assert refusal is not None
    assert (refusal.status, refusal.headers) == (420, (("Unsupported", "Replaces"),))
