"""The list of the numbers that somebody may show: what leaves, what is refused at the field, what goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import Number
from appliance.configuration.people import Person
from appliance.configuration.shown_numbers import may_show
from appliance.routing.facts import Direction
from appliance.routing.steps import ExternalTarget, Ring
from appliance.routing.world import World
from tests.unit.routing.small_office import NUMBER, changed, codes, follow, inside, small_office

MOBILE = "+33612000001"
SALES, SPARE = "+33199001299", "+33199005678"
LINES_UP = World(lines_up=frozenset({"trunk", "spare"}))

pytestmark = pytest.mark.feature("OUT-1")


def office(*allowed: str, **more: object) -> Configuration:
    """Bruno may show these; `main` and `sales` are of the trunk, `backup` of another line."""
    made = small_office()
    spare = made.lines["trunk"].model_copy(update={"id": "spare", "name": "Spare"})
    numbers = {
        **made.numbers,
        "sales": like_main("sales", SALES),
        "backup": like_main("backup", SPARE, "spare"),
    }
    whole = replace(made, lines={**made.lines, "spare": spare}, numbers=numbers)
    return changed(whole, "people", "bruno", allowed_number_ids=allowed, **more)


def like_main(identifier: str, called: str, line_id: str = "trunk") -> Number:
    more = {"id": identifier, "number": called, "line_id": line_id}
    return small_office().numbers["main"].model_copy(update=more)


def leaves(configuration: Configuration, called: str = MOBILE) -> tuple[tuple[str, str | None], ...]:
    """The lines tried, each with what it shows."""
    step = follow(configuration, inside(called), world=LINES_UP)[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    return tuple(zip(step.targets[0].line_ids, step.targets[0].shown_on, strict=True))


def told(configuration: Configuration) -> set[str]:
    return set(
        codes(follow(configuration, replace(inside(MOBILE), direction=Direction.OUTBOUND), world=LINES_UP))
    )


def test_without_a_list_any_number_may_be_shown() -> None:
    configuration = changed(office(), "people", "bruno", allowed_number_ids=None)
    assert leaves(configuration) == (("trunk", NUMBER), ("spare", SPARE))
    person = configuration.people["bruno"]
    assert all(may_show(configuration.outbound, person, each) for each in configuration.numbers)


def test_the_first_of_the_list_is_shown_unless_another_is_chosen() -> None:
    assert leaves(office("sales", "main")) == (("trunk", SALES), ("spare", None))
    assert leaves(office("backup", "sales")) == (("spare", SPARE), ("trunk", SALES))
    assert leaves(office("backup", "main", presented_number_id="main")) == (
        ("trunk", NUMBER),
        ("spare", SPARE),
    )
    assert "chosen_number_shown" in told(office("sales"))


def test_who_may_show_none_shows_none_and_explain_says_so() -> None:
    assert leaves(office()) == (("trunk", None), ("spare", None))
    assert "no_number_shown" in told(office())
    assert "no_number_shown" not in told(office("sales"))
    by_the_other = changed(office("sales"), "people", "bruno", line_id="spare")
    assert leaves(by_the_other)[0] == ("spare", None) and "no_number_shown" in told(by_the_other)


def test_the_emergency_services_see_the_line_s_number_all_the_same() -> None:
    assert leaves(office(), "15") == (("trunk", NUMBER), ("spare", SPARE))


def test_a_number_called_back_by_is_shown_only_by_those_who_may() -> None:
    facts = replace(inside(MOBILE), shows=SALES)
    for configuration, shown in ((office("main"), NUMBER), (office("main", "sales"), SALES)):
        step = follow(configuration, facts, world=LINES_UP)[0].step
        assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
        assert step.targets[0].shown_on[0] == shown


def test_a_list_does_not_open_what_is_reserved_to_others() -> None:
    configuration = office("main", "sales")
    reserved = configuration.outbound.model_copy(update={"reserved": {"main": ("alice",)}})
    assert leaves(replace(configuration, outbound=reserved))[0] == ("trunk", SALES)


def test_what_is_not_in_the_list_is_refused_at_the_field() -> None:
    (found,) = problems(office("main", presented_number_id="sales"))
    assert (found.code, found.record_id, found.path) == (
        "number_not_allowed",
        "bruno",
        ("presented_number_id",),
    )
    assert leaves(office("main", presented_number_id="sales"))[0] == ("trunk", NUMBER)
    (found,) = problems(office("main", "nowhere"))
    assert (found.code, found.path) == ("unknown_number", ("allowed_number_ids", 1))


def test_a_number_that_goes_leaves_the_list_which_never_grows_by_that() -> None:
    configuration = office("sales", "main").without_record("numbers", "sales")
    assert configuration.people["bruno"].allowed_number_ids == ("main",)
    assert configuration.people["alice"].allowed_number_ids is None
    assert configuration.without_record("numbers", "main").people["bruno"].allowed_number_ids == ()


def test_people_saved_without_a_list_load_and_each_number_stands_once() -> None:
    saved = {"id": "zoe", "name": "Zoé", "extension": "109"}
    assert Person.model_validate(saved).allowed_number_ids is None
    twice = Person.model_validate({**saved, "allowed_number_ids": ["main", "sales", "main"]})
    assert twice.allowed_number_ids == ("main", "sales")
