"""Known callers ring the person responsible; what follows when that person does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.configuration.caller_filter import CallerFilter, FilterRule
from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToMailbox, ToNumber
from appliance.configuration.lines import OwnerFirst, PersonUnanswered
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from appliance.routing.facts import Facts, KnownCaller
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import ExternalTarget, Outcome, PhoneTarget, Ring, Step, TakeMessage
from tests.unit.routing.small_office import (
    SUNDAY,
    changed,
    codes,
    follow,
    inbound,
    number,
    small_office,
    steps,
)

MESSAGE = ToMailbox(mailbox_id="office")
GROUP = ToGroup(group_id="sales")
MOBILE = "+33611111111"


def office(**fields: Any) -> Configuration:
    main = number(open=steps(GROUP, MESSAGE), closed=steps(MESSAGE), **fields)
    own = Mailbox(id="own", name="Bruno", owner=MailboxOwner.PERSON, owner_id="bruno")
    made = small_office(numbers={"main": main})
    made = replace(made, mailboxes={**made.mailboxes, "own": own})
    return changed(made, "people", "bruno", mobile=MOBILE)


def known(owner: str | None = "bruno", vip: bool = False) -> Facts:
    return inbound().recognised(KnownCaller("c1", "Zoé", owner, vip))


def rung(step: Step) -> list[str]:
    assert isinstance(step, Ring), step
    return [each.phone_id if isinstance(each, PhoneTarget) else each.number for each in step.targets]  # type: ignore[union-attr]


ALL = ["alice-desk", "bruno-desk", "chloe-desk"]


@pytest.mark.feature("IN-5")
def test_a_known_caller_rings_the_person_responsible_then_the_route() -> None:
    configuration = office(owner_first=OwnerFirst.CONTACT)
    decisions = follow(configuration, known(), Outcome.NO_ANSWER, Outcome.NO_ANSWER)
    assert [rung(each.step) for each in decisions[:2]] == [["bruno-desk"], ALL]
    assert isinstance(decisions[2].step, TakeMessage)
    assert "owner_of_contact" in codes(decisions)


@pytest.mark.feature("IN-5")
@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (inbound(), "caller_not_known"),
        (known(None), "contact_without_owner"),
        (known("gone"), "contact_without_owner"),
    ],
)
def test_others_take_the_route_at_once(facts: Facts, why: str) -> None:
    decisions = follow(office(owner_first=OwnerFirst.CONTACT), facts)
    assert rung(decisions[0].step) == ALL and why in codes(decisions)


@pytest.mark.feature("IN-5")
def test_the_mobile_of_who_does_not_answer_is_rung_before_the_route() -> None:
    configuration = office(owner_first=OwnerFirst.CONTACT, owner_unanswered=PersonUnanswered.MOBILE)
    decisions = follow(configuration, known(), Outcome.NO_ANSWER, Outcome.NO_ANSWER)
    assert [rung(each.step) for each in decisions[:3]] == [["bruno-desk"], [MOBILE], ALL]
    assert isinstance(decisions[1].step, Ring) and isinstance(decisions[1].step.targets[0], ExternalTarget)
    declined = follow(configuration, known(), Outcome.DECLINED)
    assert rung(declined[1].step) == ALL
    without_mobile = follow(configuration, known("alice"), Outcome.NO_ANSWER)
    assert rung(without_mobile[1].step) == ALL


@pytest.mark.feature("IN-5")
def test_the_voicemail_of_who_does_not_answer_takes_the_message() -> None:
    configuration = office(owner_first=OwnerFirst.CONTACT, owner_unanswered=PersonUnanswered.MAILBOX)
    step = follow(configuration, known(), Outcome.NO_ANSWER)[1].step
    assert isinstance(step, TakeMessage) and step.mailbox_id == "own"


@pytest.mark.feature("IN-6")
def test_the_number_s_own_person_may_ring_first_for_everybody() -> None:
    configuration = office(owner_first=OwnerFirst.NUMBER, owner_id="chloe")
    for facts in (inbound(), known()):
        decisions = follow(configuration, facts, Outcome.NO_ANSWER)
        assert [rung(each.step) for each in decisions[:2]] == [["chloe-desk"], ALL]
        assert "owner_of_number" in codes(decisions)
    (problem,) = problems(office(owner_first=OwnerFirst.NUMBER))
    assert (problem.path, problem.code) == (("owner_id",), "owner_missing")


@pytest.mark.feature("IN-5")
def test_when_closed_the_closed_route_is_taken() -> None:
    decisions = follow(office(owner_first=OwnerFirst.CONTACT), known(), now=SUNDAY)
    assert isinstance(decisions[0].step, TakeMessage)


@pytest.mark.feature("IN-5")
def test_who_wants_no_calls_is_passed_over_save_for_those_who_always_get_through() -> None:
    configuration = changed(office(owner_first=OwnerFirst.CONTACT), "people", "bruno", do_not_disturb=True)
    assert rung(follow(configuration, known())[0].step) == ["alice-desk", "chloe-desk"]
    assert rung(follow(configuration, known(vip=True))[0].step) == ["bruno-desk"]


@pytest.mark.feature("IN-9")
def test_who_always_gets_through_is_not_filtered() -> None:
    filter_ = CallerFilter(telemarketing=FilterRule(enabled=True))
    configuration = replace(office(), caller_filter=filter_)
    seller = inbound("+33162123456")
    assert "filter_telemarketing" in codes(follow(configuration, seller))
    passed = follow(configuration, seller.recognised(KnownCaller("c1", "Zoé", None, True)))
    assert "filter_vip" in codes(passed) and rung(passed[0].step) == ALL


@pytest.mark.feature("IN-5")
def test_many_responsible_people_are_drawn_as_one_until_a_call_has_gone_there() -> None:
    plan = compile_plan(office(owner_first=OwnerFirst.CONTACT))
    folded = graph(plan, ("number", "main"), unfolded=())
    assert "owners" in [node.kind for node in folded.nodes]
    assert not [edge for edge in folded.edges if edge.condition == "responsible"]
    edge = plan.nodes["owner@main"].ways["person:bruno"].id
    unfolded = graph(plan, ("number", "main"), unfolded=(edge,))
    assert [each.id for each in unfolded.edges if each.condition == "responsible"] == [edge]


@pytest.mark.feature("IN-5")
def test_a_forward_that_leads_back_to_the_number_is_refused() -> None:
    made = office(owner_first=OwnerFirst.NUMBER, owner_id="bruno")
    looping = changed(made, "people", "bruno", forward_to=ToNumber(number_id="main"), forward_active=True)
    assert {problem.code for problem in problems(looping)} == {"route_loops"}
    assert follow(looping, inbound())[-1].position.over
