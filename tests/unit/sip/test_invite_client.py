"""Calls we make: from INVITE to the end, in every order things may happen."""

from __future__ import annotations

import pytest

from appliance.sip.endpoint import Endpoint, Flow, Login
from appliance.sip.events import Ended, Progress, Refused
from appliance.sip.message import Request, make_response
from tests.unit.sip.playbook import ANSWER, OFFER, Box

CHALLENGE = (("WWW-Authenticate", 'Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"'),)
PROXY_CHALLENGE = (("Proxy-Authenticate", 'Digest realm="pbx", nonce="n1", algorithm=MD5'),)
LOGIN = Login("box", "secret")


def test_a_call_answered_and_ended_by_us() -> None:
    box = Box()
    session = box.calls()
    assert box.sent("INVITE").body == OFFER
    box.answers(100, tag=None)
    box.answers(180)
    assert box.answers(200, body=ANSWER) == ["ACK"]
    assert box.news() == ["Progress", "Progress", "Accepted"], "100 tells that somebody tries"
    ack = box.sent("ACK")
    assert str(ack.uri) == "sip:peer@10.0.0.2:5070"
    assert ack.via.branch != box.sent("INVITE").via.branch
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]
    assert str(box.sent("BYE").cseq) == "2 BYE"
    assert box.event(Ended).cause == "local"
    box.answers(200, "BYE")
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_a_call_ended_by_the_peer() -> None:
    box = Box()
    box.calls()
    box.answers(200)
    invite = box.sent("INVITE")
    assert box.hears_request(
        "BYE",
        from_tag="peer",
        to_tag=invite.from_.tag,
        call_id=invite.call_id,
        headers="Reason: Q.850;cause=16\r\n",
    ) == ["200 BYE"]
    ended = box.event(Ended)
    assert (ended.cause, ended.reason) == ("bye", "Q.850;cause=16")
    assert box.is_idle


def test_a_2xx_that_comes_again_gets_the_same_ack_again() -> None:
    box = Box()
    box.calls()
    box.answers(200)
    first = bytes(box.sent("ACK"))
    assert box.answers(200) == ["ACK"]
    assert bytes(box.sent("ACK")) == first
    assert box.news() == ["Accepted"]


@pytest.mark.parametrize("status", [404, 486, 603])
def test_a_refusal_is_told_once_and_acknowledged_each_time(status: int) -> None:
    box = Box()
    box.calls()
    assert box.answers(status) == ["ACK"]
    refused = box.event(Refused)
    assert (refused.status, refused.response is None) == (status, False)
    assert box.answers(status) == ["ACK"]
    assert box.news() == ["Refused"]
    assert box.is_idle


def test_a_redirection_tells_where_to_best_first() -> None:
    box = Box()
    box.calls()
    box.answers(302, headers=(("Contact", "<sip:low@x>;q=0.1, <sip:high@x>;q=0.9"),))
    assert [str(uri) for uri in box.event(Refused).contacts] == ["sip:high@x", "sip:low@x"]


def test_silence_is_a_timeout() -> None:
    box = Box()
    box.calls()
    box.wait(32)
    assert (box.event(Refused).status, box.event(Refused).response) == (408, None)
    assert box.is_idle


def test_an_unreachable_peer_is_told_at_once() -> None:
    box = Box()
    box.calls()
    box.endpoint.flow_failed(box.flow, box.now)
    box.take()
    assert box.event(Refused).status == 503
    assert box.is_idle


def test_a_connection_that_breaks_while_it_rings_ends_the_call() -> None:
    box = Box("TCP")
    box.calls()
    box.answers(180)
    box.endpoint.flow_failed(box.flow, box.now)
    box.take()
    assert box.event(Refused).status == 503


# Challenges.


@pytest.mark.parametrize(
    ("status", "challenge", "answered_in"),
    [(401, CHALLENGE, "Authorization"), (407, PROXY_CHALLENGE, "Proxy-Authorization")],
)
def test_a_challenge_is_answered_once(
    status: int, challenge: tuple[tuple[str, str], ...], answered_in: str
) -> None:
    box = Box()
    box.calls(LOGIN)
    first = box.sent("INVITE")
    assert box.answers(status, headers=challenge) == ["ACK", "INVITE"]
    again = box.sent("INVITE")
    assert str(again.cseq) == "2 INVITE"
    assert (again.call_id, again.from_) == (first.call_id, first.from_)
    assert again.via.branch != first.via.branch
    assert 'username="box"' in (again.headers.get(answered_in) or "")
    assert box.answers(status, headers=challenge) == ["ACK"]
    assert box.event(Refused).status == status
    assert box.is_idle


