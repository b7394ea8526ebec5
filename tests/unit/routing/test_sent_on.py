"""Calls that leave again: who has sent them on, and what the people called see (WHISP-2, FWD-7, OUT-8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToExternal, ToPerson
from appliance.configuration.lines import Display, ForwardedCaller
from appliance.routing.redirections import Redirection
from appliance.routing.steps import ExternalTarget, Outcome, PhoneTarget, Ring, Target
from tests.unit.routing.small_office import (
    CALLER,
    NUMBER,
    changed,
    codes,
    follow,
    inbound,
    inside,
    number,
    steps,
    with_route,
)

MOBILE = "+33612000001"
SECOND = "+33199001299"
ALICE, BRUNO, OUTSIDE = ToPerson(person_id="alice"), ToPerson(person_id="bruno"), ToExternal(number=MOBILE)


def rung(configuration: Configuration, *outcomes: Outcome, caller: str = CALLER) -> Target:
    """Whom the last ringing step rings."""
    decisions = follow(configuration, inbound(caller), *outcomes)
    steps = [decision.step for decision in decisions if isinstance(decision.step, Ring)]
    (target,) = steps[len(outcomes)].targets
    return target


def showing(configuration: Configuration, **fields: object) -> Configuration:
    return changed(configuration, "lines", "trunk", **fields)


@pytest.mark.feature("WHISP-2")
def test_who_forwards_is_told_to_the_phone_that_rings_with_the_reason() -> None:
    configuration = changed(with_route(ALICE), "people", "alice", forward_active=True, forward_to=BRUNO)
    target = rung(configuration)
    assert isinstance(target, PhoneTarget) and target.phone_id == "bruno-desk"
    assert target.redirected == Redirection("101", "Alice", "unconditional")


@pytest.mark.feature("WHISP-2")
def test_a_forward_when_nobody_answers_says_so_and_a_step_of_the_route_says_nothing() -> None:
    configuration = changed(with_route(ALICE, BRUNO), "people", "alice", forwards={"no_answer": BRUNO})
    target = rung(configuration, Outcome.NO_ANSWER)
    assert isinstance(target, PhoneTarget) and target.redirected == Redirection("101", "Alice", "no-answer")
    plain = rung(with_route(ALICE, BRUNO), Outcome.NO_ANSWER)
    assert isinstance(plain, PhoneTarget) and plain.redirected is None


@pytest.mark.feature("WHISP-2")
def test_the_last_who_forwarded_is_told() -> None:
    configuration = changed(with_route(ALICE), "people", "alice", forward_active=True, forward_to=BRUNO)
    configuration = changed(
        configuration, "people", "bruno", forward_active=True, forward_to=ToPerson(person_id="chloe")
    )
    target = rung(configuration)
    assert isinstance(target, PhoneTarget) and target.redirected is not None
    assert (target.phone_id, target.redirected.number) == ("chloe-desk", "102")


@pytest.mark.feature("OUT-8")
def test_a_call_sent_on_outside_shows_the_number_called_or_the_one_chosen() -> None:
    configuration = with_route(OUTSIDE)
    target = rung(configuration)
    assert isinstance(target, ExternalTarget)
    assert (target.shown_on, target.callers_on, target.diverted_by) == ((NUMBER,), (), NUMBER)
    configuration = configuration.with_record(
        "numbers", "other", number("other", SECOND, open=steps(OUTSIDE))
    )
    configuration = changed(configuration, "numbers", "main", forwards_show_number_id="other")
    target = rung(configuration)
    assert isinstance(target, ExternalTarget)
    assert (target.shown_on, target.diverted_by) == ((SECOND,), NUMBER)


@pytest.mark.feature("FWD-7")
@pytest.mark.parametrize(("caller", "shown"), [(CALLER, CALLER), ("", ""), ("odd name", None)])
def test_a_line_that_may_shows_the_caller_s_own_number_and_hides_one_withheld(
    caller: str, shown: str | None
) -> None:
    configuration = showing(with_route(OUTSIDE), forwarded_caller=ForwardedCaller.IN_FROM)
    target = rung(configuration, caller=caller)
    assert isinstance(target, ExternalTarget)
    assert target.shows_caller("trunk") == shown and target.shown_on == (NUMBER,)


@pytest.mark.feature("FWD-7")
def test_colleagues_who_are_sent_on_outside_show_no_extension_of_theirs() -> None:
    configuration = showing(with_route(ALICE), forwarded_caller=ForwardedCaller.EVERYWHERE)
    configuration = changed(configuration, "people", "alice", forward_active=True, forward_to=OUTSIDE)
    (decision, *_) = follow(configuration, inside("101"))
    assert isinstance(decision.step, Ring)
    (target,) = decision.step.targets
    assert isinstance(target, ExternalTarget)
    assert (target.callers_on, target.diverted_by) == ((), NUMBER)


@pytest.mark.feature("WHISP-2")
@pytest.mark.parametrize(
    ("redirected", "code", "words"),
    [
        (Redirection("+33639985678", "Mairie", "user-busy"), "redirected_busy", "Mairie (06 39 98 56 78)"),
        (Redirection("+33639985678", "", "no-answer"), "redirected_no_answer", "06 39 98 56 78"),
        (Redirection("+33639985678", "", "unconditional"), "redirected_always", "06 39 98 56 78"),
        (Redirection("+33639985678", "", "unavailable"), "redirected_not_connected", "06 39 98 56 78"),
        (Redirection("+33639985678", "", "away"), "redirected", "06 39 98 56 78"),
        (Redirection("", "", "user-busy"), "redirected_hidden", "not shown"),
    ],
)
def test_the_story_begins_with_who_outside_had_sent_the_call_on(
    redirected: Redirection, code: str, words: str
) -> None:
    decisions = follow(with_route(ALICE), replace(inbound(), redirected=redirected))
    assert codes(decisions)[:2] == [code, "number_called"]
    assert words in decisions[0].trail[0].reason.sentence()


@pytest.mark.feature("WHISP-2")
def test_words_to_be_shown_must_be_written() -> None:
    configuration = changed(with_route(ALICE), "numbers", "main", display=Display.WORDS)
    assert [(each.path, each.code) for each in problems(configuration)] == [
        (("display_words",), "display_words_missing")
    ]
    fine = changed(configuration, "numbers", "main", display_words="Ventes")
    assert not problems(fine)
