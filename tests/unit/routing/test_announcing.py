"""Callers of a number hear its announcement first, then the route goes on (IN-8)."""

from __future__ import annotations

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToMailbox
from appliance.configuration.voicemail import Greeting
from appliance.routing.coverage import AnswerKind, answer_of
from appliance.routing.explain import explain
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome, Ring, Say, TakeMessage
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

pytestmark = pytest.mark.feature("IN-8")
WORDS = Greeting(text="This call is recorded.")
MESSAGE = ToMailbox(mailbox_id="office")


def office(words: Greeting | None = WORDS) -> Configuration:
    route = steps(ToGroup(group_id="sales"), MESSAGE)
    return small_office(numbers={"main": number(open=route, closed=steps(MESSAGE), announcement=words)})


def test_the_words_are_said_and_the_call_goes_on() -> None:
    decisions = follow(office(), inbound(), Outcome.DONE, Outcome.NO_ANSWER)
    assert isinstance(decisions[0].step, Say)
    assert decisions[0].step.speech.text == "This call is recorded."
    assert [type(each.step) for each in decisions[1:3]] == [Ring, TakeMessage]
    assert [each for each in codes(decisions) if each.startswith("announce")] == [
        "announced_first",
        "announcement_heard",
    ]


def test_a_closed_office_and_a_number_without_words_say_nothing_first() -> None:
    assert isinstance(follow(office(), inbound(), now=SUNDAY)[0].step, TakeMessage)
    assert isinstance(follow(office(None), inbound())[0].step, Ring)


def test_explain_and_the_week_go_past_the_words() -> None:
    plan = compile_plan(office())
    told = explain(plan, inbound(), EVERYBODY, MONDAY)
    assert [type(each.step) for each in told.decisions] == [Say, Ring, TakeMessage]
    answer = answer_of(plan, told)
    assert (answer.first, answer.hole) == (AnswerKind.RINGS, None)
    drawn = graph(plan, plan.entry(inbound()))
    assert set(told.nodes) <= {node.id for node in drawn.nodes}
    (place,) = [node for node in drawn.nodes if node.kind == "announced_first"]
    assert place.label["text"] == "This call is recorded."


def test_an_announcement_without_words_is_refused() -> None:
    found = [(each.path, each.code) for each in problems(office(Greeting()))]
    assert found == [(("announcement", "text"), "announcement_empty")]
    found = [(each.path, each.code) for each in problems(office(Greeting(audio_id="gone")))]
    assert found == [(("announcement", "audio_id"), "unknown_audio")]
