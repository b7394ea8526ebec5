"""Which refusals lead to the next line: a line's own, never the far end's; an emergency goes on after all."""

import pytest

from appliance.legs.refusals import line_has_failed, outcome_of, refuses_emergency, status_meant
from appliance.routing.steps import Outcome
from appliance.sip.message import Response
from appliance.sip.parser import parse_message


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [401, 402, 403, 407, 408, 500, 502, 503, 504, 580])
def test_a_line_s_own_failure_leads_on(status):
    assert line_has_failed(status) and refuses_emergency(status)


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [200, 404, 480, 484, 486, 487, 600, 603, 604])
def test_what_the_far_end_says_is_final(status):
    assert not line_has_failed(status)


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [403, 404, 480, 484, 486, 488, 600, 603])
def test_an_emergency_call_is_tried_elsewhere_whatever_a_line_says(status):
    assert refuses_emergency(status)


@pytest.mark.feature("OUT-5")
@pytest.mark.parametrize(
    ("status", "reason", "meant", "outcome"),
    [
        (503, "Q.850;cause=17", 486, Outcome.BUSY),
        (500, 'Q.850 ;text="unallocated" ; cause=1', 404, Outcome.NO_SUCH_NUMBER),
        (403, "Q.850;cause=21", 603, Outcome.DECLINED),
        (403, "SIP;cause=17", 403, Outcome.UNREACHABLE),
        (503, 'SIP;cause=500, Q.850;cause=28;text="x"', 484, Outcome.NO_SUCH_NUMBER),
        (503, "Q.850;cause=34", 503, Outcome.UNREACHABLE),
        (404, "Q.850;cause=x", 404, Outcome.NO_SUCH_NUMBER),
        (604, "", 604, Outcome.NO_SUCH_NUMBER),
        (403, "", 403, Outcome.UNREACHABLE),
    ],
)
def test_what_a_line_says_of_the_far_end_by_its_cause_counts_more_than_its_status(
    status, reason, meant, outcome
):
    fields = f"Reason: {reason}\r\n" if reason else ""
    answer = parse_message(
        f"SIP/2.0 {status} No\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\nFrom: <sip:a@a>;tag=1\r\n"
        f"To: <sip:b@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{fields}Content-Length: 0\r\n\r\n".encode()
    )
    assert isinstance(answer, Response)
    assert status_meant(status, answer) == meant
    assert outcome_of(meant, by_line=True) is outcome
    assert status_meant(status, None) == status


@pytest.mark.feature("OUT-9")
def test_an_emergency_call_that_is_answered_goes_nowhere_else():
    assert not refuses_emergency(200)
