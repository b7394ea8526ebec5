"""Callers of a number may choose the language of all they hear (NUM-5)."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToMailbox, ToNumber
from appliance.configuration.fields import Language
from appliance.configuration.voicemail import Greeting
from appliance.routing.coverage import AnswerKind, answer_of
from appliance.routing.explain import explain
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Ask, Keys, Outcome, Ring, Say, TakeMessage
from tests.unit.routing.small_office import (
    EVERYBODY,
    MONDAY,
    SUNDAY,
    codes,
    follow,
    inbound,
    number,
    small_office,
    steps,
)

pytestmark = pytest.mark.feature("NUM-5")
MESSAGE = ToMailbox(mailbox_id="office")
WORDS, OTHER = Greeting(text="Bonjour."), Greeting(text="Hello.")


def office(**given: Any) -> Configuration:
    asked = {"ask_language": True, "announcement": WORDS, "announcement_other_language": OTHER, **given}
    first = steps(ToGroup(group_id="sales"), MESSAGE)
    return small_office(numbers={"main": number(open=first, closed=steps(MESSAGE), **asked)})


@pytest.mark.parametrize(
    ("pressed", "language", "words"),
    [
        ("1", Language.FRENCH, "Bonjour."),
        ("2", Language.ENGLISH, "Hello."),
        ("", Language.FRENCH, "Bonjour."),
    ],
)
def test_all_that_follows_is_said_in_the_language_chosen(
    pressed: str, language: Language, words: str
) -> None:
    asked, said, ring, message, *_ = follow(
        office(), inbound(), Keys(pressed), Outcome.DONE, Outcome.NO_ANSWER
    )
    assert isinstance(asked.step, Ask)
    spoken = [each.language for each in (asked.step.speech, *asked.step.more)]
    assert (spoken, asked.step.insists) == ([Language.FRENCH, Language.ENGLISH], False)
    assert isinstance(said.step, Say)
    assert (said.step.speech.text, said.step.speech.language) == (words, language)
    assert isinstance(ring.step, Ring)
    assert ring.step.language == language
    assert isinstance(message.step, TakeMessage)
    assert message.step.greeting.language == language


def test_a_closed_office_asks_too() -> None:
    asked, message, *_ = follow(office(), inbound(), Keys("2"), now=SUNDAY)
    assert isinstance(asked.step, Ask)
    assert isinstance(message.step, TakeMessage)
    assert message.step.language is Language.ENGLISH


def test_a_wrong_key_is_asked_for_again_once() -> None:
    decisions = follow(office(), inbound(), Keys("7"), Keys("2"), Outcome.DONE)
    assert isinstance(decisions[1].step, Ask)
    assert decisions[1].step.sorry is not None
    assert decisions[2].position.language == "en"
    assert "language_en" in codes(decisions)
    assert not follow(office(), inbound(), Keys("7"), Keys("7"))[2].position.language


def test_who_has_chosen_is_not_asked_by_the_next_number() -> None:
    second = number("second", "+33199001235", open=steps(ToNumber(number_id="main")), ask_language=True)
    decisions = follow(
        office().with_record("numbers", "second", second), inbound(called="+33199001235"), Keys("2")
    )
    assert isinstance(decisions[1].step, Say)
    assert decisions[1].step.speech.text == "Hello."
    assert "language_known" in codes(decisions)


def test_without_other_words_all_hear_the_same_in_the_language_of_the_number() -> None:
    decisions = follow(office(announcement_other_language=None), inbound(), Keys("2"))
    assert isinstance(decisions[1].step, Say)
    assert (decisions[1].step.speech.text, decisions[1].step.speech.language) == ("Bonjour.", Language.FRENCH)


def test_explain_the_drawing_and_the_week_know_the_choice() -> None:
    plan = compile_plan(office())
    told = explain(plan, inbound(), EVERYBODY, MONDAY, keys=("2",))
    assert [type(each.step) for each in told.decisions] == [Ask, Say, Ring, TakeMessage]
    answer = answer_of(plan, told)
    assert (answer.first, answer.hole) == (AnswerKind.RINGS, None)
    assert set(told.nodes) <= {node.id for node in graph(plan, plan.entry(inbound())).nodes}


def test_words_in_the_other_language_need_words_in_the_first() -> None:
    found = [(each.path, each.code) for each in problems(office(announcement=None))]
    assert found == [(("announcement", "text"), "announcement_empty")]
    found = [(each.path, each.code) for each in problems(office(announcement_other_language=Greeting()))]
    assert found == [(("announcement_other_language", "text"), "announcement_empty")]
