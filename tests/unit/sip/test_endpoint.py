"""What an endpoint does with whatever comes: requests outside sessions, strays, nonsense, floods."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.sip.endpoint import Flow
from appliance.sip.events import IncomingInvite, IncomingRequest, RequestFailed, ResponseReceived
from appliance.sip.headers import parse_name_addr
from appliance.sip.message import Request, make_response
from appliance.sip.uri import Uri
from tests.unit.sip.playbook import ANSWER, OFFER, Box

CORPUS = Path(__file__).parents[2] / "data" / "sip-messages"


def options() -> Request:
    return Request.build(
        "OPTIONS",
        Uri.parse("sip:peer@10.0.0.2"),
        from_=parse_name_addr("<sip:box@10.0.0.1>;tag=f"),
        to=parse_name_addr("<sip:peer@10.0.0.2>"),
        call_id="c",
        cseq=1,
    )


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER"])
def test_requests_outside_sessions_are_the_users(method: str) -> None:
    box = Box()
    assert box.hears_request(method) == []
    event = box.event(IncomingRequest)
    assert event.request.method == method
    box.endpoint.respond(event.key, make_response(event.request, 200), box.now)
    assert box.take() == [f"200 {method}"]
    assert box.response().to.tag is not None
    assert box.hears_request(method) == [f"200 {method}"]
    assert box.news() == ["IncomingRequest"]
    assert box.is_idle


def test_a_request_nobody_answers_is_forgotten() -> None:
    box = Box()
    box.hears_request("OPTIONS")
    assert box.is_idle


@pytest.mark.parametrize("method", ["BYE", "UPDATE", "INFO"])
def test_requests_of_unknown_dialogs_are_481(method: str) -> None:
    box = Box()
    assert box.hears_request(method) == [f"481 {method}"]
    assert box.hears_request(method, cseq=2, to_tag="unknown") == [f"481 {method}"]
    assert box.news() == []


def test_an_invite_of_an_unknown_dialog_is_481() -> None:
    assert Box().hears_request("INVITE", to_tag="unknown") == ["481 INVITE"]


def test_a_dialog_is_known_by_both_tags() -> None:
    box = Box()
    box.talks()
    tag = box.our_tag
    assert box.hears_request("BYE", cseq=2, to_tag=tag, from_tag="other") == ["481 BYE"]
    assert box.hears_request("BYE", cseq=3, to_tag="other") == ["481 BYE"]
    assert box.hears_request("BYE", cseq=4, to_tag=tag, call_id="other") == ["481 BYE"]
    assert box.news() == []


def test_unknown_methods_are_told_which_are_known() -> None:
    box = Box()
    assert box.hears_request("FROBNICATE") == ["405 FROBNICATE"]
    assert "INVITE" in (box.response().headers.get("Allow") or "")


def test_required_extensions_we_lack_are_named() -> None:
    box = Box()
    assert box.hears_request("INVITE", headers="Require: 100rel, outbound, nothing\r\n") == ["420 INVITE"]
    assert box.response().headers.get("Unsupported") == "outbound, nothing"


def test_a_request_that_comes_by_two_paths_is_taken_once() -> None:
    box = Box()
    box.hears_request("INVITE", branch="z9hG4bKone")
    assert box.hears_request("INVITE", branch="z9hG4bKtwo") == ["482 INVITE"]
    assert box.news() == ["IncomingInvite"]


def test_a_challenged_request_may_come_again_with_the_same_cseq() -> None:
    box = Box()
    box.hears_request("MESSAGE", branch="z9hG4bKone")
    box.endpoint.reply(box.event(IncomingRequest).key, 401, box.now)
    box.take()
    assert box.hears_request("MESSAGE", branch="z9hG4bKtwo") == []
    assert box.news() == ["IncomingRequest", "IncomingRequest"]


def test_the_case_of_the_branch_counts() -> None:
    box = Box()
    box.hears_request("OPTIONS", branch="z9hG4bKabc", call_id="one")
    box.hears_request("OPTIONS", branch="z9hG4bKABC", call_id="two")
    assert box.news() == ["IncomingRequest", "IncomingRequest"]


# Our requests outside sessions.


def test_our_request_and_its_response() -> None:
    box = Box()
    key = box.endpoint.request(options(), box.flow, box.now)
    assert box.take() == ["OPTIONS"]
    sent = box.sent("OPTIONS")
    assert (sent.via.host, sent.via.port, sent.via.param("rport")) == ("10.0.0.1", 5060, "")
    assert sent.max_forwards == 70
    box.answers(200, "OPTIONS")
    assert box.event(ResponseReceived).key == key
    assert box.is_idle


@pytest.mark.parametrize(("broken", "status"), [(False, 408), (True, 503)])
def test_our_request_without_response(broken: bool, status: int) -> None:
    box = Box()
    key = box.endpoint.request(options(), box.flow, box.now)
    if broken:
        box.endpoint.flow_failed(box.flow, box.now)
    box.take()
    box.wait(33)
    assert box.event(RequestFailed) == RequestFailed(key, status)


# Where responses go (RFC 3261 18.2, RFC 3581).


def respond_to(via: str, flow: Flow) -> tuple[Flow, str]:
    box = Box()
    text = (
        f"FROB sip:x@y SIP/2.0\r\nVia: {via};branch=z9hG4bKv\r\nVia: SIP/2.0/UDP behind;branch=z9hG4bKw\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: c\r\nCSeq: 1 FROB\r\n\r\n"
    )
    box.hears(text, flow)
    assert len(box.response().vias) == 2
    return box.log[-1][0], str(box.response().via)


UDP = Flow("UDP", ("10.0.0.1", 5060), ("10.0.0.2", 5099))


def test_a_response_goes_to_the_port_of_sent_by() -> None:
    flow, via = respond_to("SIP/2.0/UDP 10.0.0.2:5070", UDP)
    assert flow.remote == ("10.0.0.2", 5070)
    assert "received" not in via


def test_a_response_goes_to_the_default_port_when_none_is_given() -> None:
    assert respond_to("SIP/2.0/UDP 10.0.0.2", UDP)[0].remote == ("10.0.0.2", 5060)


def test_a_response_goes_where_the_request_came_from_when_asked_to() -> None:
    flow, via = respond_to("SIP/2.0/UDP 10.0.0.2:5070;rport", UDP)
    assert flow.remote == ("10.0.0.2", 5099)
    assert "received=10.0.0.2" in via
    assert "rport=5099" in via


def test_a_response_through_a_nat_goes_back_through_it() -> None:
    flow, via = respond_to("SIP/2.0/UDP 192.168.1.5:5070", UDP)
    assert flow.remote == ("10.0.0.2", 5099)
    assert "received=10.0.0.2" in via


def test_a_lie_in_received_is_overwritten() -> None:
    flow, via = respond_to("SIP/2.0/UDP 10.0.0.2:5070;received=203.0.113.1;rport=1", UDP)
    assert flow.remote == ("10.0.0.2", 5099)
    assert "203.0.113.1" not in via


def test_maddr_cannot_point_us_at_a_third_party() -> None:
    assert respond_to("SIP/2.0/UDP 10.0.0.2:5070;maddr=203.0.113.1", UDP)[0].remote == ("10.0.0.2", 5070)


def test_a_response_over_tcp_takes_the_same_connection() -> None:
    tcp = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 40001), 3)
    assert respond_to("SIP/2.0/TCP 10.0.0.2:5070", tcp)[0] == tcp


def test_an_ipv6_peer_is_answered() -> None:
    six = Flow("UDP", ("2001:db8::1", 5060), ("2001:db8::2", 5099))
    assert respond_to("SIP/2.0/UDP [2001:db8::2]:5070", six)[0].remote == ("2001:db8::2", 5070)


# Nonsense.


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"\r\n\r\n", b"\0\0\0\0", b"hello", b"\xff" * 50, b"SIP/2.0", b" "]
)
def test_what_is_no_message_is_ignored(data: bytes) -> None:
    box = Box()
    assert box.hears(data) == []
    assert box.news() == []
    assert box.endpoint.is_idle


def test_a_broken_request_is_refused_where_it_came_from() -> None:
    box = Box()
    sent = box.hears(
        "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKv;rport\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    assert sent == ["400 INVITE"]
    assert box.log[-1][0] == box.flow
    assert box.endpoint.is_idle


def test_a_broken_ack_or_response_is_dropped() -> None:
    box = Box()
    assert box.hears("ACK sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKv\r\nCSeq: 1 ACK\r\n\r\n") == []
    assert box.hears("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKv\r\nCSeq: 1 ACK\r\n\r\n") == []
    assert box.hears_request("ACK", to_tag="unknown") == []
    assert box.news() == []


MESSAGES = sorted(path for path in CORPUS.rglob("*") if path.suffix == ".dat")


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.name)
def test_no_message_raises_or_leaves_anything(path: Path) -> None:
    box = Box()
    box.endpoint.receive(path.read_bytes(), box.flow, box.now)
    for event in box.endpoint.take_events():
        if isinstance(event, IncomingRequest):
            box.endpoint.reply(event.key, 200, box.now)
        elif isinstance(event, IncomingInvite):
            box.endpoint.hang_up(event.session, box.now)
    assert all(outgoing.data.startswith(b"SIP/2.0 ") for outgoing in box.endpoint.take_outgoing())
    while (due := box.endpoint.next_timer()) is not None:
        box.endpoint.advance(due)
    assert box.endpoint.is_idle


# Floods.


def test_a_flood_of_requests_nobody_answers_is_bounded() -> None:
    box = Box(most_pending=50)
    for number in range(500):
        box.hears_request("INVITE", branch=f"z9hG4bK{number}", call_id=f"call-{number}")
    assert box.endpoint.open_sessions == 50
    assert len(box.endpoint.transactions.servers) == 50
    assert box.response().status == 503
    assert box.response().headers.get("Retry-After") is not None


def test_in_a_flood_a_call_under_way_can_still_be_ended() -> None:
    box = Box(most_pending=50)
    box.talks()
    tag = box.our_tag
    for number in range(60):
        box.hears_request("INVITE", branch=f"z9hG4bK{number}", call_id=f"call-{number}")
    assert box.hears_request("BYE", cseq=2, to_tag=tag) == ["200 BYE"]


def test_a_flood_that_is_refused_keeps_no_more_than_the_limit() -> None:
    box = Box(most_answered=100)
    for number in range(1000):
        box.hears_request("INVITE", branch=f"z9hG4bK{number}", call_id=f"call-{number}", body=OFFER)
        box.endpoint.refuse(f"session-{number + 1}", 401, box.now)
        box.take()
    assert box.endpoint.open_sessions == 0
    assert len(box.endpoint.transactions.servers) == 100
    assert len(box.endpoint.timers) == 200
    assert box.is_idle


def test_many_calls_leave_nothing() -> None:
    box = Box()
    for number in range(300):
        call = f"call-{number}"
        box.hears_request("INVITE", branch=f"z9hG4bKi{number}", call_id=call, body=OFFER)
        box.endpoint.accept(f"session-{number + 1}", ANSWER, box.now)
        box.take()
        box.hears_request("ACK", branch=f"z9hG4bKa{number}", call_id=call, to_tag=box.our_tag)
        box.hears_request("BYE", branch=f"z9hG4bKb{number}", call_id=call, cseq=2, to_tag=box.our_tag)
        box.events.clear()
        box.log.clear()
    assert box.endpoint.open_sessions == 0
    assert box.is_idle
