"""Sessions changed under way: both directions, glare, and what may cross it."""

from __future__ import annotations

import pytest

from appliance.sip.endpoint import Login
from appliance.sip.events import DialogRequest, Ended, ReinviteRefused, RequestFailed, ResponseReceived
from appliance.sip.message import make_response
from tests.unit.sip.playbook import ANSWER, OFFER, Box

SDP = "Content-Type: application/sdp\r\n"


def caller() -> tuple[Box, str]:
    """A box whose call was answered."""
    box = Box()
    session = box.calls(Login("box", "secret"))
    box.answers(200)
    box.news()
    return box, session


def callee() -> tuple[Box, str]:
    """A box that answered a call."""
    box = Box()
    return box, box.talks()


# Ours.


def test_ours_is_accepted_and_acknowledged() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    assert box.take() == ["INVITE"]
    assert (box.sent("INVITE").body, str(box.sent("INVITE").uri)) == (OFFER, "sip:peer@10.0.0.2:5070")
    assert box.answers(100, tag=None) == []
    assert box.answers(200, body=ANSWER, headers=(("Contact", "<sip:moved@10.0.0.3>"),)) == ["ACK"]
    assert box.news() == ["ReinviteAccepted"]
    assert box.answers(200, body=ANSWER) == ["ACK"]
    assert box.news() == []
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert str(box.sent("BYE").uri) == "sip:moved@10.0.0.3"


def test_ours_without_offer_is_acknowledged_with_the_answer() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, b"", box.now)
    box.take()
    assert box.answers(200, body=OFFER) == []
    box.endpoint.acknowledge(session, ANSWER, box.now)
    assert box.take() == ["ACK"]
    assert box.sent("ACK").body == ANSWER


def test_ours_challenged_is_sent_again() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    challenge = (("Proxy-Authenticate", 'Digest realm="pbx", nonce="n1"'),)
    assert box.answers(407, headers=challenge) == ["ACK", "INVITE"]
    assert box.answers(200) == ["ACK"]
    assert box.news() == ["ReinviteAccepted"]


@pytest.mark.parametrize("status", [403, 488, 500])
def test_ours_refused_leaves_the_session_as_it_was(status: int) -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    assert box.answers(status) == ["ACK"]
    assert box.event(ReinviteRefused).status == status
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]


@pytest.mark.parametrize("status", [408, 481])
def test_a_peer_that_has_lost_the_dialog_ends_the_session(status: int) -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    assert box.answers(status) == ["ACK", "BYE"]
    ended = box.event(Ended)
    assert (ended.session, ended.cause) == (session, "timeout")


def test_ours_without_response_ends_the_session() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.wait(33)
    assert box.event(Ended).cause == "timeout"
    assert box.is_idle


def test_ours_waits_for_the_ack_of_our_answer() -> None:
    box = Box()
    session = box.is_called()
    box.endpoint.accept(session, ANSWER, box.now)
    box.endpoint.reinvite(session, OFFER, box.now)
    assert "INVITE" not in box.take()
    assert box.hears_request("ACK", to_tag=box.our_tag) == ["INVITE"]


def test_a_second_of_ours_waits_for_the_first_and_the_last_wins() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, b"one", box.now)
    box.endpoint.reinvite(session, b"two", box.now)
    box.endpoint.reinvite(session, b"three", box.now)
    assert box.take() == ["INVITE"]
    assert box.answers(200) == ["ACK", "INVITE"]
    assert box.sent("INVITE").body == b"three"


@pytest.mark.parametrize(("side", "least", "most"), [(caller, 2.1, 4.0), (callee, 0.0, 2.0)])
def test_glare_is_waited_out_by_the_rules(side: object, least: float, most: float) -> None:
    box, session = side()  # type: ignore[operator]
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    assert box.answers(491) == ["ACK"]
    assert box.wait(least) == []
    assert set(box.wait(most - least)) == {"INVITE"}
    assert box.sent("INVITE").body == OFFER
    box.answers(200)
    assert box.news() == ["ReinviteAccepted"]


def test_glare_without_end_is_given_up() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    for _ in range(6):
        box.answers(491)
        assert set(box.wait(5)) == {"INVITE"}
    box.answers(491)
    assert box.event(ReinviteRefused).status == 491
    assert box.wait(10) == []


