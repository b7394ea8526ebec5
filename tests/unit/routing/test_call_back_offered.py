"""A call-back as a destination: who is offered it, what pressing 1 does, where everybody else goes."""

from __future__ import annotations

import pytest

from appliance.configuration.destinations import ToCallBack, ToMailbox, ToPerson
from appliance.configuration.people import GroupOrder
from appliance.routing.coverage import AnswerKind, week_of
from appliance.routing.explain import explain
from appliance.routing.facts import Facts
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Announce, Ask, HangUp, KeepCallBack, Keys, Outcome, Ring, TakeMessage
from tests.unit.routing.small_office import (
    CALLER,
    EVERYBODY,
    MONDAY,
    NUMBER,
    changed,
    codes,
    follow,
    inbound,
    inside,
    small_office,
    with_route,
)

pytestmark = pytest.mark.feature("OUT-6")

OFFERED = ToCallBack(group_id="sales")
OFFICE = with_route(OFFERED, ToMailbox(mailbox_id="office"))


def test_who_presses_1_is_to_be_called_and_the_call_ends() -> None:
    asked, kept, ended = follow(OFFICE, inbound(), Keys("1"))
    assert isinstance(asked.step, Ask) and asked.step.speech.prompt_name == "call_back_offer"
    step = kept.step
    assert isinstance(step, KeepCallBack)
    assert (step.number, step.number_id, step.group_id, step.person_id) == (CALLER, "main", "sales", None)
    assert isinstance(ended.step, HangUp)
    assert codes([asked, kept])[-2:] == ["call_back_offered", "call_back_wanted"]


@pytest.mark.feature("RING-5")
@pytest.mark.parametrize("order", [GroupOrder.IN_ORDER, GroupOrder.ROUND_ROBIN, GroupOrder.LONGEST_IDLE])
def test_in_which_order_a_group_is_asked_is_said(order: GroupOrder) -> None:
    office = changed(OFFICE, "groups", "sales", order=order)
    assert f"call_back_wanted_{order.value}" in codes(follow(office, inbound(), Keys("1")))


@pytest.mark.parametrize("pressed", ["", "2"])
def test_who_presses_nothing_goes_on(pressed: str) -> None:
    decisions = follow(OFFICE, inbound(), Keys(pressed))
    assert isinstance(decisions[1].step, TakeMessage)
    assert "call_back_not_wanted" in codes(decisions)


def test_what_cannot_be_kept_leads_on() -> None:
    decisions = follow(OFFICE, inbound(), Keys("1"), Outcome.UNREACHABLE)
    assert isinstance(decisions[2].step, TakeMessage) and "call_back_not_kept" in codes(decisions)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (inbound(""), "call_back_no_number"),
        (inbound("unknown"), "call_back_no_number"),
        (inbound(NUMBER), "call_back_no_number"),
        (inbound("+33899102030"), "call_back_barred"),
        (inbound("+8821612345678"), "call_back_barred"),
        (inside(NUMBER), "call_back_inside"),
    ],
)
def test_who_cannot_be_called_goes_on_at_once(facts: Facts, reason: str) -> None:
    decisions = follow(OFFICE, facts)
    assert isinstance(decisions[0].step, TakeMessage) and reason in codes(decisions)


def test_a_person_calls_back_too_and_one_who_is_gone_is_passed_over() -> None:
    own = follow(with_route(ToCallBack(person_id="alice")), inbound(), Keys("1"))
    assert isinstance(own[1].step, KeepCallBack) and own[1].step.person_id == "alice"
    assert isinstance(
        follow(with_route(ToCallBack(person_id="alice")), inbound(), Keys(""))[1].step, Announce
    )
    gone = with_route(ToCallBack(person_id="gone"), ToPerson(person_id="alice"))
    assert isinstance(follow(gone, inbound())[0].step, Ring)


def test_the_offer_is_drawn_explained_and_no_hole_of_the_week() -> None:
    plan = compile_plan(OFFICE)
    drawing = graph(plan, ("number", "main"))
    (offered,) = [node for node in drawing.nodes if node.kind == "call_back"]
    assert (offered.label, offered.record) == ({"name": "Sales", "order": "together"}, ("groups", "sales"))
    assert [edge.condition for edge in drawing.edges if edge.source == offered.id] == ["no_call_back"]
    told = explain(plan, inbound(), EVERYBODY, MONDAY, keys=("1",))
    assert [type(each.step) for each in told.decisions] == [Ask, KeepCallBack, HangUp]
    assert offered.id in told.nodes
    kinds = {segment.answer.first for segment in week_of(plan, NUMBER, EVERYBODY, MONDAY.date())}
    assert kinds == {AnswerKind.CALL_BACK}
    when = small_office()
    group = when.groups["sales"].model_copy(update={"when_unanswered": OFFERED})
    unanswered = follow(
        when.with_record("groups", "sales", group), inside("200"), Outcome.NO_ANSWER, Outcome.DONE
    )
    assert "call_back_inside" in codes(unanswered)
