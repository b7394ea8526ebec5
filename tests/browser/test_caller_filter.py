"""The caller filter: rules and lists are set, what is wrong is told at its field, and a path shows it."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, save

SHORT = {"fr-FR": "trop court", "en-GB": "too short"}
WITHHELD = {"fr-FR": "L'appelant masque son numéro", "en-GB": "The caller withholds their number"}
BLOCKED = {
    "fr-FR": "06 12 34 56 99 est bloqué (Fenêtres)",
    "en-GB": "06 12 34 56 99 is blocked (Fenêtres)",
}


@pytest.mark.feature("IN-9")
async def test_callers_are_blocked_and_a_path_says_so(visitor: Page, settled: Product, words: Words) -> None:
    before = settled.api.get("/caller_filter")
    number = settled.api.get("/numbers")["items"][0]["id"]
    try:
        await visitor.goto("/caller-filter")
        blocked = visitor.locator("#blocked")
        await blocked.locator("[name=number]").fill("06 12")
        await blocked.locator("[name=note]").fill("Fenêtres")
        await blocked.locator("button.secondary").click()
        await expect(visitor.locator("#blocked small.error")).to_contain_text(SHORT[words.locale])
        await expect(blocked.locator("[name=note]")).to_have_value("Fenêtres")
        await blocked.locator("[name=number]").fill("06 12 34 56 99")
        await blocked.locator("button.secondary").click()
        await visitor.wait_for_url("**?done=blocked*")
        await expect(blocked.locator("li")).to_contain_text("Fenêtres")
        await visitor.locator("[id='f-anonymous.enabled']").set_checked(True)
        await visitor.select_option("[name='telemarketing.destination.pick']", "external")
        await visitor.fill("[name='telemarketing.destination.number']", "12")
        await save(visitor)
        await expect(visitor.locator("#rule-telemarketing small.error")).to_be_visible()
        await visitor.fill("[name='telemarketing.destination.number']", "06 12 00 00 00")
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
            await visitor.screenshot(path=f"{folder}/caller-filter-{words.locale}.png", full_page=True)
        kept = settled.api.get("/caller_filter")
        assert kept["anonymous"]["enabled"] and kept["telemarketing"]["destination"]["kind"] == "external"
        for query, told in (("withheld=true", WITHHELD), ("caller=0612345699", BLOCKED)):
            await visitor.goto(f"/numbers/{number}?{query}")
            await expect(visitor.locator("#path .reasons")).to_contain_text(told[words.locale])
        if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
            await visitor.screenshot(path=f"{folder}/caller-filter-path-{words.locale}.png", full_page=True)
        await visitor.goto("/caller-filter")
        await visitor.locator("#blocked li button").click()
        await visitor.wait_for_url("**?done=unblocked")
        await expect(visitor.locator("#blocked li")).to_have_count(0)
    finally:
        settled.api.ask("PUT", "/caller_filter", before)
