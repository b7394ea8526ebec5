"""The channel limit of a line: when every channel is in use, calls leave by the next line, or say why not."""

from __future__ import annotations

from appliance.routing.steps import Announce, ExternalTarget, Ring
from appliance.routing.world import World
from tests.unit.routing.small_office import small_office
from tests.unit.routing.test_decide import EVERYBODY, MOBILE, codes, follow, inside


def test_a_full_line_is_passed_over_for_one_that_is_free() -> None:
    configuration = small_office()
    second = configuration.lines["trunk"].model_copy(update={"id": "second"})
    configuration = configuration.with_record("lines", "second", second)
    world = World(
        EVERYBODY.registered, lines_up=frozenset({"trunk", "second"}), lines_full=frozenset({"trunk"})
    )
    step = follow(configuration, inside(MOBILE), world=world)[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    assert step.targets[0].line_ids == ("second",)


def test_when_every_line_is_full_the_story_says_so() -> None:
    world = World(EVERYBODY.registered, lines_up=frozenset({"trunk"}), lines_full=frozenset({"trunk"}))
    words = follow(small_office(), inside(MOBILE), world=world)[0]
    assert isinstance(words.step, Announce)
    assert "lines_full" in codes([words])


def test_an_emergency_call_tries_the_full_lines_too() -> None:
    world = World(EVERYBODY.registered, lines_up=frozenset({"trunk"}), lines_full=frozenset({"trunk"}))
    step = follow(small_office(), inside("112"), world=world)[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    assert step.targets[0].line_ids == ("trunk",)