def test_a_stale_nonce_is_answered_again_but_not_for_ever() -> None:
    box = Box()
    box.calls(LOGIN)
    stale = (("WWW-Authenticate", 'Digest realm="pbx", nonce="n", stale=TRUE'),)
    rounds = 0
    while box.answers(401, headers=stale) == ["ACK", "INVITE"]:
        rounds += 1
        assert rounds < 10
    assert rounds == 3
    assert box.news() == ["Refused"]


def test_the_ack_proves_itself_as_the_invite_did() -> None:
    box = Box()
    box.calls(LOGIN)
    box.answers(401, headers=CHALLENGE)
    box.answers(200)
    assert box.sent("ACK").headers.get("Authorization") == box.sent("INVITE").headers.get("Authorization")


def test_a_challenged_bye_is_answered() -> None:
    box = Box()
    session = box.calls(LOGIN)
    box.answers(200)
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert box.answers(401, "BYE", headers=CHALLENGE) == ["BYE"]
    assert box.sent("BYE").cseq.number == 3
    box.answers(200, "BYE")
    assert box.is_idle


@pytest.mark.parametrize("login", [None, Login("box", "secret", realm="another")])
def test_a_challenge_we_have_no_password_for_is_a_refusal(login: Login | None) -> None:
    box = Box()
    box.calls(login)
    assert box.answers(401, headers=CHALLENGE) == ["ACK"]
    assert box.event(Refused).status == 401


# Cancelling.


def test_cancel_while_it_rings() -> None:
    box = Box()
    session = box.calls()
    box.answers(180)
    box.endpoint.cancel(session, box.now, (("Reason", "SIP;cause=200"),))
    assert box.take() == ["CANCEL"]
    cancel, invite = box.sent("CANCEL"), box.sent("INVITE")
    assert cancel.via == invite.via
    assert (cancel.uri, cancel.cseq.number) == (invite.uri, invite.cseq.number)
    assert cancel.headers.get("Reason") == "SIP;cause=200"
    assert box.event(Ended).cause == "local"
    box.answers(200, "CANCEL")
    assert box.answers(487) == ["ACK"]
    assert box.news() == ["Progress", "Ended"]
    assert box.is_idle


def test_cancel_before_any_response_waits_for_one() -> None:
    box = Box()
    session = box.calls()
    box.endpoint.hang_up(session, box.now)
    assert box.take() == []
    assert box.news() == ["Ended"]
    assert box.answers(100, tag=None) == ["CANCEL"]
    assert box.answers(180) == []
    box.answers(200, "CANCEL")
    box.answers(487)
    assert box.news() == []
    assert box.is_idle


def test_cancel_without_any_response_ends_with_the_invite() -> None:
    box = Box()
    box.endpoint.hang_up(box.calls(), box.now)
    assert "CANCEL" not in box.wait(40)
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_ended() -> None:
    box = Box()
    session = box.calls()
    box.answers(180)
    box.endpoint.cancel(session, box.now)
    box.take()
    assert box.answers(200) == ["ACK", "BYE"]
    assert str(box.sent("BYE").uri) == "sip:peer@10.0.0.2:5070"
    assert box.answers(200) == ["ACK"]
    box.answers(200, "BYE")
    assert box.news() == ["Progress", "Ended"]
    assert box.is_idle


def test_a_challenge_after_the_cancel_is_not_answered() -> None:
    box = Box()
    box.endpoint.cancel(box.calls(LOGIN), box.now)
    assert box.answers(401, headers=CHALLENGE) == ["ACK"]
    assert box.news() == ["Ended"]
    assert box.is_idle


def test_a_peer_that_answers_the_cancel_but_never_the_invite_is_given_up() -> None:
    box = Box()
    session = box.calls()
    box.answers(180)
    box.endpoint.cancel(session, box.now)
    box.take()
    box.answers(200, "CANCEL")
    assert box.is_idle


