"""Session timers: who refreshes, by what, and how a peer that has vanished is noticed (RFC 4028)."""

from __future__ import annotations

import pytest

from appliance.sip.message import make_response
from tests.unit.sip.playbook import ANSWER, OFFER, Box

UPDATES = "INVITE, ACK, BYE, CANCEL, UPDATE"


def called(headers: str, **options) -> tuple[Box, str]:
    """A box that answered a call from a peer with these header fields."""
    box = Box(**options)
    box.hears_request(
        "INVITE", branch="z9hG4bK-first", body=OFFER, headers=f"Content-Type: application/sdp\r\n{headers}"
    )
    session = f"session-{box.endpoint._count}"
    box.endpoint.accept(session, ANSWER, box.now)
    box.take()
    return box, session


def calling(*headers: tuple[str, str], **options) -> tuple[Box, str]:
    """A box whose call was answered with these header fields."""
    box = Box(**options)
    session = box.calls()
    box.answers(200, body=ANSWER, headers=headers)
    box.news()
    return box, session


def test_our_invite_proposes_an_interval():
    box = Box(session_seconds=600.0)
    box.calls()
    invite = box.sent("INVITE")
    assert invite.headers.get("Session-Expires") == "600"
    assert (invite.headers.get("Supported"), invite.headers.get("Min-SE")) == ("timer", "90")


def test_nothing_is_said_and_done_without_an_interval():
    box, _ = calling(session_seconds=0.0)
    assert "Session-Expires" not in box.sent("INVITE").headers
    assert box.wait(100_000) == []


def test_we_refresh_by_update_half_way_and_go_on():
    box, _ = calling(("Session-Expires", "600;refresher=uac"), ("Allow", UPDATES))
    assert box.wait(299) == []
    assert box.wait(1.3) == ["UPDATE"]
    assert box.sent("UPDATE").headers.get("Session-Expires") == "600;refresher=uac"
    assert not box.sent("UPDATE").body
    box.answers(200, "UPDATE", headers=(("Session-Expires", "600;refresher=uac"),))
    assert box.wait(300.2) == ["UPDATE"]
    assert box.news() == []


def test_a_peer_that_takes_no_update_gets_the_same_offer_again_and_the_user_hears_nothing():
    box, _ = calling(("Session-Expires", "600;refresher=uac"), ("Allow", "INVITE, ACK, BYE"))
    assert box.wait(300.2) == ["INVITE"]
    assert box.sent("INVITE").body == OFFER
    assert box.answers(200, body=ANSWER, headers=(("Session-Expires", "600;refresher=uac"),)) == ["ACK"]
    assert box.news() == []
    assert box.wait(300.2) == ["INVITE"]


def test_a_vanished_phone_is_noticed_by_the_refresh_that_nobody_answers():
    box, _ = calling(("Session-Expires", "600;refresher=uac"), ("Allow", UPDATES))
    box.wait(301 + 33)
    assert box.news() == ["Ended"]
    assert box.sent("BYE")


def test_a_peer_that_has_forgotten_the_session_ends_it():
    box, _ = calling(("Session-Expires", "600;refresher=uac"), ("Allow", UPDATES))
    box.wait(301)
    box.answers(481, "UPDATE")
    assert box.news() == ["Ended"]


@pytest.mark.parametrize(("answers", "ends"), [(True, False), (False, True)])
def test_a_peer_without_timers_is_asked_whether_it_is_there(answers, ends):
    box, _ = calling()
    assert box.wait(900.2) == ["OPTIONS"]
    if answers:
        # Whatever it says: some phones do not know OPTIONS within a call.
        box.answers(481, "OPTIONS")
    box.wait(60)
    assert (box.news() == ["Ended"]) is ends


def test_a_refresher_that_falls_silent_ends_the_session_in_time():
    box, _ = called("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n")
    answer = box.response()
    assert answer.headers.get("Session-Expires") == "300;refresher=uac"
    assert answer.headers.get("Require") == "timer"
    box.hears_request("ACK", to_tag=box.our_tag)
    box.news()
    box.wait(267)
    assert box.news() == []
    assert "BYE" in box.wait(2)
    assert box.news() == ["Ended"]


def test_each_refresh_of_the_peer_gives_it_another_interval():
    box, _ = called("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n")
    box.hears_request("ACK", to_tag=box.our_tag)
    box.news()
    tag = box.our_tag
    for number in range(2, 6):
        box.wait(250)
        headers = "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n"
        assert box.hears_request("UPDATE", cseq=number, to_tag=tag, headers=headers) == ["200 UPDATE"]
        assert box.response().headers.get("Session-Expires") == "300;refresher=uac"
    assert box.news() == []


def test_a_caller_that_wants_us_to_refresh_is_refreshed():
    box, _ = called(f"Supported: timer\r\nAllow: {UPDATES}\r\nSession-Expires: 300;refresher=uas\r\n")
    assert box.response().headers.get("Session-Expires") == "300;refresher=uas"
    assert "Require" not in box.response().headers
    box.hears_request("ACK", to_tag=box.our_tag)
    assert box.wait(150.2) == ["UPDATE"]


def test_a_caller_without_timers_is_told_nothing_of_them():
    box, _ = called("")
    assert "Session-Expires" not in box.response().headers


def test_an_interval_too_short_is_refused_with_the_least():
    box = Box()
    headers = "Content-Type: application/sdp\r\nSupported: timer\r\nSession-Expires: 60\r\n"
    assert box.hears_request("INVITE", body=OFFER, headers=headers) == ["422 INVITE"]
    assert box.response().headers.get("Min-SE") == "90"
    assert box.news() == []


def test_a_peer_that_wants_a_longer_interval_gets_it():
    box = Box(session_seconds=120.0)
    box.calls()
    first = box.sent("INVITE")
    refusal = make_response(first, 422, to_tag="peer", headers=(("Min-SE", "3600"),))
    assert box.hears(bytes(refusal)) == ["ACK", "INVITE"]
    again = box.sent("INVITE")
    assert again.headers.get("Session-Expires") == "3600" and again.headers.get("Min-SE") == "3600"
    assert (again.cseq.number, again.call_id) == (first.cseq.number + 1, first.call_id)
    assert again.via.branch != first.via.branch
    assert box.answers(200, body=ANSWER) == ["ACK"]
    assert box.news() == ["Accepted"]


def test_a_peer_that_is_never_content_is_left():
    box = Box()
    box.calls()
    for least in ("3600", "7200", "9000"):
        box.hears(bytes(make_response(box.sent("INVITE"), 422, to_tag="peer", headers=(("Min-SE", least),))))
    assert box.news() == ["Refused"]


def test_a_timer_that_is_required_is_not_unknown():
    box = Box()
    headers = "Content-Type: application/sdp\r\nRequire: timer\r\nSession-Expires: 1800\r\n"
    box.hears_request("INVITE", body=OFFER, headers=headers)
    assert box.news() == ["IncomingInvite"]


def test_nothing_is_left_once_the_session_is_over():
    box, session = calling(("Session-Expires", "600;refresher=uac"), ("Allow", UPDATES))
    box.endpoint.hang_up(session, box.now)
    box.take()
    box.answers(200, "BYE")
    assert box.is_idle
