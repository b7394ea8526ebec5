"""OPTIONS to a server: when it counts as gone, when as back, and when its silence means nothing."""

from __future__ import annotations

import pytest

from appliance.sip.options_probe import AGAIN_SECONDS, Probe, question
from appliance.sip.uri import Uri
from tests.unit.sip.playbook import token_source

pytestmark = pytest.mark.feature("NUM-2")
EVERY = 30


def answered(*statuses: int) -> Probe:
    probe = Probe(EVERY, 0.0)
    for status in statuses:
        probe.answered(status, probe.due)
    return probe


@pytest.mark.parametrize("status", [200, 401, 403, 404, 405, 407, 481, 486, 500, 501])
def test_whatever_a_working_server_says_confirms_it(status: int) -> None:
    probe = answered(status)
    assert probe.standing.is_confirmed
    assert probe.due == EVERY


def test_two_silences_are_down_one_is_not() -> None:
    probe = answered(200)
    probe.failed(408, 34.0)
    assert probe.standing.is_confirmed
    assert probe.due == 34.0 + AGAIN_SECONDS
    probe.failed(408, 43.0)
    assert probe.standing.is_down
    assert probe.standing.reason == "no_answer"
    probe.answered(200, 48.0)
    assert probe.standing.is_confirmed
    assert (probe.standing.reason, probe.due) == ("", 48.0 + EVERY)


def test_no_service_is_down_with_its_status() -> None:
    told = answered(503, 503).standing
    assert (told.is_down, told.reason, told.status) == (True, "busy", 503)


def test_a_server_that_has_never_answered_is_neither_down_nor_confirmed() -> None:
    probe = Probe(EVERY, 0.0)
    for _ in range(5):
        probe.failed(503, probe.due)
    assert not probe.standing.is_down
    assert not probe.standing.is_confirmed
    assert probe.standing.reason == "transport_failed"


def test_a_failed_call_hastens_the_question() -> None:
    probe = answered(200)
    probe.hasten(3.0)
    assert probe.due == 3.0


def test_the_question_names_server_and_account() -> None:
    request = question(Uri("sip", host="p.example"), Uri("sip", "0199", host="p.example"), token_source())
    assert bytes(request).startswith(b"OPTIONS sip:p.example SIP/2.0\r\n")
    assert request.from_.uri.user == "0199"
    assert request.from_.tag
    assert request.to.tag is None
