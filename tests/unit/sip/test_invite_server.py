"""Calls we get: ringing, answering, refusing, being cancelled, and the ACK that may never come."""

from __future__ import annotations

import pytest

from appliance.sip.events import Confirmed, Ended
from tests.unit.sip.playbook import ANSWER, OFFER, Box


def test_a_call_rung_answered_and_ended_by_the_peer() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now)
    assert box.take() == ["180 INVITE"]
    tag = box.our_tag
    assert str(box.response().contact) == "<sip:box@10.0.0.1:5060>"
    box.endpoint.accept(session, ANSWER, box.now)
    assert box.take() == ["200 INVITE"]
    assert box.our_tag == tag
    assert box.response().body == ANSWER
    assert box.hears_request("ACK", to_tag=tag) == []
    assert box.news() == ["IncomingInvite", "Confirmed"]
    assert box.hears_request("BYE", cseq=2, to_tag=tag) == ["200 BYE"]
    assert box.event(Ended).cause == "bye"
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_a_caller_who_would_wait_is_told_that_we_try() -> None:
    box = Box()
    box.is_called()
    assert box.take() == []
    assert box.wait(0.2) == ["100 INVITE"]
    assert box.response().to.tag is None


def test_a_repeated_invite_gets_the_last_response_again_and_is_no_news() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now, 183, ANSWER)
    box.take()
    box.news()
    assert box.hears_request("INVITE", branch="z9hG4bK-first", body=OFFER) == ["183 INVITE"]
    assert box.news() == []


def test_ringing_is_repeated_every_minute_until_the_answer() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now)
    box.take()
    assert box.wait(125) == ["180 INVITE", "180 INVITE"]
    box.endpoint.refuse(session, 480, box.now)
    assert box.take() == ["480 INVITE"]
    assert "180 INVITE" not in box.wait(125)


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_the_answer_is_repeated_until_the_ack(transport: str) -> None:
    box = Box(transport)
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    assert box.wait(1.6) == ["200 INVITE", "200 INVITE"]
    box.hears_request("ACK", to_tag=box.our_tag)
    assert box.wait(60) == []


def test_no_ack_ends_the_session() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    sent = box.wait(33)
    assert sent.count("200 INVITE") == 10
    assert "BYE" in sent
    ended = box.event(Ended)
    assert (ended.session, ended.cause) == (session, "timeout")
    box.answers(200, "BYE", tag=None)
    assert box.is_idle


def test_a_late_offer_is_answered_in_the_ack() -> None:
    box = Box()
    session = box.is_called(body=b"")
    box.endpoint.accept(session, OFFER, box.now)
    box.take()
    box.hears_request("ACK", to_tag=box.our_tag, body=ANSWER)
    assert box.event(Confirmed).body == ANSWER


def test_an_ack_that_comes_again_is_no_news() -> None:
    box = Box()
    box.talks()
    box.hears_request("ACK", to_tag=box.our_tag)
    assert box.news() == []


def test_an_ack_with_the_branch_of_its_invite_counts_even_with_another_tag() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag="made-up")
    assert isinstance(box.event(Confirmed), Confirmed)


# Refusing.


def test_a_refusal_is_repeated_until_acknowledged() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.refuse(session, 486, box.now, reason="Occupied", headers=(("Retry-After", "5"),))
    assert box.take() == ["486 INVITE"]
    assert (box.response().reason, box.response().headers.get("Retry-After")) == ("Occupied", "5")
    assert box.wait(0.6) == ["486 INVITE"]
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag=box.our_tag)
    assert box.wait(30) == []
    assert box.news() == ["IncomingInvite", "Ended"]
    assert box.is_idle


def test_a_challenged_phone_calls_again_with_credentials() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.refuse(
        session, 401, box.now, headers=(("WWW-Authenticate", "Digest a"), ("WWW-Authenticate", "Digest b"))
    )
    box.take()
    assert box.response().headers.all("WWW-Authenticate") == ["Digest a", "Digest b"]
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag=box.our_tag)
    assert box.hears_request("INVITE", cseq=2, branch="z9hG4bK-second") == []
    assert box.news() == ["IncomingInvite", "Ended", "IncomingInvite"]


def test_the_same_branch_with_another_cseq_is_another_call() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.refuse(session, 401, box.now)
    box.take()
    assert box.hears_request("INVITE", cseq=2, branch="z9hG4bK-first") == []
    assert box.news() == ["IncomingInvite", "Ended", "IncomingInvite"]


