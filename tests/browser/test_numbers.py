"""Numbers: a name of one's own, any way of writing a number, and what is wrong told at its field."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, is_refused, save

NOT_A_NUMBER = {"fr-FR": "chiffres", "en-GB": "A phone number is made of digits"}
TAKEN = {"fr-FR": "Accueil", "en-GB": "Accueil"}
SHORT = {"fr-FR": "trop court", "en-GB": "too short"}


@pytest.mark.feature("NUM-7")
async def test_a_wrong_number_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/numbers/new")
    await visitor.fill("[name=name]", "Ventes")
    await visitor.select_option("[name='routes.open.steps.0.destination.pick']", "group:ventes")
    for typed, told in (("call me", NOT_A_NUMBER), ("01 99", SHORT), ("0033 199 00 12 34", TAKEN)):
        await visitor.fill("[name=number]", typed)
        await is_refused(visitor, "number", told[words.locale])
        await expect(visitor.locator("[name=name]")).to_have_value("Ventes")
        picked = visitor.locator("[name='routes.open.steps.0.destination.pick']")
        await expect(picked).to_have_value("group:ventes")


async def test_a_path_may_not_be_empty(visitor: Page, settled: Product) -> None:
    await visitor.goto("/numbers/accueil/edit")
    await visitor.select_option("[name='routes.open.steps.0.destination.pick']", "")
    await visitor.select_option("[name='routes.open.steps.1.destination.pick']", "")
    await save(visitor)
    await expect(visitor.locator("main [role=alert]")).to_be_visible()
    assert len(settled.api.get("/numbers/accueil")["routes"]["open"]["steps"]) == 2


@pytest.mark.feature("NUM-1", "NUM-7")
async def test_a_number_is_renamed_and_shown_as_people_write_it(
    visitor: Page, settled: Product, words: Words
) -> None:
    name = f"Support client {words.locale}"
    await visitor.goto("/numbers/accueil/edit")
    await expect(visitor.locator("[name=number]")).to_have_value("01 99 00 12 34")
    await visitor.fill("[name=name]", name)
    await visitor.fill("[name=number]", "+33 (0)1-99-00-12-34")
    await save(visitor)
    await expect(visitor.locator("h1")).to_have_text(name)
    await expect(visitor.locator(".page-head .lead")).to_have_text("01 99 00 12 34")
    assert settled.api.get("/numbers/accueil")["number"] == "+33199001234"
    settled.api.change("/numbers/accueil", name="Accueil")


@pytest.mark.feature("WHISP-2", "OUT-8")
async def test_words_of_one_s_own_are_shown_and_missing_ones_told_at_their_field(
    visitor: Page, settled: Product, words: Words
) -> None:
    missing = {"fr-FR": "Écrivez les mots", "en-GB": "Write the words"}
    await visitor.goto("/numbers/accueil/edit")
    await visitor.locator("details.sheet:has([name=display]) > summary").click()
    await visitor.select_option("[name=display]", "words")
    await is_refused(visitor, "display_words", missing[words.locale])
    await visitor.fill("[name=display_words]", "Ventes")
    await visitor.select_option("[name=ring_tone]", "2")
    await save(visitor)
    await expect(visitor.locator("h1")).to_have_text("Accueil")
    kept = settled.api.get("/numbers/accueil")
    assert (kept["display"], kept["display_words"], kept["ring_tone"]) == ("words", "Ventes", 2)
    settled.api.change("/numbers/accueil", display="caller", display_words="", ring_tone=None)


@pytest.mark.feature("IN-7")
async def test_a_group_is_created_where_it_is_picked_and_looked_at_from_there(
    visitor: Page, settled: Product, words: Words
) -> None:
    name = f"Renfort {words.locale}"
    legend = {"fr-FR": "Qui sonne", "en-GB": "Who rings"}
    picker = visitor.locator("[name='routes.open.steps.0.destination.pick']")
    await visitor.goto("/numbers/accueil/edit")
    await visitor.fill("[name=name]", "Accueil du jour")
    await picker.select_option("new:group")
    await expect(visitor.locator(".new-record")).to_contain_text(legend[words.locale])
    create = visitor.locator("[value='create:routes.open.steps.0.destination']")
    await create.click()
    await expect(visitor.locator("[id='e-routes.open.steps.0.destination.new.name']")).to_be_visible()
    await visitor.fill("[id='f-routes.open.steps.0.destination.new.name']", name)
    await visitor.get_by_role("checkbox", name="Bruno").first.check()
    await create.click()
    await expect(visitor.locator(".made")).to_contain_text(name)
    await expect(visitor.locator("[name=name]")).to_have_value("Accueil du jour")
    made = next(each for each in settled.api.get("/groups")["items"] if each["name"] == name)
    await expect(picker).to_have_value(f"group:{made['id']}")
    await expect(visitor.locator(f"a[href='/ring-groups/{made['id']}']")).to_be_visible()
    assert settled.api.get("/numbers/accueil")["name"] == "Accueil"
    await picker.select_option("group:ventes")
    await visitor.fill("[name=name]", "Accueil")
    await save(visitor)


@pytest.mark.feature("IN-1", "IN-2")
async def test_a_number_is_added_with_a_ready_path_in_one_save(
    visitor: Page, settled: Product, words: Words
) -> None:
    missing = {"fr-FR": "Indiquez le numéro extérieur", "en-GB": "Say which number outside is rung"}
    ready, identifier = "[name='start.kind'][value={}]", f"chantier-{words.locale.lower()}"
    before = settled.api.get("/menus")["items"]
    await visitor.goto("/numbers/new")
    await visitor.fill("[name=name]", f"Chantier {words.locale}")
    await visitor.fill("[name=number]", "01 99 00 66 66")
    own_steps = visitor.locator(".route.open .own-steps")
    await expect(own_steps).to_be_visible()
    await visitor.check(ready.format("transfer"))
    await expect(own_steps).to_be_hidden()
    await expect(visitor.locator("[name='start.who']")).to_have_value("group:ventes")
    await expect(visitor.locator("[name='start.backup']")).to_be_hidden()
    await visitor.check(ready.format("menu_then_person"))
    await is_refused(visitor, "start.backup", missing[words.locale])
    assert settled.api.get("/menus")["items"] == before
    await expect(visitor.locator(ready.format("menu_then_person"))).to_be_checked()
    await visitor.fill("[name='start.backup']", "06 12 34 56 78")
    await visitor.select_option("[name='start.who']", "person:bruno")
    await save(visitor)
    await visitor.wait_for_url(f"**/numbers/{identifier}?done=created")
    steps = settled.api.get(f"/numbers/{identifier}")["routes"]["open"]["steps"]
    kinds = [step["destination"]["kind"] for step in steps]
    assert kinds == ["menu", "person", "external", "mailbox"]
    settled.api.ask("DELETE", f"/numbers/{identifier}")
    settled.api.ask("DELETE", f"/menus/{steps[0]['destination']['menu_id']}")
