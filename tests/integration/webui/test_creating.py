"""Destinations that are created where they are picked, the rest of the form kept."""

from __future__ import annotations

import pytest

from appliance.configuration.destinations import ToExternal, ToGroup, ToMailbox, ToMenu
from appliance.configuration.fields import HoursState
from tests.integration.webui.conftest import Browser, Page
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("IN-7")
STEP = "routes.open.steps.0.destination"


def _number(office: OfficeBox) -> tuple[str, str]:
    identifier = next(iter(office.configuration.numbers))
    return identifier, f"/numbers/{identifier}/edit"


async def _try(browser: Browser, path: str, pick: str, do: str, **typed: str) -> Page:
    """The form of a number with that pick as its only step, and what was typed to create it."""
    page = await browser.get(path)
    new = [(f"{STEP}.new.{name}", value) for name, value in typed.items() if name != "who"]
    ticked = [(f"{STEP}.new.who[]", who) for who in typed.get("who", "").split()]
    kept = [
        each
        for each in page.fields
        if each[0] not in ("name", "do") and not each[0].startswith("routes.open.")
    ]
    return await browser.post(
        path, *kept, (f"{STEP}.pick", pick), *new, *ticked, ("name", "Renommé"), ("do", do)
    )


async def test_a_queue_is_created_in_the_number_that_it_answers(
    office: OfficeBox, administrator: Browser
) -> None:
    identifier, path = _number(office)
    name, people = office.configuration.numbers[identifier].name, list(office.configuration.people)[:2]
    who = " ".join(f"person:{person}" for person in people)
    page = await _try(
        administrator, path, "new:group", f"create:{STEP}", name="Support", who=who, queue_on="on"
    )
    assert page.status == 200 and "« Support » est créé" in page.text
    (group,) = [each for each in office.configuration.groups.values() if each.name == "Support"]
    assert [member.person_id for member in group.members] == people and group.queue is not None
    assert office.configuration.numbers[identifier].name == name, "the number itself is not saved yet"
    assert dict(page.fields)["name"] == "Renommé" and dict(page.fields)[f"{STEP}.pick"] == f"group:{group.id}"
    assert f'href="/ring-groups/{group.id}" target="_blank"' in page.text
    await administrator.submit(page, path, do="save")
    number = office.configuration.numbers[identifier]
    assert number.name == "Renommé"
    assert number.routes[HoursState.OPEN].steps[0].destination == ToGroup(group_id=group.id)


async def test_saving_creates_what_was_typed_and_leads_there(
    office: OfficeBox, administrator: Browser
) -> None:
    identifier, path = _number(office)
    first, second = list(office.configuration.people)[:2]
    first_step = lambda: office.configuration.numbers[identifier].routes[HoursState.OPEN].steps[0].destination
    who = f"group:ventes person:{second}"
    await _try(administrator, path, "new:menu", "save", name="Accueil du soir", who=who)
    (menu,) = [each for each in office.configuration.menus.values() if each.name == "Accueil du soir"]
    assert first_step() == ToMenu(menu_id=menu.id)
    told = [(option.key, option.name) for option in menu.options]
    assert told == [("1", "Ventes"), ("2", office.configuration.people[second].name)]
    await _try(administrator, path, "new:mailbox", "save", name="Urgences", email="a@example.fr b@example.fr")
    (box,) = [each for each in office.configuration.mailboxes.values() if each.name == "Urgences"]
    assert first_step() == ToMailbox(mailbox_id=box.id) and len(box.emails) == 2
    await _try(administrator, path, "new:contact", "save", name="Dépannage", number="06 39 98 44 55")
    assert "Dépannage" in (await administrator.get("/contacts")).text
    assert first_step() == ToExternal(number="+33639984455", confirm=True, follows_contact=True)


@pytest.mark.parametrize("do", ["save", f"create:{STEP}"])
@pytest.mark.parametrize(
    ("pick", "typed", "field", "said"),
    [
        ("new:group", {"name": "", "who": ""}, "name", "nécessaire"),
        ("new:group", {"name": "Vide", "who": ""}, "who", "Choisissez-en au moins 1"),
        ("new:menu", {"name": "Vide", "who": ""}, "who", "Choisissez-en au moins 1"),
        ("new:mailbox", {"name": "Urgences", "email": "personne"}, "email", "adresse"),
        ("new:contact", {"name": "Dépannage", "number": "12"}, "number", "numéro"),
    ],
)
async def test_what_is_wrong_is_said_at_its_input_and_nothing_is_kept(
    office: OfficeBox,
    administrator: Browser,
    do: str,
    pick: str,
    typed: dict[str, str],
    field: str,
    said: str,
) -> None:
    _, path = _number(office)
    before = office.configuration
    page = await _try(administrator, path, pick, do, **typed)
    assert page.status == (422 if do == "save" else 200)
    at = (
        f'id="f-{STEP}.new.{field}"'
        if field != "who"
        else "Qui sonne"
        if pick == "new:group"
        else "Ce que les appelants choisissent"
    )
    after = page.text.split(at, 1)[1].split("</fieldset>", 2)
    assert 'class="error"' in "".join(after[:2]) and said in "".join(after[:2])
    assert office.configuration is before
    kept = dict(page.fields)
    assert kept["name"] == "Renommé" and kept[f"{STEP}.new.name"] == typed["name"]


async def test_choosing_it_brings_its_inputs(administrator: Browser) -> None:
    path = f"/destinations/new?at={STEP}&form_id=record&{STEP}.pick="
    page = await administrator.get(f"{path}new:group", **{"HX-Current-URL": "http://box/numbers/new?x=1"})
    assert 'hx-post="/numbers/new?x=1"' in page.text, "the whole form goes where it would have gone"
    assert f'name="{STEP}.new.name"' in page.text and f'value="create:{STEP}"' in page.text
    for address in ("http://box//elsewhere", "http://[", "javascript:alert(1)"):
        page = await administrator.get(f"{path}new:group", **{"HX-Current-URL": address})
        assert page.status == 200 and 'hx-post="/"' in page.text, address
    assert (await administrator.get(f"{path}busy")).text == ""


async def test_a_person_is_offered_none_of_it_and_cannot_ask_for_it(
    office: OfficeBox, administrator: Browser
) -> None:
    person = next(iter(office.configuration.people))
    await administrator.become(person)
    page = await administrator.get(f"/people/{person}")
    at = "when_unanswered.open"
    assert f'name="{at}.pick"' in page.text
    assert "new:" not in page.text and "/destinations/new" not in page.text
    before = office.configuration
    asked = {f"{at}.pick": "new:mailbox", f"{at}.new.name": "Astreinte"}
    for do in ("save", f"create:{at}"):
        refused = await administrator.submit(page, f"/people/{person}", **asked, do=do)
        assert refused.status == 403
        assert office.configuration is before
