"""Which people may show which number: refused at the field, and never shown by anybody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.outbound import Outbound
from appliance.routing.steps import ExternalTarget, Ring
from tests.unit.routing.small_office import changed, follow, inside, small_office

MOBILE = "+33612000001"


def reserved_to(*people: str) -> Configuration:
    return replace(small_office(), outbound=Outbound(reserved={"main": people}))


def shown(configuration: Configuration, called: str = MOBILE) -> tuple[str | None, ...]:
    step = follow(configuration, inside(called))[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    return step.targets[0].shown_on


pytestmark = pytest.mark.feature("OUT-4", "OUT-1")


def test_only_those_chosen_show_a_reserved_number() -> None:
    assert shown(reserved_to("bruno")) == ("+33199001234",)
    assert shown(reserved_to("alice")) == (None,)
    assert shown(reserved_to()) == ("+33199001234",)


def test_the_emergency_services_see_the_line_s_number_all_the_same() -> None:
    assert shown(reserved_to("alice"), "15") == ("+33199001234",)


def test_showing_a_number_of_others_is_refused_at_the_field_and_not_done() -> None:
    configuration = changed(reserved_to("alice"), "people", "bruno", presented_number_id="main")
    (found,) = problems(configuration)
    assert (found.code, found.record_id, found.path) == (
        "number_reserved",
        "bruno",
        ("presented_number_id",),
    )
    assert shown(configuration) == (None,)


def test_records_that_go_leave_no_trace() -> None:
    configuration = reserved_to("alice", "bruno").without_record("people", "alice")
    assert configuration.outbound.reserved == {"main": ("bruno",)}
    assert not configuration.without_record("numbers", "main").outbound.reserved
    assert [each.code for each in problems(reserved_to("nobody"))] == ["unknown_person"]
