"""Provisional responses that are acknowledged by PRACK, as callee and as caller (RFC 3262, RFC 3311)."""

from __future__ import annotations

import pytest

from appliance.sip.events import Accepted, Ended, Progress, Reinvited
from appliance.sip.message import Request, Response
from appliance.sip.parser import parse_message
from appliance.sip.reliable_provisional import rack_of, rseq_of
from tests.unit.sip.playbook import ANSWER, OFFER, Box

SDP = "Content-Type: application/sdp\r\n"
RELIABLE = (("Require", "100rel"), ("RSeq", "7"))


def called(headers: str, body: bytes = OFFER) -> tuple[Box, str]:
    box = Box()
    box.hears_request("INVITE", branch="z9hG4bK-first", body=body, headers=SDP + headers)
    return box, "session-1"


def prack(box: Box, *, cseq: int = 2, rseq: int | None = None, body: bytes = b"") -> list[str]:
    number = rseq if rseq is not None else rseq_of(box.response())
    headers = f"RAck: {number} 1 INVITE\r\n" + (SDP if body else "")
    return box.hears_request("PRACK", cseq=cseq, to_tag=box.our_tag, headers=headers, body=body)


# As callee.


def test_early_media_for_a_caller_that_supports_it_is_sent_until_the_prack() -> None:
    box, session = called("Supported: timer, 100rel\r\n")
    box.endpoint.ring(session, box.now, 183, ANSWER)
    assert box.take() == ["183 INVITE"]
    assert "100rel" in box.response().headers.all("Require")
    assert box.wait(1.6) == ["183 INVITE", "183 INVITE"]
    assert prack(box) == ["200 PRACK"]
    assert box.wait(50) == []


