"""Ready paths: laid out for a number by one click, or with a number that is added, in the same save."""

from __future__ import annotations

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import HoursState
from tests.integration.webui.conftest import Browser, Page
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("IN-1", "IN-2")
READY = {"name": "Chantier", "number": "01 99 00 77 77", "start__kind": "menu_then_person"}


async def test_a_ready_path_is_laid_out_by_one_click(office: OfficeBox, administrator) -> None:
    identifier = next(iter(office.configuration.numbers))
    path = f"/numbers/{identifier}/start"
    page = await administrator.get(path)
    assert "sonne 15 s. Si personne ne répond, l’appelant entend un menu" in page.text
    assert 'name="replace" value="on" required' in page.text, "a path is not lost by one click"
    before = office.configuration
    page = await administrator.post(path, who="person:nobody", kind="transfer")
    assert page.status == 422
    page = await administrator.post(path, who="group:ventes", backup="abc", kind="menu_then_person")
    assert page.status == 422
    page = await administrator.post(path, who="group:ventes", backup="", kind="menu_then_person")
    assert page.status == 422
    assert "Indiquez le numéro extérieur" in page.text
    assert office.configuration is before
    page = await administrator.post(
        path, who="group:ventes", backup="06 12 34 56 78", kind="menu_then_person"
    )
    assert page.path == f"/numbers/{identifier}?done=saved"
    steps = office.configuration.numbers[identifier].routes["open"].steps
    assert [each.destination.kind for each in steps] == ["menu", "group", "external", "mailbox"]
    assert len(office.configuration.menus) == len(before.menus) + 1


async def test_a_number_is_added_with_its_ready_path(office: OfficeBox, administrator: Browser) -> None:
    page = await administrator.get("/numbers/new")
    asked = dict(page.fields)
    assert (asked["start.kind"], asked["start.who"]) == ("", "group:ventes"), (
        "steps of its own, unless chosen"
    )
    page = await administrator.submit(page, **READY, start__backup="06 12 34 56 78")
    assert page.path == "/numbers/chantier?done=created"
    number = office.configuration.numbers["chantier"]
    assert number.number == "+33199007777"
    menu, group, outside, mailbox = (step.destination for step in number.routes[HoursState.OPEN].steps)
    assert (menu.kind, group.group_id, outside.number) == ("menu", "ventes", "+33612345678")
    assert mailbox.kind == "mailbox"
    assert office.configuration.menus[menu.menu_id].options


async def test_what_a_ready_path_asks_is_told_at_its_field_and_nothing_is_left(
    office: OfficeBox, administrator: Browser
) -> None:
    before, version = office.configuration, office.version
    page = await administrator.get("/numbers/new")
    for field, typed, told in (
        ("start.backup", "", "Indiquez le numéro extérieur"),
        ("start.backup", "pas un numéro", "chiffres"),
        ("start.backup", "01 99 00 77 77", "Chantier"),
        ("start.who", "person:nobody", "Cette personne n"),
        ("start.kind", "surprise", "dans la liste"),
        ("number", before.numbers[next(iter(before.numbers))].number, "déjà"),
    ):
        changed = {**READY, "start__backup": "06 12 34 56 78", field.replace(".", "__"): typed}
        page = await administrator.submit(page, "/numbers/new", **changed)
        assert page.status == 422
        assert told in _error_at(page, field), field
        assert dict(page.fields)["name"] == "Chantier"
        assert (office.configuration, office.version) == (before, version), "neither number nor menu is made"


async def test_steps_that_a_ready_path_stands_in_for_create_nothing(
    office: OfficeBox, administrator: Browser
) -> None:
    page = await administrator.get("/numbers/new")
    mailbox = next(iter(office.configuration.mailboxes))
    steps = {
        "routes__open__steps__0__destination__pick": "new:group",
        "routes__closed__steps__0__destination__pick": f"mailbox:{mailbox}",
    }
    groups = office.configuration.groups
    page = await administrator.submit(page, **READY | {"start__kind": "transfer"}, **steps)
    assert page.path == "/numbers/chantier?done=created"
    assert office.configuration.groups == groups
    routes = office.configuration.numbers["chantier"].routes
    assert [step.destination.kind for step in routes[HoursState.OPEN].steps] == ["group", "mailbox"]
    assert [step.destination.kind for step in routes[HoursState.CLOSED].steps] == ["mailbox"]


async def test_an_office_without_people_is_told_so_where_it_says_who_rings(
    office: OfficeBox, administrator: Browser
) -> None:
    configuration = office.configuration
    bare = Configuration(office=configuration.office, users=configuration.users, lines=configuration.lines)
    await office.change(bare, expected=office.version, who="test")
    page = await administrator.get("/numbers/new")
    page = await administrator.submit(page, **READY | {"start__kind": "menu"})
    assert "ajoutez d’abord une personne" in _error_at(page, "start.who")
    assert not office.configuration.menus


def _error_at(page: Page, field: str) -> str:
    """The words of the error beside an input."""
    _, _, after = page.text.partition(f'id="e-{field}"')
    return after.partition("</small>")[0]
