"""Subscriptions: taken, refreshed, ended, refused, kept over a restart (RFC 6665)."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from appliance.sip.flow import Flow
from appliance.sip.lamps import Lamp, LampState, Mail, dialog_info, message_summary, presence
from appliance.sip.message import Request
from appliance.sip.parser import parse_message
from appliance.sip.subscriptions import LEAP, MOST_OF_A_USER, Subscriptions, record_of, subscription_of

FLOW = Flow("UDP", ("10.0.0.1", 5060), ("10.0.0.2", 5062))


def subscribe(event="dialog", expires="600", cseq=1, to_tag="", call_id="c", user="102") -> Request:
    tag = f";tag={to_tag}" if to_tag else ""
    fields = f"Expires: {expires}\r\n" if expires else ""
    text = (
        f"SUBSCRIBE sip:{user}@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5062;branch=z9hG4bK{cseq}\r\n"
        f"From: <sip:101@10.0.0.1>;tag=peer\r\nTo: <sip:{user}@10.0.0.1>{tag}\r\nCall-ID: {call_id}\r\n"
        f"CSeq: {cseq} SUBSCRIBE\r\nContact: <sip:101@10.0.0.2:5062>\r\nEvent: {event}\r\n{fields}"
        "Content-Length: 0\r\n\r\n"
    )
    request = parse_message(text.encode())
    assert isinstance(request, Request)
    return request


def taken(**fields):
    subscriptions = Subscriptions()
    done = subscriptions.subscribe(subscribe(**fields), "101", FLOW, "ours", 0.0, known=True)
    return subscriptions, done


def test_one_is_taken_and_told():
    subscriptions, done = taken(event="dialog;id=7")
    assert (done.response.status, done.response.to.tag) == (200, "ours")
    assert done.response.headers.get("Expires") == "600"
    notify = subscriptions.notify(done.subscription, b"<x/>", 100.0)
    assert str(notify.uri) == "sip:101@10.0.0.2:5062"
    assert (notify.from_.tag, notify.to.tag) == ("ours", "peer")
    assert notify.headers.get("Event") == "dialog;id=7"
    assert notify.headers.get("Subscription-State") == "active;expires=500"
    assert notify.headers.get("Content-Type") == "application/dialog-info+xml"


def test_a_refresh_lasts_longer_and_zero_ends_it():
    subscriptions, done = taken()
    again = subscriptions.subscribe(subscribe(cseq=2, to_tag="ours"), "101", FLOW, "x", 500.0, known=True)
    assert again.response.status == 200 and again.subscription is done.subscription
    assert subscriptions.expire(1000.0) == []
    last = subscriptions.subscribe(
        subscribe(cseq=3, to_tag="ours", expires="0"), "101", FLOW, "x", 600.0, known=True
    )
    assert last.is_over and not subscriptions.kept
    notify = subscriptions.notify(last.subscription, b"", 600.0, reason="timeout")
    assert notify.headers.get("Subscription-State") == "terminated;reason=timeout"


def test_time_ends_them():
    subscriptions, done = taken()
    assert subscriptions.expire(600.0) == [done.subscription] and not subscriptions.kept


@pytest.mark.parametrize(
    ("request_", "known", "status"),
    [
        (subscribe(event="reg"), True, 489),
        (subscribe(expires="10"), True, 423),
        (subscribe(), False, 404),
        (subscribe(to_tag="gone"), True, 481),
    ],
)
def test_what_cannot_be_watched_is_refused(request_, known, status):
    subscriptions = Subscriptions()
    done = subscriptions.subscribe(request_, "101", FLOW, "ours", 0.0, known=known)
    assert done.response.status == status and done.subscription is None and not subscriptions.kept


def test_nobody_refreshes_anothers_and_old_requests_change_nothing():
    subscriptions, _ = taken()
    stolen = subscriptions.subscribe(subscribe(cseq=2, to_tag="ours"), "103", FLOW, "x", 1.0, known=True)
    assert stolen.response.status == 481
    old = subscriptions.subscribe(subscribe(cseq=0, to_tag="ours"), "101", FLOW, "x", 1.0, known=True)
    assert old.response.status == 500


def test_a_phone_takes_no_more_than_its_share():
    subscriptions = Subscriptions()
    statuses = [
        subscriptions.subscribe(
            subscribe(call_id=f"c{number}"), "101", FLOW, f"t{number}", 0.0, known=True
        ).response.status
        for number in range(MOST_OF_A_USER + 1)
    ]
    assert statuses == [200] * MOST_OF_A_USER + [503]


def test_they_come_back_from_the_disk_with_higher_numbers():
    subscriptions, done = taken()
    subscriptions.notify(done.subscription, b"", 0.0)
    record = json.loads(json.dumps(record_of(done.subscription, 100.0)))
    back = subscription_of(record, 1000.0)
    assert back is not None and back.key == done.subscription.key
    assert (back.expires_at, back.version) == (1500.0, 1 + LEAP)
    notify = Subscriptions().notify(back, b"", 1000.0)
    assert notify.cseq.number == 2 + LEAP and str(notify.uri) == "sip:101@10.0.0.2:5062"
    assert subscription_of({"key": ["a"]}, 0.0) is None


@pytest.mark.parametrize(
    ("lamp", "state", "direction"),
    [
        (Lamp(LampState.FREE), "terminated", None),
        (Lamp(LampState.AWAY), "terminated", None),
        (Lamp(LampState.RINGING, "c1", "+33612345678", 'A "<B>" & C'), "early", "recipient"),
        (Lamp(LampState.CALLING, "c1", "103"), "early", "initiator"),
        (Lamp(LampState.BUSY, "c1"), "confirmed", "initiator"),
    ],
)
def test_the_dialog_document(lamp, state, direction):
    root = ElementTree.fromstring(dialog_info(lamp, "102", "10.0.0.1", 4))
    name = "{urn:ietf:params:xml:ns:dialog-info}"
    assert (root.get("version"), root.get("state"), root.get("entity")) == ("4", "full", "sip:102@10.0.0.1")
    (dialog,) = root.findall(f"{name}dialog")
    assert dialog.findtext(f"{name}state") == state and dialog.get("direction") == direction
    if lamp.other_name:
        assert dialog.find(f"{name}remote/{name}identity").get("display") == lamp.other_name


def test_the_other_documents():
    root = ElementTree.fromstring(presence(Lamp(LampState.AWAY), "102", "10.0.0.1"))
    assert root.findtext(".//{urn:ietf:params:xml:ns:pidf}basic") == "closed"
    assert b"Messages-Waiting: yes\r\n" in message_summary(Mail(2, 1), "101", "box")
    assert b"Voice-Message: 2/1 (0/0)\r\n" in message_summary(Mail(2, 1), "101", "box")
    assert b"Messages-Waiting: no\r\n" in message_summary(Mail(0, 3), "101", "box")
