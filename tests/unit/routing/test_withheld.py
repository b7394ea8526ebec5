"""A number withheld: by keys before one call, or always; never from the emergency services."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.routing.dialled import without_wishes
from appliance.routing.steps import ExternalTarget, Ring
from tests.unit.routing.small_office import codes, follow, inside, small_office

MOBILE = "+33612000001"


@pytest.mark.feature("OUT-1")
@pytest.mark.parametrize(
    ("dialled", "number", "withheld"),
    [
        ("*31*0612000001", "0612000001", True),
        ("#31#15", "15", True),
        ("0612000001", "0612000001", False),
        ("*31*", "*31*", False),
        ("*43", "*43", False),
        ("", "", False),
    ],
)
def test_the_keys_before_a_number_are_read(dialled: str, number: str, withheld: bool) -> None:
    assert without_wishes(dialled) == (number, withheld)


@pytest.mark.feature("OUT-1", "OUT-9")
@pytest.mark.parametrize(("called", "hidden"), [(MOBILE, True), ("15", False)])
def test_a_withheld_number_is_hidden_save_from_those_who_help(called: str, hidden: bool) -> None:
    decisions = follow(small_office(), replace(inside(called), withheld=True))
    step = decisions[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    assert step.targets[0].withheld is hidden
    assert ("number_withheld" in codes(decisions)) is hidden
