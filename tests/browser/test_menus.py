"""Menus: made in the browser, refused at the field where the mistake is, drawn and tried on the path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, save

TWICE = {"fr-FR": "La touche 1 sert déjà pour les ventes.", "en-GB": "The key 1 is already for les ventes."}
PRESSED = {"fr-FR": "L'appelant a tapé 1 (les ventes)", "en-GB": "The caller pressed 1 (les ventes)"}


@pytest.mark.feature("MENU-1", "MENU-3", "TIME-5")
async def test_a_menu_is_made_put_on_a_path_and_tried(visitor: Page, settled: Product, words: Words) -> None:
    ask, before = settled.api, settled.api.get("/numbers/accueil")["routes"]
    await visitor.goto("/menus/new")
    await visitor.fill("[name=name]", f"Choix {words.locale}")
    await visitor.select_option("[name='prompts.fr.audio_id']", "text")
    await visitor.fill("[name='prompts.fr.text']", "Bonjour, tapez 1.")
    await visitor.fill("[name='options.0.name']", "les ventes")
    await visitor.select_option("[name='options.0.destination.pick']", "group:ventes")
    await visitor.fill("[name='options.1.name']", "Anne")
    await visitor.select_option("[name='options.1.key']", "1")
    await visitor.select_option("[name='options.1.destination.pick']", "person:anne")
    await save(visitor)
    await expect(visitor.locator(".key-choice small.error")).to_contain_text(TWICE[words.locale])
    await expect(visitor.locator("[name='options.1.name']")).to_have_value("Anne")
    await visitor.select_option("[name='options.1.key']", "2")
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    menu = ask.items("/menus")[0]
    assert menu["prompts"] == {"fr": {"audio_id": None, "text": "Bonjour, tapez 1."}}
    assert [option["destination"]["kind"] for option in menu["options"]] == ["group", "person"]
    try:
        await visitor.goto("/numbers/accueil/edit")
        await visitor.select_option("[name='routes.open.steps.0.destination.pick']", f"menu:{menu['id']}")
        await save(visitor)
        await visitor.goto("/numbers/accueil?date=2027-01-06&time=10:00&keys=1")
        await expect(visitor.locator(".reasons")).to_contain_text(PRESSED[words.locale])
        lit = await visitor.eval_on_selector_all(".box.lit", "boxes => boxes.map(box => box.dataset.id)")
        assert any(place.startswith("menu:") for place in lit)
        assert any(place.startswith("group:ventes@menu:") for place in lit)
        await _picture(visitor, words, "path")
        await visitor.goto(f"/menus/{menu['id']}")
        await _picture(visitor, words, "menu")
    finally:
        ask.change("/numbers/accueil", routes=before)
        ask.delete(f"/menus/{menu['id']}")


@pytest.mark.feature("MENU-4")
async def test_the_operator_menu_is_ready(visitor: Page, settled: Product) -> None:
    await visitor.goto("/menus")
    await visitor.click("a[href='/menus/new?ready=operator']")
    await expect(visitor.locator("[name='options.0.key']")).to_have_value("0")
    await expect(visitor.locator("[name='options.1.key']")).to_have_value("1")
    await visitor.select_option("[name='options.0.destination.pick']", "person:bruno")
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    menu = settled.api.items("/menus")[0]
    assert [option["key"] for option in menu["options"]] == ["0", "1"]
    assert menu["options"][1]["destination"] is None
    settled.api.delete(f"/menus/{menu['id']}")


async def _picture(page: Page, words: Words, name: str) -> None:
    """Write the page as a picture to AUTOCOM_PICTURE, `{}` in it being the page and language."""
    if "AUTOCOM_PICTURE" in os.environ:
        path = Path(os.environ["AUTOCOM_PICTURE"].format(f"{name}-{words.locale[:2]}"))
        await page.screenshot(path=path, full_page=True)
