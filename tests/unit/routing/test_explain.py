"""The path a call would take, at any date, in words."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from appliance.routing.explain import as_document, explain, lit, sentences
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Outcome, TakeMessage
from appliance.routing.trail import REASONS
from tests.unit.routing.small_office import (
    CHRISTMAS,
    EVERYBODY,
    MONDAY,
    NOBODY,
    PARIS,
    SUNDAY,
    inbound,
    small_office,
)


@pytest.mark.feature("TIME-5")
def test_the_path_in_words() -> None:
    plan = compile_plan(small_office())
    assert sentences(explain(plan, inbound(), EVERYBODY, MONDAY)) == [
        "01 99 00 12 34 (Main) was called",
        "Hours is open until 12:00",
        "Rings Alice, Bruno, Chloe for 30 s",
        "Sales did not answer within 30 s",
        "A message is taken in the mailbox Office",
    ]
    assert sentences(explain(plan, inbound(), EVERYBODY, SUNDAY))[1] == (
        "Hours is closed until 2026-11-16 09:00"
    )
    assert sentences(explain(plan, inbound(), EVERYBODY, CHRISTMAS))[1] == (
        "Hours is on holiday until 2026-12-26 00:00: Noël"
    )
    assert sentences(explain(plan, inbound(), NOBODY, MONDAY))[2:5] == [
        "No phone of Alice is connected",
        "No phone of Bruno is connected",
        "No phone of Chloe is connected",
    ]


@pytest.mark.feature("TIME-5")
def test_what_is_lit_on_the_drawing() -> None:
    explanation = explain(compile_plan(small_office()), inbound(), EVERYBODY, MONDAY)
    assert explanation.nodes == (
        "number:main",
        "hours:hours@main",
        "group:sales@route:main/open/0",
        "mailbox:office@main",
    )
    assert len(explanation.edges) == 3
    assert lit(explanation.trail) == (explanation.nodes, explanation.edges)
    assert isinstance(explanation.decisions[-1].step, TakeMessage)


def test_somebody_may_be_assumed_to_answer() -> None:
    plan = compile_plan(small_office())
    answered = explain(plan, inbound(), EVERYBODY, MONDAY, lambda decision: Outcome.ANSWERED)
    assert answered.answered_at == "group:sales@route:main/open/0"
    assert explain(plan, inbound(), EVERYBODY, MONDAY).answered_at is None


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_years_that_no_calendar_knows_are_refused(year: int) -> None:
    with pytest.raises(ValueError):
        explain(compile_plan(small_office()), inbound(), EVERYBODY, datetime(year, 6, 1, 12, tzinfo=PARIS))


def test_a_trail_is_kept_as_json() -> None:
    explanation = explain(compile_plan(small_office()), inbound(), EVERYBODY, MONDAY)
    kept = json.loads(json.dumps(as_document(explanation.trail)))
    parameters = {"calendar": "Hours", "name": "", "until": "12:00"}
    assert kept[1] == {
        "node": "hours:hours@main",
        "edge": "hours:hours@main>open",
        "reason": {"code": "calendar_open", "parameters": parameters},
    }
    assert {entry["reason"]["code"] for entry in kept} <= REASONS.keys()