def test_commands_after_the_end_change_nothing() -> None:
    box = Box()
    session = box.calls()
    box.answers(486)
    box.news()
    endpoint = box.endpoint
    endpoint.hang_up(session, box.now)
    endpoint.cancel(session, box.now)
    endpoint.reinvite(session, OFFER, box.now)
    endpoint.acknowledge(session, OFFER, box.now)
    endpoint.accept(session, OFFER, box.now)
    endpoint.ring(session, box.now)
    endpoint.refuse(session, 486, box.now)
    assert endpoint.send_in_dialog(session, "INFO", b"", (), box.now) is None
    assert box.take() == []
    assert box.news() == []


# Forks.


def test_forks_are_told_apart_and_the_second_answer_is_ended() -> None:
    box = Box()
    session = box.calls()
    box.answers(183, tag="one", body=OFFER)
    box.answers(183, tag="two", body=ANSWER)
    told = [(event.early_dialog, event.response.body) for event in box.events if isinstance(event, Progress)]
    assert told == [("one", OFFER), ("two", ANSWER)]
    assert box.answers(200, tag="two") == ["ACK"]
    assert box.answers(200, tag="one") == ["ACK", "BYE"]
    assert box.sent("BYE").to.tag == "one"
    box.answers(200, "BYE", tag=None)
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert box.sent("BYE").to.tag == "two"
    box.answers(200, "BYE")
    assert box.news() == ["Progress", "Progress", "Accepted", "Ended"]
    assert box.is_idle


def test_after_the_end_an_answer_that_comes_again_is_acknowledged_as_before() -> None:
    box = Box()
    session = box.calls()
    box.answers(200)
    first = bytes(box.sent("ACK"))
    box.endpoint.hang_up(session, box.now)
    box.take()
    box.answers(200, "BYE")
    assert box.answers(200) == ["ACK"]
    assert bytes(box.sent("ACK")) == first
    assert box.news() == ["Accepted", "Ended"]


def test_after_the_end_the_answer_of_another_fork_is_ended_with_the_same_login() -> None:
    box = Box()
    session = box.calls(LOGIN)
    box.answers(401, headers=CHALLENGE)
    box.answers(200, tag="one")
    box.endpoint.hang_up(session, box.now)
    box.take()
    box.answers(200, "BYE", tag=None)
    assert box.answers(200, tag="two") == ["ACK", "BYE"]
    assert box.sent("BYE").to.tag == "two"
    assert box.sent("ACK").headers.get("Authorization") == box.sent("INVITE").headers.get("Authorization")
    assert box.answers(200, tag="two") == ["ACK"]
    box.answers(401, "BYE", tag=None, headers=CHALLENGE)
    assert box.sent("BYE").headers.get("Authorization")
    assert box.news() == ["Accepted", "Ended"]
    assert box.is_idle


# Late offer, routes.


def test_an_offer_that_comes_with_the_answer_is_answered_in_the_ack() -> None:
    box = Box()
    session = box.calls(body=b"")
    assert box.answers(200, body=OFFER) == []
    assert box.answers(200, body=OFFER) == []
    box.endpoint.acknowledge(session, ANSWER, box.now)
    assert box.take() == ["ACK"]
    assert box.sent("ACK").body == ANSWER
    assert box.answers(200, body=OFFER) == ["ACK"]
    assert box.news() == ["Accepted"]


def test_hang_up_instead_of_the_late_answer_acknowledges_first() -> None:
    box = Box()
    session = box.calls(body=b"")
    box.answers(200, body=OFFER)
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["ACK", "BYE"]
    box.answers(200, "BYE")
    assert box.is_idle


def test_requests_follow_the_recorded_route() -> None:
    box = Box()
    session = box.calls(route=("<sip:first;lr>",))
    assert box.sent("INVITE").headers.all("Route") == ["<sip:first;lr>"]
    box.answers(200, headers=(("Record-Route", "<sip:near;lr>, <sip:far;lr>"),))
    # The route set is the reverse of what the response shows (12.1.2).
    assert box.sent("ACK").headers.all("Route") == ["<sip:far;lr>", "<sip:near;lr>"]
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert box.sent("BYE").headers.all("Route") == ["<sip:far;lr>", "<sip:near;lr>"]
    assert str(box.sent("BYE").uri) == "sip:peer@10.0.0.2:5070"