def test_hang_up_before_the_answer_refuses() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["480 INVITE"]
    assert box.event(Ended).cause == "local"


# Cancelled.


def test_the_caller_gives_up() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now)
    box.take()
    assert box.hears_request("CANCEL", branch="z9hG4bK-first") == ["200 CANCEL", "487 INVITE"]
    assert box.event(Ended).cause == "cancelled"
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag=box.our_tag)
    box.endpoint.accept(session, ANSWER, box.now)
    assert box.take() == []
    assert box.news() == ["IncomingInvite", "Ended"]
    assert box.is_idle


def test_a_cancel_that_crosses_the_answer_comes_too_late() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    tag = box.our_tag
    assert box.hears_request("CANCEL", branch="z9hG4bK-first") == ["200 CANCEL"]
    assert box.our_tag == tag
    assert box.news() == ["IncomingInvite"]


def test_a_cancel_without_invite_is_481() -> None:
    box = Box()
    assert box.hears_request("CANCEL", branch="z9hG4bK-unknown") == ["481 CANCEL"]


def test_a_cancel_that_comes_twice_ends_once() -> None:
    box = Box()
    box.is_called()
    box.hears_request("CANCEL", branch="z9hG4bK-first")
    assert box.hears_request("CANCEL", branch="z9hG4bK-first") == ["200 CANCEL"]
    assert box.news() == ["IncomingInvite", "Ended"]


def test_the_caller_may_bye_before_the_answer() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now)
    box.take()
    assert box.hears_request("BYE", cseq=2, to_tag=box.our_tag) == ["200 BYE", "487 INVITE"]
    assert box.event(Ended).cause == "bye"


# Hanging up around the ACK.


def test_hang_up_before_the_ack_waits_for_it() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    tag = box.our_tag
    box.endpoint.hang_up(session, box.now, (("Reason", "Q.850;cause=16"),))
    assert box.take() == []
    assert box.news() == ["IncomingInvite", "Ended"]
    assert box.wait(0.6) == ["200 INVITE"]
    assert box.hears_request("ACK", to_tag=tag) == ["BYE"]
    assert box.sent("BYE").headers.get("Reason") == "Q.850;cause=16"
    box.answers(200, "BYE", tag=None)
    assert box.news() == []
    assert box.is_idle


def test_hang_up_before_an_ack_that_never_comes_ends_by_bye_all_the_same() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    box.endpoint.hang_up(session, box.now)
    assert "BYE" in box.wait(33)
    assert box.is_idle


def test_bye_before_the_ack() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    assert box.hears_request("BYE", cseq=2, to_tag=box.our_tag) == ["200 BYE"]
    assert box.wait(40) == []
    assert box.is_idle


def test_byes_that_cross_are_both_answered() -> None:
    box = Box()
    session = box.talks()
    tag = box.our_tag
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]
    assert box.hears_request("BYE", cseq=2, to_tag=tag) == ["200 BYE"]
    box.answers(481, "BYE", tag=None)
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_a_bye_nobody_answers_is_given_up() -> None:
    box = Box()
    session = box.talks()
    box.endpoint.hang_up(session, box.now)
    assert box.is_idle


def test_a_caller_that_vanishes_while_it_rings() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.ring(session, box.now)
    box.take()
    box.endpoint.flow_failed(box.flow, box.now)
    box.take()
    ended = box.event(Ended)
    assert (ended.session, ended.cause) == (session, "transport")
    assert box.is_idle


def test_our_contact_may_be_given() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now, (("Contact", "<sip:else@10.0.0.9>"),))
    box.take()
    assert box.response().headers.all("Contact") == ["<sip:else@10.0.0.9>"]


def test_the_peers_route_is_followed_in_its_order() -> None:
    box = Box()
    box.hears_request("INVITE", headers="Record-Route: <sip:near;lr>\r\nRecord-Route: <sip:far;lr>\r\n")
    box.endpoint.accept("session-1", ANSWER, box.now)
    box.take()
    assert box.response().headers.all("Record-Route") == ["<sip:near;lr>", "<sip:far;lr>"]
    box.hears_request("ACK", to_tag=box.our_tag)
    box.endpoint.hang_up("session-1", box.now)
    box.take()
    assert box.sent("BYE").headers.all("Route") == ["<sip:near;lr>", "<sip:far;lr>"]
