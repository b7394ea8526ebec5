"""Menus: where each key leads, what happens without one, and what the picture shows."""

from dataclasses import replace

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.destinations import (
    RouteStep,
    ToAnnouncement,
    ToGroup,
    ToHangUp,
    ToMailbox,
    ToMenu,
    ToPerson,
)
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.menus import Menu, MenuOption
from appliance.configuration.voicemail import Greeting, Mailbox, MailboxOwner
from appliance.routing.asking import MOST_QUESTIONS
from appliance.routing.coverage import AnswerKind, holes, week_of
from appliance.routing.explain import explain
from appliance.routing.graph import graph
from appliance.routing.plan import LOOP, compile_plan
from appliance.routing.steps import Announce, Ask, HangUp, Keys, Outcome, PhoneTarget, Ring, TakeMessage
from tests.unit.routing.small_office import (
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

SUPPORT = MenuOption(key="2", name="le support", destination=ToMenu(menu_id="support"))
SALES = MenuOption(key="1", name="les ventes", destination=ToGroup(group_id="sales"))
BACK = MenuOption(key="*", name="revenir", destination=ToMenu(menu_id="main"))
ALICE = MenuOption(key="1", name="Alice", destination=ToPerson(person_id="alice"))


def menu(identifier="main", *options, **fields):
    return Menu(id=identifier, name=identifier.capitalize(), options=options or (SALES, SUPPORT), **fields)


def office(*menus, **collections):
    made = menus or (menu(), menu("support", ALICE, BACK))
    then = ToMailbox(mailbox_id="office")
    return with_route(ToMenu(menu_id=made[0].id), then, menus={each.id: each for each in made}, **collections)


@pytest.mark.feature("MENU-1")
def test_a_key_leads_to_its_destination():
    decisions = follow(office(), inbound(), Keys("1"), Outcome.ANSWERED)
    asked, rung = decisions[0].step, decisions[1].step
    assert isinstance(asked, Ask) and asked.answers == {"1", "2"} and asked.seconds == 5
    assert isinstance(rung, Ring) and len(rung.targets) == 3
    assert codes(decisions[:2]) == ["number_called", "calendar_open", "asks", "key_pressed", "rings"]


@pytest.mark.feature("MENU-1")
def test_a_sub_menu_leads_on_and_back():
    decisions = follow(office(), inbound(), Keys("2"), Keys("*"), Keys("2"), Keys("1"), Outcome.ANSWERED)
    asked = [decision.position.node.split("@")[0] for decision in decisions[:4]]
    assert asked == ["menu:main", "menu:support", "menu:main", "menu:support"]
    assert decisions[4].step.targets == (PhoneTarget("alice-desk", "alice"),)


@pytest.mark.feature("MENU-1")
def test_a_wrong_key_and_silence_have_the_question_put_again_then_go_on():
    decisions = follow(office(), inbound(), Keys("9"), Keys(""), Keys("7"))
    assert [type(decision.step) for decision in decisions] == [Ask, Ask, Ask, TakeMessage, HangUp]
    assert decisions[1].step.sorry is not None and decisions[2].step.sorry is None
    assert codes(decisions)[3:6] == ["wrong_key", "no_key", "wrong_key"]


@pytest.mark.feature("MENU-1")
def test_wrong_keys_and_silence_have_destinations_of_their_own():
    own = menu(repeats=0, when_wrong=ToAnnouncement(text="Non"), when_silent=ToPerson(person_id="bruno"))
    configuration = office(own, menu("support", ALICE))
    assert follow(configuration, inbound(), Keys("9"))[1].step.speech.text == "Non"
    silent = follow(configuration, inbound(), Keys(""), Outcome.ANSWERED)[1]
    assert silent.step.targets == (PhoneTarget("bruno-desk", "bruno"),)


@pytest.mark.feature("MENU-1")
def test_an_extension_may_be_dialled_when_the_menu_allows_it():
    closed = follow(office(), inbound(), Keys("103"), Keys(""))
    assert isinstance(closed[1].step, Ask)
    configuration = office(menu(direct_dial=True), menu("support", ALICE))
    decisions = follow(configuration, inbound(), Keys("103"), Outcome.NO_ANSWER)
    assert {"1", "2", "101", "102", "103", "200"} == decisions[0].step.answers
    assert decisions[1].step.targets == (PhoneTarget("chloe-desk", "chloe"),)
    assert "extension_dialled" in codes(decisions)


@pytest.mark.feature("MENU-1")
def test_keys_pressed_in_a_circle_come_to_an_end():
    again = MenuOption(key="3", name="encore", destination=ToMenu(menu_id="main"))
    configuration = office(menu("main", again))
    decisions = follow(configuration, inbound(), *[Keys("3")] * (2 * MOST_QUESTIONS))
    assert sum(isinstance(decision.step, Ask) for decision in decisions) == MOST_QUESTIONS
    assert isinstance(decisions[-2].step, TakeMessage)
    assert LOOP not in compile_plan(configuration).nodes and not problems(configuration)


@pytest.mark.feature("MENU-4")
def test_the_operator_menu_offers_an_operator_or_the_mailbox_of_whoever_was_called():
    operator = menu(
        "operator",
        MenuOption(key="0", name="le standard", destination=ToPerson(person_id="chloe")),
        MenuOption(key="1", name="laisser un message"),
    )
    own = Mailbox(id="alices", name="Alice", owner=MailboxOwner.PERSON, owner_id="alice")
    configuration = with_route(ToPerson(person_id="alice"), menus={"operator": operator})
    configuration = configuration.with_record("mailboxes", "alices", own)
    chosen = {HoursState.OPEN: ToMenu(menu_id="operator")}
    configuration = changed(configuration, "people", "alice", when_unanswered=chosen)
    message = follow(configuration, inbound(), Outcome.NO_ANSWER, Keys("1"))
    assert message[2].step.mailbox_id == "alices"
    operator_rings = follow(configuration, inside("101"), Outcome.NO_ANSWER, Keys("0"), Outcome.ANSWERED)
    assert operator_rings[2].step.targets == (PhoneTarget("chloe-desk", "chloe"),)


@pytest.mark.feature("MENU-5", "NUM-5")
def test_what_is_said_is_the_callers_language_else_another_else_the_names():
    own = {Language.FRENCH: Greeting(text="Bonjour"), Language.ENGLISH: Greeting(audio_id="hello")}

    def said(prompts, language):
        facts = inbound()
        configuration = office(menu(prompts=prompts), menu("support", ALICE))
        plan = compile_plan(configuration)
        return explain(plan, _in(facts, language), EVERYBODY, MONDAY).decisions[0].step.speech

    assert said(own, "en").audio_id == "hello"
    french = {Language.FRENCH: own[Language.FRENCH]}
    assert (said(french, "en").text, said(french, "en").language) == ("Bonjour", Language.FRENCH)
    names = said({}, "en")
    assert names.prompt_name == "menu_choices" and names.language is Language.ENGLISH
    assert names.parameters == {"keys": "12", "names": "les ventes\nle support"}


def _in(facts, language):
    return replace(facts, language=Language(language))


@pytest.mark.feature("TIME-5", "MENU-1")
def test_explain_is_told_the_keys_and_passes_the_places_of_the_call():
    configuration = office(menu(direct_dial=True), menu("support", ALICE))
    plan = compile_plan(configuration)
    explanation = explain(plan, inbound(), EVERYBODY, MONDAY, keys=("9", "102"))
    live = follow(configuration, inbound(), Keys("9"), Keys("102"), Outcome.NO_ANSWER)
    trail = [entry for decision in live for entry in decision.trail][: len(explanation.trail)]
    assert list(explanation.trail) == trail
    drawn = graph(plan, ("number", "main"), explanation.edges)
    assert set(explanation.edges) <= {edge.id for edge in drawn.edges}


def test_extensions_are_drawn_as_one_until_one_is_dialled():
    plan = compile_plan(office(menu(direct_dial=True), menu("support", ALICE)))
    folded, whole = graph(plan, ("number", "main"), ()), graph(plan, ("number", "main"))
    assert [node.kind for node in folded.nodes].count("extensions") == 1
    assert sum(edge.condition == "extension_dialled" for edge in whole.edges) == 4


def test_what_menus_may_not_be():
    twice = menu("main", SALES, MenuOption(key="1", name="rien"), when_silent=ToHangUp())
    found = {(problem.path, problem.code) for problem in problems(office(twice))}
    assert found == {(("options", 1, "key"), "key_twice"), (("when_silent",), "route_ends_in_silence")}
    unknown = office(menu())
    assert [problem.code for problem in problems(unknown)] == ["unknown_menu"]
    taken = office(menu("main", ALICE, extension="101"))
    assert [problem.code for problem in problems(taken)] == ["extension_taken"]


def test_a_menu_that_leads_back_without_a_key_is_a_loop():
    configuration = office(menu("main", ALICE, when_silent=ToMenu(menu_id="main")))
    assert "route_loops" in {problem.code for problem in problems(configuration)}
    assert isinstance(follow(configuration, inbound())[-2].step, Announce)


def test_a_menu_has_an_extension():
    configuration = small_office(menus={"main": menu("main", ALICE, extension="300")})
    decisions = follow(configuration, inside("300"), Keys("1"), Outcome.ANSWERED)
    assert decisions[1].step.targets == (PhoneTarget("alice-desk", "alice"),)
    assert configuration.extensions().keys() == {"101", "102", "103", "200", "300"}


def test_a_step_after_a_menu_may_be_left_out():
    step = RouteStep(destination=ToMenu(menu_id="main"), next_on=frozenset())
    configuration = with_route(step, menus={"main": menu("main", ALICE)})
    assert isinstance(follow(configuration, inbound(), Keys(""), Keys(""), Keys(""))[3].step, Announce)


@pytest.mark.feature("MENU-1", "TIME-5")
def test_the_week_shows_a_menu_before_anybody_rings():
    configuration = office(menu("main", ALICE))
    plan = compile_plan(configuration)
    answers = {segment.answer for segment in week_of(plan, NUMBER, EVERYBODY, MONDAY.date())}
    assert {(answer.first, answer.who) for answer in answers} == {(AnswerKind.MENU, ("Main",))}
    assert not list(holes(plan, EVERYBODY, MONDAY.date(), 7))