def test_plain_ringing_needs_no_acknowledgement_unless_required() -> None:
    box, session = called("Supported: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.take()
    assert rseq_of(box.response()) is None
    box, session = called("Require: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.take()
    assert rseq_of(box.response()) is not None


def test_the_answer_waits_for_the_prack_and_repeats_no_description() -> None:
    box, session = called("Supported: 100rel\r\n")
    box.endpoint.ring(session, box.now, 183, ANSWER)
    box.endpoint.accept(session, ANSWER, box.now)
    assert box.take() == ["183 INVITE"]
    assert prack(box) == ["200 INVITE", "200 PRACK"]
    accepted = next(
        message for _, message in box.log if isinstance(message, Response) and message.status == 200
    )
    assert accepted.body == b""


def test_the_next_provisional_waits_its_turn() -> None:
    box, session = called("Require: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.endpoint.ring(session, box.now, 183, ANSWER)
    assert box.take() == ["180 INVITE"]
    first = rseq_of(box.response())
    assert first is not None
    assert prack(box) == ["183 INVITE", "200 PRACK"]
    sent = [message for _, message in box.log if isinstance(message, Response) and message.status == 183]
    assert rseq_of(sent[0]) == first + 1


@pytest.mark.parametrize("rack", ["1 1 INVITE", "x", "", "99999999999 1 INVITE", "-1 1 INVITE"])
def test_a_prack_for_nothing_of_ours_is_refused(rack: str) -> None:
    box, session = called("Require: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.take()
    headers = f"RAck: {rack}\r\n"
    assert box.hears_request("PRACK", cseq=2, to_tag=box.our_tag, headers=headers) == ["481 PRACK"]


def test_without_any_prack_the_call_is_refused() -> None:
    box, session = called("Require: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.take()
    sent = box.wait(33)
    assert sent.count("180 INVITE") == 6 and sent[-1] == "504 INVITE" or "504 INVITE" in sent
    assert box.event(Ended).cause == "timeout"
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag=box.our_tag)
    assert box.is_idle


def test_a_caller_that_requires_it_and_offers_nothing_is_not_rung_but_answered() -> None:
    box, session = called("Require: 100rel\r\n", body=b"")
    box.endpoint.ring(session, box.now)
    assert box.take() == []
    box.endpoint.accept(session, OFFER, box.now)
    assert box.take() == ["200 INVITE"]


def test_an_offer_by_update_before_the_answer_is_taken_once_the_first_is_settled() -> None:
    box, session = called("Supported: 100rel\r\n")
    box.endpoint.ring(session, box.now, 183, ANSWER)
    box.take()
    tag = box.our_tag
    assert box.hears_request("UPDATE", cseq=2, to_tag=tag, body=OFFER, headers=SDP) == ["500 UPDATE"]
    box.hears_request("PRACK", cseq=3, to_tag=tag, headers=f"RAck: {_rseq(box)} 1 INVITE\r\n")
    assert box.hears_request("UPDATE", cseq=4, to_tag=tag, body=OFFER, headers=SDP) == []
    assert box.event(Reinvited).request.method == "UPDATE"
    box.endpoint.answer_reinvite(session, b"v=0\r\ns=again\r\n", box.now)
    assert box.take() == ["200 UPDATE"]
    assert box.response().body.endswith(b"again\r\n")


def _rseq(box: Box) -> int | None:
    return next(
        found
        for _, message in reversed(box.log)
        if isinstance(message, Response) and (found := rseq_of(message)) is not None
    )


def test_a_cancelled_call_is_forgotten_though_no_prack_came() -> None:
    box, session = called("Require: 100rel\r\n")
    box.endpoint.ring(session, box.now)
    box.take()
    assert "487 INVITE" in box.hears_request("CANCEL", branch="z9hG4bK-first")
    box.hears_request("ACK", branch="z9hG4bK-first", to_tag=box.our_tag)
    assert box.is_idle


# As caller.


def test_a_reliable_ringing_is_acknowledged_once() -> None:
    box = Box()
    box.calls()
    assert box.answers(180, tag="one", headers=RELIABLE) == ["PRACK"]
    assert box.sent("PRACK").headers.get("RAck") == "7 1 INVITE"
    assert box.event(Progress).reliable
    assert box.answers(180, tag="one", headers=RELIABLE) == []
    assert box.news() == ["Progress"]
    assert box.answers(183, tag="one", headers=(("Require", "100rel"), ("RSeq", "9"))) == []
    assert box.answers(183, tag="one", headers=(("Require", "100rel"), ("RSeq", "8"))) == ["PRACK"]


def test_each_fork_counts_for_itself_and_the_answer_may_be_anothers() -> None:
    box = Box()
    box.calls()
    assert box.answers(183, tag="one", headers=RELIABLE, body=ANSWER) == ["PRACK"]
    assert box.answers(183, tag="two", headers=RELIABLE, body=ANSWER) == ["PRACK"]
    assert box.answers(200, tag="two") == ["ACK"]
    assert box.event(Accepted).response.to.tag == "two"
    numbers = [m.cseq.number for _, m in box.log if isinstance(m, Request) and m.method == "PRACK"]
    assert numbers == [2, 2]
    assert box.sent("ACK").cseq.number == 1


def test_an_update_from_an_early_fork_waits_for_its_answer() -> None:
    box = Box()
    session = box.calls()
    box.answers(183, tag="one", headers=RELIABLE, body=ANSWER)
    invite = box.sent("INVITE")
    head = {"from_tag": "one", "to_tag": invite.from_.tag, "call_id": invite.call_id}
    assert box.hears_request("UPDATE", cseq=1, body=OFFER, headers=SDP, **head) == []
    box.endpoint.answer_reinvite(session, ANSWER, box.now)
    assert box.take() == ["200 UPDATE"]
    assert box.hears_request("PRACK", cseq=2, headers="RAck: 1 1 INVITE\r\n", **head) == ["481 PRACK"]


def test_what_cannot_be_read_is_no_number() -> None:
    response = parse_message(
        b"SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
        b"To: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nRequire: 100rel\r\nRSeq: many\r\n\r\n"
    )
    assert isinstance(response, Response) and rseq_of(response) is None
    request = parse_message(bytes(response).replace(b"SIP/2.0 180 Ringing", b"INVITE sip:a@b SIP/2.0"))
    assert isinstance(request, Request) and rack_of(request) is None