def test_hang_up_while_ours_is_open() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    box.answers(100, tag=None)
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]
    box.answers(200, "BYE")
    assert box.answers(487) == ["ACK"]
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_a_2xx_to_ours_after_hang_up_is_acknowledged() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert box.answers(200) == ["ACK"]
    box.answers(200, "BYE")
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_ours_that_rings_for_ever_is_given_up_after_the_session() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    box.answers(100, tag=None)
    box.endpoint.hang_up(session, box.now)
    box.take()
    box.answers(200, "BYE")
    assert box.is_idle


# Theirs.


def test_theirs_is_answered_and_confirmed() -> None:
    box, session = callee()
    tag = box.our_tag
    assert box.hears_request("INVITE", cseq=2, to_tag=tag, body=OFFER, headers=SDP) == ["100 INVITE"]
    assert box.news() == ["Reinvited"]
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    assert box.take() == ["200 INVITE"]
    assert str(box.response().contact) == "<sip:box@10.0.0.1:5060>"
    assert box.wait(0.6) == ["200 INVITE"]
    box.hears_request("ACK", cseq=2, to_tag=tag)
    assert box.wait(40) == []
    assert box.news() == ["Confirmed"]


def test_theirs_is_answered_on_a_call_we_made() -> None:
    box, session = caller()
    invite = box.sent("INVITE")
    box.hears_request("INVITE", to_tag=invite.from_.tag, call_id=invite.call_id, body=OFFER, headers=SDP)
    assert box.news() == ["Reinvited"]
    box.endpoint.refuse_reinvite(session, 488, box.now)
    assert box.take() == ["488 INVITE"]


def test_theirs_moves_the_target_only_when_accepted() -> None:
    box, session = callee()
    tag = box.our_tag
    moved = SDP + "m: <sip:moved@10.0.0.7>\r\n"
    request = (
        "INVITE sip:box@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKmove\r\n"
        f"From: <sip:peer@10.0.0.2>;tag=peer\r\nTo: <sip:box@10.0.0.1>;tag={tag}\r\n"
        f"Call-ID: call\r\nCSeq: 2 INVITE\r\n{moved}\r\nv=0"
    )
    box.hears(request)
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    box.take()
    box.hears_request("ACK", cseq=2, to_tag=tag)
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert str(box.sent("BYE").uri) == "sip:moved@10.0.0.7"


def test_theirs_while_ours_is_open_is_glare() -> None:
    box, session = callee()
    tag = box.our_tag
    box.endpoint.reinvite(session, OFFER, box.now)
    box.take()
    assert box.hears_request("INVITE", cseq=2, to_tag=tag, body=OFFER, headers=SDP) == ["491 INVITE"]
    assert box.news() == []


def test_a_second_of_theirs_is_told_to_wait() -> None:
    box, _ = callee()
    tag = box.our_tag
    box.hears_request("INVITE", cseq=2, to_tag=tag, body=OFFER, headers=SDP)
    assert box.hears_request("INVITE", cseq=3, to_tag=tag, body=OFFER, headers=SDP) == ["500 INVITE"]
    assert 0 <= int(box.response().headers.get("Retry-After") or "") <= 10


def test_theirs_cancelled_leaves_the_session_as_it_was() -> None:
    box, session = callee()
    tag = box.our_tag
    box.hears_request("INVITE", cseq=2, branch="z9hG4bKre", to_tag=tag, body=OFFER, headers=SDP)
    sent = box.hears_request("CANCEL", cseq=2, branch="z9hG4bKre", to_tag=tag)
    assert sent == ["200 CANCEL", "487 INVITE"]
    assert box.news() == ["Reinvited", "ReinviteCancelled"]
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    assert box.take() == []
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]


def test_bye_while_theirs_is_open_refuses_it() -> None:
    box, _ = callee()
    tag = box.our_tag
    box.hears_request("INVITE", cseq=2, to_tag=tag, body=OFFER, headers=SDP)
    assert box.hears_request("BYE", cseq=3, to_tag=tag) == ["200 BYE", "487 INVITE"]
    assert box.news() == ["Reinvited", "Ended"]


