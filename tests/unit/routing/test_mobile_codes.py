"""Verified mobiles: codes that are said, and what is shown to those called (OUT-2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.lines import IdentityHeader
from appliance.configuration.people import Person, VerifiedNumber
from appliance.routing.facts import Direction, Facts
from appliance.routing.mobile_codes import MOST_WRONG, MobileCode, ring_mobile, words
from appliance.routing.plan import compile_plan
from appliance.routing.steps import ExternalTarget, Ring
from appliance.runtime.presenting import line_identity
from tests.unit.routing.small_office import (
    EVERYBODY,
    MONDAY,
    NUMBER,
    changed,
    codes,
    follow,
    inside,
    small_office,
)

pytestmark = pytest.mark.feature("OUT-2")
MOBILE, CUSTOMER = "+33612000009", "+33612000001"
PROOF = VerifiedNumber(number=MOBILE, at=1.0)


def calling(called: str) -> Facts:
    """A call to the outside made on Bruno's phone."""
    return replace(inside(called), direction=Direction.OUTBOUND)


def office(passes: bool = True, **person: object) -> Configuration:
    settings = {"mobile": MOBILE, "verified_mobile": PROOF, "shows_mobile": True, **person}
    configuration = changed(small_office(), "people", "bruno", **settings)
    return changed(configuration, "lines", "trunk", passes_mobiles=passes)


def shown(configuration: Configuration, facts: Facts) -> tuple[str, str, list[str]]:
    """The number in From, the one that is vouched for, and the reasons."""
    decisions = follow(configuration, facts)
    step = decisions[0].step
    assert isinstance(step, Ring) and isinstance(step.targets[0], ExternalTarget)
    line = configuration.lines["trunk"]
    from_, field = line_identity(line, step.targets[0], facts, "FR")
    assert line.identity_header is IdentityHeader.ASSERTED and field is not None
    told = [code for code in codes(decisions) if code.startswith(("mobile_", "number_"))]
    return from_.uri.user or "", field[1], told


def test_a_verified_mobile_is_in_from_and_the_provider_is_told_the_office_s_number() -> None:
    user, vouched, told = shown(office(), calling(CUSTOMER))
    assert user == MOBILE and NUMBER in vouched and told == ["mobile_shown"]


def test_a_line_that_does_not_let_it_pass_shows_the_office_s_number() -> None:
    user, vouched, told = shown(office(passes=False), calling(CUSTOMER))
    assert user == NUMBER and NUMBER in vouched and told == ["mobile_not_passed"]


@pytest.mark.parametrize(
    ("person", "facts", "user", "told"),
    [
        ({"shows_mobile": False}, calling(CUSTOMER), NUMBER, []),
        ({"verified_mobile": None}, calling(CUSTOMER), NUMBER, []),
        ({"mobile": "+33612000008"}, calling(CUSTOMER), NUMBER, []),
        ({}, calling("15"), NUMBER, []),
        ({}, replace(calling(CUSTOMER), withheld=True), "anonymous", ["number_withheld"]),
        ({}, replace(calling(CUSTOMER), shows=NUMBER), NUMBER, []),
    ],
)
def test_when_it_is_not_shown(person: dict[str, object], facts: Facts, user: str, told: list[str]) -> None:
    found, vouched, why = shown(office(**person), facts)
    assert (found, why) == (user, told) and NUMBER in vouched


def test_another_number_is_not_verified_any_more_not_even_when_the_first_one_comes_back() -> None:
    person = office().people["bruno"]
    another = Person.model_validate({**person.model_dump(), "mobile": CUSTOMER})
    assert another.verified_mobile is None
    back = Person.model_validate({**another.model_dump(), "mobile": MOBILE})
    assert not back.has_verified_mobile and person.has_verified_mobile


def test_a_code_holds_for_its_number_for_a_while_and_for_few_attempts() -> None:
    code = MobileCode(MOBILE, "012345", until=600.0)
    assert code.is_code(" 012 345 ") and not code.is_code("012346") and not code.is_code("\u0660")
    assert code.holds(MOBILE, 599.0) and not code.holds(MOBILE, 600.0) and not code.holds(CUSTOMER, 0.0)
    assert "012345" not in repr(code)
    for _ in range(MOST_WRONG):
        assert code.holds(MOBILE, 0.0)
        code = code.after_wrong()
    assert not code.holds(MOBILE, 0.0)


def test_a_code_is_said_twice() -> None:
    said = [each.prompt_name for each in words("40", Language.FRENCH)]
    assert said == [
        *("mobile_code", "digit_four", "digit_zero"),
        *("mobile_code_again", "digit_four", "digit_zero"),
    ]


def test_the_mobile_is_called_by_the_rules_of_calls_to_the_outside() -> None:
    configuration = office()
    plan, person = compile_plan(configuration), configuration.people["bruno"]
    step = ring_mobile(plan, person, EVERYBODY, MONDAY)
    assert step is not None
    assert [each.number for each in step.targets if isinstance(each, ExternalTarget)] == [MOBILE]
    assert ring_mobile(plan, person, replace(EVERYBODY, lines_up=frozenset()), MONDAY) is None
    costly = person.model_copy(update={"mobile": "+33899123456"})
    assert ring_mobile(plan, costly, EVERYBODY, MONDAY) is None
