"""Line choice: the office's order, the preferred line first, what each shows; emergencies before all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.outbound import Outbound
from appliance.routing.facts import Direction
from appliance.routing.steps import ExternalTarget, Outcome, Ring
from appliance.routing.world import World
from tests.unit.routing.small_office import EVERYBODY, changed, codes, follow, inside, small_office

MOBILE = "+33612000001"
THREE = frozenset({"trunk", "second", "third"})


def with_three_lines(*order: str) -> Configuration:
    configuration = small_office()
    trunk = configuration.lines["trunk"]
    for identifier in ("second", "third"):
        configuration = configuration.with_record(
            "lines", identifier, trunk.model_copy(update={"id": identifier, "name": identifier.title()})
        )
    return replace(configuration, outbound=Outbound(line_order=order))


def dialled(configuration: Configuration, called: str, world: World | None = None) -> ExternalTarget:
    world = world or replace(EVERYBODY, lines_up=THREE)
    step = follow(configuration, inside(called), world=world)[0].step
    assert isinstance(step, Ring)
    (target,) = step.targets
    assert isinstance(target, ExternalTarget)
    return target


@pytest.mark.feature("OUT-9")
class TestOrder:
    def test_the_office_s_order_is_followed_and_lines_it_does_not_name_come_last(self) -> None:
        assert dialled(with_three_lines("third", "trunk"), MOBILE).line_ids == ("third", "trunk", "second")

    def test_the_line_of_the_number_shown_comes_first_and_the_others_show_their_own(self) -> None:
        configuration = with_three_lines("third", "trunk")
        other = configuration.numbers["main"].model_copy(
            update={"id": "other", "number": "+33199001299", "line_id": "second"}
        )
        configuration = configuration.with_record("numbers", "other", other)
        configuration = changed(configuration, "people", "bruno", presented_number_id="other")
        target = dialled(configuration, MOBILE)
        assert target.line_ids == ("second", "third", "trunk")
        assert target.shown_on == ("+33199001299", None, "+33199001234")

    def test_a_person_s_own_line_comes_before_that_of_their_number(self) -> None:
        configuration = with_three_lines()
        configuration = changed(configuration, "people", "bruno", presented_number_id="main", line_id="third")
        assert dialled(configuration, MOBILE).line_ids == ("third", "trunk", "second")

    def test_lines_down_or_full_are_left_out(self) -> None:
        world = replace(EVERYBODY, lines_up=frozenset({"trunk", "third"}), lines_full=frozenset({"trunk"}))
        assert dialled(with_three_lines(), MOBILE, world).line_ids == ("third",)

    def test_a_line_that_is_deleted_leaves_the_order(self) -> None:
        configuration = with_three_lines("third", "second").without_record("lines", "second")
        assert configuration.outbound.line_order == ("third",)
        assert not problems(configuration)

    def test_an_unknown_line_or_one_named_twice_is_refused_at_its_row(self) -> None:
        found = problems(with_three_lines("third", "nothing", "third"))
        assert [(each.code, each.path) for each in found] == [
            ("unknown_line", ("line_order", 1)),
            ("line_twice", ("line_order", 2)),
        ]


@pytest.mark.feature("OUT-9")
class TestEmergency:
    @pytest.mark.parametrize("called", ["15", "17", "18", "112", "114", "115", "119", "191", "196", "197",
                                        "116000", "116117"])  # fmt: skip
    def test_every_line_is_tried_those_up_and_free_first(self, called: str) -> None:
        world = replace(EVERYBODY, lines_up=frozenset({"trunk", "third"}), lines_full=frozenset({"trunk"}))
        target = dialled(with_three_lines(), called, world)
        assert target.line_ids == ("third", "trunk", "second")
        assert target.emergency and target.number == called

    def test_an_extension_never_hides_it(self) -> None:
        configuration = changed(with_three_lines(), "people", "alice", extension="112")
        assert dialled(configuration, "112").number == "112"
        assert "extension_is_emergency" in {each.code for each in problems(configuration)}

    def test_without_any_line_the_caller_and_the_office_are_told(self) -> None:
        decisions = follow(small_office(lines={}), inside("15"), world=EVERYBODY)
        assert decisions[0].step.speech.prompt_name == "emergency_not_carried"  # type: ignore[union-attr]
        assert "emergency_not_carried" in codes(decisions)

    @pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.DECLINED, Outcome.UNREACHABLE])
    def test_whom_no_line_carries_is_told_to_take_a_mobile(self, outcome: Outcome) -> None:
        decisions = follow(small_office(), inside("15"), outcome, world=EVERYBODY)
        assert decisions[-2].step.speech.prompt_name == "emergency_not_carried"  # type: ignore[union-attr]
        assert "emergency_not_carried" in codes(decisions)

    def test_other_countries_have_their_own(self) -> None:
        for country, called in (("AU", "000"), ("US", "911"), ("GB", "999"), ("DE", "110"), ("CH", "144")):
            configuration = with_three_lines()
            assert configuration.office is not None
            office = configuration.office.model_copy(update={"country": country})
            assert dialled(replace(configuration, office=office), called).emergency


@pytest.mark.feature("OUT-1")
@pytest.mark.parametrize(
    ("up", "told"), [(THREE, "chosen_number_shown"), (frozenset({"third"}), "chosen_number_elsewhere")]
)
def test_the_number_that_somebody_has_chosen_is_told(up: frozenset[str], told: str) -> None:
    configuration = changed(with_three_lines(), "people", "bruno", presented_number_id="main")
    facts = replace(inside(MOBILE), direction=Direction.OUTBOUND)
    reasons = codes(follow(configuration, facts, world=replace(EVERYBODY, lines_up=up)))
    assert [code for code in reasons if code.startswith("chosen_")] == [told]
    reasons = codes(follow(with_three_lines(), facts, world=replace(EVERYBODY, lines_up=up)))
    assert not [code for code in reasons if code.startswith("chosen_")]
