"""The internet is down: inside, everything goes on; whoever calls outside is told why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.routing.steps import Announce, PhoneTarget, Ring
from tests.unit.routing.small_office import EVERYBODY, codes, follow, inside, small_office

DOWN = replace(EVERYBODY, lines_up=frozenset())


@pytest.mark.feature("BACKUP-3")
def test_calls_inside_go_on() -> None:
    step = follow(small_office(), inside("101"), world=DOWN)[0].step
    assert isinstance(step, Ring) and step.targets == (PhoneTarget("alice-desk", "alice"),)


@pytest.mark.feature("BACKUP-3")
def test_a_call_to_the_outside_is_told_why() -> None:
    decisions = follow(small_office(), inside("+33612000001"), world=DOWN)
    assert isinstance(decisions[0].step, Announce)
    assert decisions[0].step.speech.prompt_name == "no_line"
    assert "lines_down" in codes(decisions)
