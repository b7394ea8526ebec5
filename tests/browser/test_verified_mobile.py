"""Verifying a mobile: the page says what stands in the way, where it was asked for."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words

BARRED = {"fr-FR": "les limites d'appels l'interdisent", "en-GB": "the limits of calls bar it"}
NONE_PASSES = {"fr-FR": "Aucune ligne ne laisse afficher", "en-GB": "No line lets mobiles be shown"}


@pytest.mark.feature("OUT-2")
async def test_the_page_says_what_is_wrong(visitor: Page, settled: Product, words: Words) -> None:
    person = settled.api.get("/people")["items"][0]
    path = f"/people/{person['id']}"
    try:
        settled.api.ask("PATCH", path, {"mobile": "+44 7700 900123"})
        await visitor.goto(path)
        await visitor.locator(f"a[href='{path}/mobile']").click()
        await expect(visitor.locator(".notice")).to_contain_text(NONE_PASSES[words.locale])
        await visitor.locator(f"form[action='{path}/mobile/call'] button").click()
        await expect(visitor.locator("main small.error")).to_contain_text(BARRED[words.locale])
        if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
            await visitor.screenshot(path=f"{folder}/mobile-{words.locale}.png", full_page=True)
    finally:
        settled.api.ask("PATCH", path, {"mobile": person["mobile"]})