def test_hang_up_while_theirs_is_open_refuses_it() -> None:
    box, session = callee()
    box.hears_request("INVITE", cseq=2, to_tag=box.our_tag, body=OFFER, headers=SDP)
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["487 INVITE", "BYE"]


def test_no_ack_for_our_answer_to_theirs_ends_the_session() -> None:
    box, session = callee()
    box.hears_request("INVITE", cseq=2, to_tag=box.our_tag, body=OFFER, headers=SDP)
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    assert "BYE" in box.wait(33)
    assert box.event(Ended).cause == "timeout"


def test_an_old_cseq_is_refused() -> None:
    box, _ = callee()
    tag = box.our_tag
    assert box.hears_request("INVITE", cseq=0, to_tag=tag, body=OFFER, headers=SDP) == ["500 INVITE"]
    assert box.news() == []


# UPDATE and other requests.


def test_update_with_an_offer_is_answered_like_a_reinvite() -> None:
    box, session = callee()
    assert box.hears_request("UPDATE", cseq=2, to_tag=box.our_tag, body=OFFER, headers=SDP) == []
    assert box.news() == ["Reinvited"]
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    assert box.take() == ["200 UPDATE"]
    assert box.response().body == ANSWER
    assert "UPDATE" not in " ".join(box.wait(10))


def test_update_without_offer_is_answered_here() -> None:
    box, _ = callee()
    assert box.hears_request("UPDATE", cseq=2, to_tag=box.our_tag) == ["200 UPDATE"]
    assert box.news() == []


def test_update_with_an_offer_before_the_answer_is_refused_for_now() -> None:
    box = Box()
    box.endpoint.ring(box.is_called(), box.now)
    box.take()
    assert box.hears_request("UPDATE", cseq=2, to_tag=box.our_tag, body=OFFER, headers=SDP) == ["500 UPDATE"]


def test_other_requests_in_the_dialog_go_to_the_user() -> None:
    box, session = callee()
    assert box.hears_request("INFO", cseq=2, to_tag=box.our_tag, body=b"Signal=5") == []
    event = box.event(DialogRequest)
    assert (event.session, event.request.body) == (session, b"Signal=5")
    box.endpoint.reply(event.key, 200, box.now)
    assert box.take() == ["200 INFO"]


def test_our_other_requests_and_their_responses() -> None:
    box, session = caller()
    headers = (("Content-Type", "application/dtmf-relay"),)
    key = box.endpoint.send_in_dialog(session, "INFO", b"Signal=5", headers, box.now)
    assert box.take() == ["INFO"]
    assert box.sent("INFO").content_type == "application/dtmf-relay"
    box.answers(200, "INFO")
    assert box.event(ResponseReceived).key == key
    second = box.endpoint.send_in_dialog(session, "INFO", b"Signal=6", headers, box.now)
    box.wait(33)
    assert box.event(RequestFailed).key == second


def test_a_phone_that_registers_anew_is_sent_to_there() -> None:
    box, session = callee()
    elsewhere = box.flow.to(("10.0.0.2", 6000))
    box.endpoint.change_flow(session, elsewhere)
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert box.log[-1][0] == elsewhere


def test_a_closed_connection_is_opened_anew_to_the_contact() -> None:
    box = Box("TCP")
    session = box.talks()
    box.endpoint.flow_failed(box.flow, box.now)
    box.endpoint.hang_up(session, box.now)
    box.take()
    flow = box.log[-1][0]
    assert (flow.remote, flow.connection) == (("10.0.0.2", 5060), None)
    box.endpoint.flow_failed(flow, box.now)
    assert box.is_idle


def test_an_answer_that_comes_again_is_not_taken_for_the_next_ones() -> None:
    box, session = caller()
    box.endpoint.reinvite(session, b"one", box.now)
    box.take()
    first = box.sent("INVITE")
    box.answers(200)
    box.endpoint.reinvite(session, b"two", box.now)
    box.take()
    again = make_response(first, 200, headers=(("Contact", "<sip:peer@10.0.0.2:5070>"),))
    assert box.hears(bytes(again)) == ["ACK"]
    assert box.sent("ACK").cseq.number == first.cseq.number
    assert box.news() == ["ReinviteAccepted"]
    assert box.answers(488) == ["ACK"]
    assert box.news() == ["ReinviteRefused"]
