"""Dialogs by themselves: identity, order, targets, routes, flows."""

from __future__ import annotations

import pytest

from appliance.sip.dialog import Dialog, default_contact, is_address
from appliance.sip.flow import Flow
from appliance.sip.matching import dialog_key, merge_key, server_key
from appliance.sip.message import Request, make_response
from appliance.sip.parser import parse_message
from appliance.sip.uri import Uri

UDP = Flow("UDP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
TCP = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 41000), 3)


def invite(contact: str = "<sip:peer@10.0.0.2:5070>", headers: str = "", cseq: int = 10) -> Request:
    contact_line = f"Contact: {contact}\r\n" if contact else ""
    message = parse_message(
        (
            "INVITE sip:101@pbx SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5070;branch=z9hG4bKb\r\n"
            f"From: <sip:peer@x>;tag=theirs\r\nTo: <sip:101@pbx>\r\nCall-ID: c\r\nCSeq: {cseq} INVITE\r\n"
            f"{contact_line}{headers}\r\n"
        ).encode()
    )
    assert isinstance(message, Request)
    return message


def callee(request: Request | None = None, flow: Flow = UDP) -> Dialog:
    return Dialog.of_callee(request or invite(), "ours", Uri.parse("sip:101@10.0.0.1"), flow)


def test_the_callee_answers_back_to_the_caller() -> None:
    dialog = callee()
    assert dialog.key == ("c", "ours", "theirs")
    request = dialog.request("BYE")
    assert str(request.uri) == "sip:peer@10.0.0.2:5070"
    assert (request.from_.tag, request.to.tag) == ("ours", "theirs")
    assert str(request.cseq) == "1 BYE"
    assert str(dialog.request("INFO").cseq) == "2 INFO"


def test_both_sides_see_the_same_dialog() -> None:
    request = invite()
    response = make_response(request, 200, to_tag="ours")
    caller = Dialog.of_caller(request, response, Uri.parse("sip:peer@10.0.0.2:5070"), UDP)
    assert caller.key == ("c", "theirs", "ours")
    assert dialog_key(caller.request("BYE"), from_peer_request=True) == callee().key


def test_the_order_of_requests() -> None:
    dialog = callee(invite(cseq=10))
    assert not dialog.in_order(invite(cseq=9))
    assert dialog.in_order(invite(cseq=12))
    assert not dialog.in_order(invite(cseq=11))


def test_without_contact_the_caller_is_reached_at_its_address() -> None:
    assert str(callee(invite(contact="")).remote_target) == "sip:peer@x"


@pytest.mark.parametrize("contact", ["<tel:+33123456789>", ""])
def test_a_refresh_without_sip_contact_changes_nothing(contact: str) -> None:
    dialog = callee()
    dialog.refresh(invite(contact=contact))
    assert str(dialog.remote_target) == "sip:peer@10.0.0.2:5070"


def test_the_next_hop_is_the_first_route() -> None:
    dialog = callee(invite(headers="Record-Route: <sip:proxy@10.0.0.9;lr>\r\n"))
    assert str(dialog.next_hop()) == "sip:proxy@10.0.0.9;lr"
    assert str(callee().next_hop()) == "sip:peer@10.0.0.2:5070"


def test_contact_goes_where_it_is_a_target_refresh() -> None:
    dialog = callee()
    assert str(dialog.request("INVITE", body=b"v=0").contact) == "<sip:101@10.0.0.1>"
    assert dialog.request("BYE").contact is None


def test_a_lost_connection_leads_to_the_contact() -> None:
    dialog = callee(flow=TCP)
    dialog.flow_lost(UDP)
    assert dialog.flow == TCP
    dialog.flow_lost(TCP)
    assert dialog.flow == Flow("TCP", TCP.local, ("10.0.0.2", 5070), None)


def test_a_lost_connection_to_a_named_contact_leads_to_the_old_address() -> None:
    dialog = callee(invite("<sip:peer@phone.example>"), TCP)
    dialog.flow_lost(TCP)
    assert dialog.flow == TCP.to(TCP.remote)


NEWER = Flow("TCP", TCP.local, ("10.0.0.2", 41999), 4)


def test_a_phone_that_its_router_shows_at_another_port_is_reached_there() -> None:
    dialog = callee(flow=UDP)
    elsewhere = Flow("UDP", UDP.local, ("10.0.0.2", 61000))
    dialog.flow_found("peer", Uri.parse("sip:peer@10.0.0.2:5080"), elsewhere)
    assert dialog.flow == UDP, "another phone of theirs"
    dialog.flow_found("peer", Uri.parse("sip:peer@10.0.0.2:5070"), elsewhere)
    assert dialog.flow == elsewhere


@pytest.mark.parametrize(
    ("lost", "user", "contact", "moves"),
    [
        (True, "peer", "sip:peer@10.0.0.2:41999;transport=tcp", True),
        (True, "other", "sip:peer@10.0.0.2:5070", False),
        (True, "peer", "sip:peer@10.0.0.3:5070", False),
        (False, "peer", "sip:peer@10.0.0.2:5070", True),
        (False, "peer", "sip:peer@10.0.0.2:41999;transport=tcp", False),
    ],
)
def test_a_phone_that_comes_by_another_connection_is_reached_by_it(lost, user, contact, moves) -> None:
    dialog = callee(flow=TCP)
    if lost:
        dialog.flow_lost(TCP)
    before = dialog.flow
    dialog.flow_found(user, Uri.parse(contact), NEWER)
    assert dialog.flow == (NEWER if moves else before)


@pytest.mark.parametrize(
    ("flow", "contact"),
    [
        (UDP, "sip:101@10.0.0.1:5060"),
        (TCP, "sip:101@10.0.0.1:5060;transport=tcp"),
        (Flow("UDP", ("2001:db8::1", 5062), ("2001:db8::2", 5060)), "sip:101@[2001:db8::1]:5062"),
    ],
)
def test_our_contact_is_our_end_of_the_flow(flow: Flow, contact: str) -> None:
    assert str(default_contact(invite(), flow)) == contact


@pytest.mark.parametrize(
    ("host", "address"),
    [("10.0.0.1", True), ("2001:db8::1", True), ("phone.example", False), ("10.0.0", False)],
)
def test_addresses_are_told_from_names(host: str, address: bool) -> None:
    assert is_address(host) == address


def test_without_the_magic_cookie_more_than_the_branch_tells_transactions_apart() -> None:
    one, two = invite(), invite()
    for request, call_id in ((one, "one"), (two, "two")):
        request.headers.set("Via", "SIP/2.0/UDP 10.0.0.2;branch=1")
        request.headers.set("Call-ID", call_id)
    assert server_key(one) != server_key(two)
    assert server_key(one) == server_key(one, "ACK")


def test_two_paths_of_one_request_share_the_merge_key() -> None:
    one, two = invite(), invite()
    two.headers.set("Via", "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKother")
    assert server_key(one) != server_key(two)
    assert merge_key(one) == merge_key(two)
