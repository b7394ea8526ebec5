"""What was dialled, read: extensions, codes, short numbers, prefixes of lines, numbers outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.dialling import ShortNumber
from appliance.configuration.outbound import Outbound
from appliance.routing.dialled import Dialled, read_dialled
from appliance.routing.steps import ExternalTarget, Ring
from appliance.routing.world import World
from tests.unit.routing.small_office import codes, follow, inside, small_office

TAXI, MINE, OTHER = "+33639981234", "+33639985678", "+33639989999"
LINE = next(iter(small_office().lines))


def office(enabled: bool = True) -> Configuration:
    configuration = small_office()
    line = configuration.lines[LINE].model_copy(update={"prefix": "801", "enabled": enabled})
    person = next(iter(configuration.people.values()))
    own = person.model_copy(update={"short_numbers": (ShortNumber(code="*56", name="Mine", number=MINE),)})
    shared = (
        ShortNumber(code="55", name="Taxi", number=TAXI),
        ShortNumber(code="*56", name="Plumber", number=OTHER),
    )
    return (
        configuration.with_record("lines", LINE, line)
        .with_record("people", person.id, own)
        .with_singleton("outbound", Outbound(short_numbers=shared))
    )


ME = next(iter(small_office().people))


@pytest.mark.feature("OUT-3", "OUT-11")
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("101", Dialled("101", True)),
        ("*43", Dialled("*43", True)),
        ("*999", Dialled("*999", True)),
        ("0639981234", Dialled(TAXI, False)),
        ("55", Dialled(TAXI, False, short="55")),
        ("*56", Dialled(MINE, False, short="*56")),
        ("15", Dialled("15", False)),
        ("8010639981234", Dialled(TAXI, False, line_id=LINE)),
        ("80155", Dialled(TAXI, False, line_id=LINE, short="55")),
        ("80115", Dialled("15", False, line_id=LINE)),
        ("801101", Dialled("101", True, line_id=LINE)),
        ("*31*8010639981234", Dialled(TAXI, False, True, LINE)),
        ("801*31*0639981234", Dialled(TAXI, False, True, LINE)),
        ("*31*55", Dialled(TAXI, False, True, short="55")),
        ("801", Dialled("801", False)),
        ("", Dialled("", False)),
    ],
)
def test_what_was_dialled_is_read(typed: str, read: Dialled) -> None:
    assert read_dialled(office(), typed, ME) == read


@pytest.mark.feature("OUT-11")
def test_a_colleague_gets_the_offices_short_number() -> None:
    assert read_dialled(office(), "*56", None).called == OTHER


@pytest.mark.feature("OUT-3")
def test_the_prefix_of_a_line_that_is_switched_off_means_nothing() -> None:
    assert read_dialled(office(enabled=False), "8010639981234", ME).line_id is None


@pytest.mark.feature("OUT-3")
def test_the_line_chosen_comes_first_and_the_trail_says_so() -> None:
    configuration = office()
    first = configuration.lines[LINE]
    for name in ("a", "b"):
        other = first.model_copy(update={"id": name, "name": f"Line {name}", "prefix": None})
        configuration = configuration.with_record("lines", name, other)
    order = Outbound(line_order=(LINE, "a", "b"))
    configuration = configuration.with_singleton("outbound", order)
    up = World(lines_up=frozenset({LINE, "a", "b"}))
    decisions = follow(configuration, replace(inside(TAXI), chosen_line_id="b"), world=up)
    step = decisions[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    assert step.targets[0].line_ids == ("b", LINE, "a")
    (why,) = [place.reason for place in decisions[0].trail if place.reason.code == "line_chosen"]
    assert why.parameters == {"line": "Line b"}
    gone = follow(configuration, replace(inside(TAXI), chosen_line_id="gone"))
    assert "line_chosen" not in codes(gone)


@pytest.mark.feature("OUT-11")
def test_the_trail_says_which_short_number_was_dialled() -> None:
    decisions = follow(office(), replace(inside(TAXI), short="55"))
    assert "short_number" in codes(decisions)
