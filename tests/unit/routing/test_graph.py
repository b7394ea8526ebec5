"""The drawing of a path, and the plan it is drawn from."""

from __future__ import annotations

import pytest

from appliance.configuration.calendars import PublicHolidays
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import RingOutcome, ToBusyTone, ToNumber, ToPerson
from appliance.configuration.fields import HoursState
from appliance.configuration.people import GroupOrder
from appliance.routing.decide import next_step
from appliance.routing.endings import told
from appliance.routing.graph import graph
from appliance.routing.nodes import FinalNode, MailboxNode
from appliance.routing.plan import LOOP, compile_plan
from appliance.routing.steps import Announce, Outcome
from appliance.speech.prompts import PROMPTS
from tests.unit.routing.small_office import (
    EVERYBODY,
    MONDAY,
    changed,
    follow,
    inbound,
    number,
    small_office,
    steps,
    with_route,
)


def drawn(configuration: Configuration, *entry: str) -> set[tuple[str, str, str]]:
    picture = graph(compile_plan(configuration), entry)
    return {(edge.source, edge.condition, edge.target) for edge in picture.edges}


@pytest.mark.feature("TIME-5")
def test_the_path_of_a_number() -> None:
    assert drawn(small_office(), "number", "main") == {
        ("number:main", "onward", "hours:hours@main"),
        ("hours:hours@main", "open", "group:sales@route:main/open/0"),
        ("hours:hours@main", "closed", "mailbox:office@main"),
        ("hours:hours@main", "holiday", "mailbox:office@main"),
        ("hours:hours@main", "unknown_time", "group:sales@route:main/open/0"),
        ("group:sales@route:main/open/0", "unanswered", "mailbox:office@main"),
    }


def test_nodes_say_what_they_show() -> None:
    picture = graph(compile_plan(small_office()), ("number", "main"))
    shown = {node.kind: node for node in picture.nodes}
    assert picture.nodes[0].label == {"number": "01 99 00 12 34", "name": "Main"}
    assert shown["group"].record == ("groups", "sales")
    assert shown["group"].label["members"] == "Alice, Bruno, Chloe"
    assert shown["hours"].record == ("calendars", "hours")
    assert shown["mailbox"].label["name"] == "Office"


def test_a_holiday_with_its_own_handling_is_an_edge_of_its_own() -> None:
    holidays = PublicHolidays(destinations={"Christmas Day": ToBusyTone()})
    configuration = changed(small_office(), "calendars", "hours", holidays=holidays)
    assert ("hours:hours@main", "own_holiday", "tone:busy@main") in drawn(configuration, "number", "main")


def test_the_backup_number_is_drawn_between_the_people_and_the_mailbox() -> None:
    configuration = changed(small_office(), "numbers", "main", backup_number="+33612999999")
    edges = drawn(configuration, "number", "main")
    backup = "backup:route:main/open/0"
    assert ("group:sales@route:main/open/0", "failed", backup) in edges
    assert (backup, "unanswered", "mailbox:office@main") in edges


def test_a_group_in_order_is_a_row_of_nodes() -> None:
    configuration = changed(small_office(), "groups", "sales", order=GroupOrder.IN_ORDER)
    first = "group:sales@route:main/open/0"
    edges = drawn(configuration, "number", "main")
    assert {(first, "unanswered", f"{first}/1"), (f"{first}/1", "unanswered", f"{first}/2")} <= edges


def test_entries_there_are_not() -> None:
    plan = compile_plan(small_office())
    for entry in (("number", "lost"), ("extension", "199"), ()):
        with pytest.raises(KeyError):
            graph(plan, entry)


@pytest.mark.parametrize("entry", [("outbound",), ("emergency",), ("unknown_number",), ("extension", "*43")])
def test_every_entry_can_be_drawn(entry: tuple[str, ...]) -> None:
    assert graph(compile_plan(Configuration()), entry).nodes


def test_a_loop_is_cut_with_words() -> None:
    numbers = {
        "main": number(open=steps(ToNumber(number_id="other"))),
        "other": number("other", "+33199001299", open=steps(ToNumber(number_id="main"))),
    }
    configuration = small_office(numbers=numbers)
    assert LOOP in {target for _, _, target in drawn(configuration, "number", "main")}
    assert isinstance(follow(configuration, inbound())[0].step, Announce)


def test_a_long_chain_of_people_costs_no_stack() -> None:
    template = small_office().people["alice"]
    people = {
        f"p{place}": template.model_copy(
            update={
                "id": f"p{place}",
                "extension": str(10000 + place),
                "when_unanswered": {state: ToPerson(person_id=f"p{place + 1}") for state in HoursState},
            }
        )
        for place in range(1100)
    }
    configuration = with_route(ToPerson(person_id="p0"), people=people, groups={}, phones={})
    plan = compile_plan(configuration)
    assert LOOP not in plan.nodes
    assert isinstance(next_step(plan, inbound(), EVERYBODY, MONDAY).step, Announce)


def test_a_configuration_that_the_checks_refuse_still_compiles() -> None:
    configuration = changed(small_office(), "numbers", "main", line_id="lost", calendar_id="lost")
    configuration = configuration.without_record("groups", "sales").without_record("mailboxes", "office")
    assert isinstance(follow(configuration, inbound(), Outcome.NO_ANSWER)[0].step, Announce)


def test_every_prompt_exists() -> None:
    plan = compile_plan(small_office())
    speeches = [
        node.step.speech.prompt_name
        for node in (*plan.nodes.values(), *(told("x", each) for each in RingOutcome))
        if isinstance(node, FinalNode) and isinstance(node.step, Announce)
    ]
    greetings = ("mailbox_greeting", "mailbox_greeting_closed", "mailbox_greeting_holiday")
    others = ("mailbox_greeting_number", "message_saved", "mailbox_unavailable")
    assert any(isinstance(node, MailboxNode) for node in plan.nodes.values())
    assert {name for name in (*speeches, *greetings, *others) if name} <= PROMPTS.keys()
