"""Which refusals lead to the next line: a line's own, never the far end's; an emergency goes on after all."""

import pytest

from appliance.legs.outgoing import line_has_failed, refuses_emergency


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [401, 402, 407, 408, 500, 502, 503, 504, 580])
def test_a_line_s_own_failure_leads_on(status):
    assert line_has_failed(status) and refuses_emergency(status)


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [200, 403, 404, 480, 484, 486, 487, 600, 603, 604])
def test_what_the_far_end_says_is_final(status):
    assert not line_has_failed(status)


@pytest.mark.feature("OUT-9")
@pytest.mark.parametrize("status", [403, 404, 480, 484, 488, 603])
def test_an_emergency_call_is_tried_elsewhere_whatever_a_line_says(status):
    assert refuses_emergency(status)


@pytest.mark.feature("OUT-9")
def test_but_a_busy_emergency_service_is_busy():
    assert not refuses_emergency(486)