def test_a_strict_router_takes_the_place_of_the_target() -> None:
    box = Box()
    box.calls()
    box.answers(200, headers=(("Record-Route", "<sip:strict@old>"),))
    assert str(box.sent("ACK").uri) == "sip:strict@old"
    assert box.sent("ACK").headers.all("Route") == ["<sip:peer@10.0.0.2:5070>"]


def test_the_user_may_choose_another_flow_for_large_requests() -> None:
    tcp = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    box = Box(choose_flow=lambda flow, size: tcp if size > 1300 else flow)
    box.calls()
    assert box.log[-1][0] == box.flow
    box.calls(body=b"x" * 1300)
    assert box.log[-1][0] == tcp
    assert box.sent("INVITE").via.transport == "TCP"


def test_after_the_end_of_a_call_whose_invite_was_large_another_fork_is_ended_on_the_usual_flow() -> None:
    tcp = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    box = Box(choose_flow=lambda flow, size: tcp if size > 1300 else flow)
    session = box.calls(body=b"x" * 1300)
    box.answers(200, tag="one")
    box.endpoint.hang_up(session, box.now)
    box.take()
    box.answers(200, "BYE", tag=None)
    assert box.answers(200, tag="two") == ["ACK", "BYE"]
    assert {flow for flow, _ in box.log[-2:]} == {box.flow}


def test_a_large_request_that_no_connection_takes_goes_as_it_was_meant_to() -> None:
    tcp = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    box = Box(choose_flow=lambda flow, size: tcp if size > 1300 else flow)
    session = box.calls(body=b"x" * 1300)
    first = box.sent("INVITE")
    box.endpoint.flow_failed(tcp, box.now)
    assert box.take() == ["INVITE"]
    again = box.sent("INVITE")
    assert box.log[-1][0] == box.flow
    assert (again.via.transport, again.via.branch, again.cseq) == ("UDP", first.via.branch, first.cseq)
    # From here on it is a request by UDP like any other: sent again, answered, refused.
    assert box.wait(0.5) == ["INVITE"]
    assert box.answers(200) == ["ACK"]
    assert box.log[-1][0] == box.flow
    box.endpoint.hang_up(session, box.now)
    assert box.take() == ["BYE"]
    box.answers(200, "BYE")
    box.wait(40)
    assert box.news() == ["Accepted", "Ended"]
    assert box.is_idle


def test_a_connection_that_breaks_after_the_peer_has_spoken_is_no_reason_to_ask_twice() -> None:
    tcp = Flow("TCP", ("10.0.0.1", 5060), ("10.0.0.2", 5060))
    box = Box(choose_flow=lambda flow, size: tcp if size > 1300 else flow)
    box.calls(body=b"x" * 1300)
    connected = Flow("TCP", tcp.local, tcp.remote, 3)
    box.hears(bytes(make_response(box.sent("INVITE"), 180, to_tag="peer")), connected)
    box.endpoint.flow_failed(connected, box.now)
    assert box.take() == []
    assert box.news() == ["Progress", "Refused"]


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(LOGIN)


def test_strangers_responses_are_dropped() -> None:
    box = Box()
    box.calls()
    box.hears(
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKstranger\r\nFrom: <sip:a@x>;tag=1\r\n"
        "To: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    assert box.news() == []


def test_invite_is_not_for_request() -> None:
    endpoint = Endpoint(tokens=lambda: "t")
    box = Box()
    box.calls()
    with pytest.raises(ValueError, match="INVITE"):
        endpoint.request(Request("INVITE", box.sent("INVITE").uri), box.flow, 0.0)


def test_the_connection_that_was_opened_carries_the_whole_call() -> None:
    box = Box("TCP")
    opened, box.flow = box.flow, box.flow.to(box.flow.remote)
    session = box.calls()
    box.flow = opened
    box.answers(180)
    box.answers(200)
    box.endpoint.hang_up(session, box.now)
    box.take()
    assert [flow for flow, _ in box.log] == [opened.to(opened.remote), opened, opened]


def test_a_connection_that_closes_before_any_response_ends_the_call() -> None:
    box = Box("TCP")
    opened, box.flow = box.flow, box.flow.to(box.flow.remote)
    box.calls()
    box.endpoint.flow_failed(opened, box.now)
    box.take()
    assert box.event(Refused).status == 503
