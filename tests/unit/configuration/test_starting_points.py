"""Ready routes of a number lay out what they say, and callers meet it (IN-1, IN-2)."""

from __future__ import annotations

import pytest

from appliance.configuration.checks import problems
from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import ToGroup, ToPerson
from appliance.configuration.fields import HoursState
from appliance.configuration.starting_points import Chosen, StartingPoint, lay_out, menu_options, usual
from appliance.routing.explain import explain
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Ask, ExternalTarget, Ring, TakeMessage
from tests.unit.routing.small_office import EVERYBODY, MONDAY, changed, inbound, small_office

pytestmark = pytest.mark.feature("IN-1", "IN-2")
BACKUP = "+33612000000"
ALICE = ToPerson(person_id="alice")


def laid_out(kind: StartingPoint, before: Configuration | None = None) -> Configuration:
    before = before or small_office()
    after = lay_out(before, before.numbers["main"], kind, Chosen(ALICE, BACKUP), "1a")
    assert not problems(after)
    return after


def met(configuration: Configuration) -> list[object]:
    """The steps of a call without answers and keys; a question asked again is one."""
    told = explain(compile_plan(configuration), inbound(), EVERYBODY, MONDAY)
    steps = [each.step for each in told.decisions]
    return [step for place, step in enumerate(steps) if place == 0 or type(step) is not type(steps[place - 1])
            or not isinstance(step, Ask)]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        (StartingPoint.MENU, [Ask, TakeMessage]),
        (StartingPoint.TRANSFER, [Ring, TakeMessage]),
        (StartingPoint.TRANSFER_THEN_MENU, [Ring, Ask, TakeMessage]),
        (StartingPoint.MENU_THEN_PERSON, [Ask, Ring, Ring, TakeMessage]),
    ],
)
def test_callers_meet_what_was_said(kind: StartingPoint, kinds: list[type]) -> None:
    assert [type(each) for each in met(laid_out(kind))] == kinds


def test_who_is_named_rings_for_15_s_before_the_menu() -> None:
    ring = met(laid_out(StartingPoint.TRANSFER_THEN_MENU))[0]
    assert isinstance(ring, Ring)
    assert ([each.person_id for each in ring.targets], ring.seconds) == (["alice"], 15)


def test_after_the_menu_the_person_rings_then_the_backup_number() -> None:
    _, person, outside, _ = met(laid_out(StartingPoint.MENU_THEN_PERSON))
    assert isinstance(person, Ring)
    assert isinstance(outside, Ring)
    assert [each.person_id for each in person.targets] == ["alice"]
    (target,) = outside.targets
    assert isinstance(target, ExternalTarget)
    assert target.number == BACKUP


def test_the_menu_offers_the_groups_else_the_people_and_is_kept_by_the_next_choice() -> None:
    first = laid_out(StartingPoint.MENU)
    (menu,) = first.menus.values()
    assert [(each.key, each.name) for each in menu.options] == [("1", "Sales")]
    assert laid_out(StartingPoint.TRANSFER_THEN_MENU, first).menus == first.menus
    names = [each.name for each in menu_options(small_office(groups={}))]
    assert names == ["Alice", "Bruno", "Chloe"]


def test_a_mailbox_is_made_where_there_is_none_and_other_hours_stay() -> None:
    before = small_office()
    route = before.numbers["main"].routes[HoursState.OPEN]
    numbers = {"main": before.numbers["main"].model_copy(update={"routes": {HoursState.OPEN: route}})}
    after = laid_out(StartingPoint.TRANSFER, small_office(numbers=numbers, mailboxes={}))
    assert [each.name for each in after.mailboxes.values()] == ["Messagerie de Main"]
    assert (
        laid_out(StartingPoint.MENU).numbers["main"].routes["closed"]
        == before.numbers["main"].routes["closed"]
    )


def test_the_responsible_person_rings_else_the_first_group_else_somebody() -> None:
    office = small_office()
    number = office.numbers["main"]
    assert usual(office, number) == Chosen(ToGroup(group_id="sales"), None)
    assert usual(small_office(groups={}), number).who == ALICE
    assert usual(small_office(groups={}, people={}), number).who is None
    owned = changed(office, "numbers", "main", owner_id="bruno")
    owned = changed(owned, "people", "bruno", mobile=BACKUP)
    assert usual(owned, owned.numbers["main"]) == Chosen(ToPerson(person_id="bruno"), BACKUP)
