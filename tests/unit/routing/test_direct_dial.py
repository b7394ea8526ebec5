"""While the announcement of a number is said, its callers may dial an extension (IN-4)."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToMailbox
from appliance.configuration.lines import PersonUnanswered
from appliance.configuration.people import Person
from appliance.configuration.voicemail import Greeting, Mailbox, MailboxOwner
from appliance.routing.coverage import AnswerKind, answer_of
from appliance.routing.explain import explain
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Ask, ExternalTarget, Keys, Outcome, Ring, TakeMessage
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

pytestmark = pytest.mark.feature("IN-4")
MESSAGE = ToMailbox(mailbox_id="office")
MOBILE = "+33612000000"


def office(unanswered: PersonUnanswered = PersonUnanswered.ROUTE, **given: Any) -> Configuration:
    words = given.pop("announcement", Greeting(text="Welcome."))
    made = small_office(
        numbers={
            "main": number(
                open=steps(ToGroup(group_id="sales"), MESSAGE),
                closed=steps(MESSAGE),
                announcement=words,
                direct_dial=True,
                direct_dial_unanswered=unanswered,
            )
        }
    )
    bruno = Person(id="bruno", name="Bruno", extension="102", mobile=MOBILE)
    own = Mailbox(id="bruno", name="Bruno", owner=MailboxOwner.PERSON, owner_id="bruno")
    shared = Mailbox(id="sales", name="Sales", owner=MailboxOwner.GROUP, owner_id="sales")
    made = made.with_record("people", "bruno", bruno).with_record("mailboxes", "bruno", own)
    return made.with_record("mailboxes", "sales", shared)


def rung(step: object) -> list[str | None]:
    assert isinstance(step, Ring), step
    return [each.person_id for each in step.targets]


def test_who_dials_an_extension_reaches_it_then_the_route() -> None:
    decisions = follow(office(), inbound(), Keys("102"), Outcome.NO_ANSWER, Outcome.NO_ANSWER)
    asked = decisions[0].step
    assert isinstance(asked, Ask)
    assert (asked.speech.text, asked.insists) == ("Welcome.", False)
    assert "102" in asked.answers
    assert rung(decisions[1].step) == ["bruno"]
    assert rung(decisions[2].step) == ["alice", "bruno", "chloe"]
    assert isinstance(decisions[3].step, TakeMessage)
    assert codes(decisions)[2:4] == ["welcomed", "extension_dialled"]


def test_who_dials_nothing_is_not_asked_again_and_a_wrong_extension_once() -> None:
    assert rung(follow(office(), inbound(), Keys(""))[1].step) == ["alice", "bruno", "chloe"]
    decisions = follow(office(), inbound(), Keys("9"), Keys("9"))
    assert isinstance(decisions[1].step, Ask)
    assert decisions[1].step.sorry is not None
    assert rung(decisions[2].step) == ["alice", "bruno", "chloe"]


def test_unanswered_calls_go_to_the_mobile_or_the_voicemail_where_that_is_set() -> None:
    by_mobile = follow(office(PersonUnanswered.MOBILE), inbound(), Keys("102"), Outcome.NO_ANSWER)
    (target,) = by_mobile[2].step.targets  # type: ignore[union-attr]
    assert isinstance(target, ExternalTarget)
    assert target.number == MOBILE
    mailbox = follow(office(PersonUnanswered.MAILBOX), inbound(), Keys("102"), Outcome.NO_ANSWER)
    assert isinstance(mailbox[2].step, TakeMessage)
    assert mailbox[2].step.mailbox_id == "bruno"
    group = follow(office(PersonUnanswered.MAILBOX), inbound(), Keys("200"), Outcome.NO_ANSWER)
    assert isinstance(group[2].step, TakeMessage)
    assert group[2].step.mailbox_id == "sales"


def test_nothing_is_said_to_callers_of_a_closed_office() -> None:
    assert isinstance(follow(office(), inbound(), now=SUNDAY)[0].step, TakeMessage)


def test_the_week_and_the_drawing_know_the_words() -> None:
    plan = compile_plan(office())
    told = explain(plan, inbound(), EVERYBODY, MONDAY, keys=("102",))
    assert [type(each.step) for each in told.decisions] == [Ask, Ring, Ring, TakeMessage]
    answer = answer_of(plan, explain(plan, inbound(), EVERYBODY, MONDAY))
    assert (answer.first, answer.hole) == (AnswerKind.RINGS, None)
    drawn = graph(plan, plan.entry(inbound()), told.edges)
    assert set(told.nodes) <= {node.id for node in drawn.nodes}


def test_extensions_are_dialled_while_something_is_said() -> None:
    found = [(each.path, each.code) for each in problems(office(announcement=None))]
    assert found == [(("direct_dial",), "direct_dial_without_words")]
