"""The language of the pages: switched anywhere, and kept."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import Words


async def test_the_language_is_switched_and_kept(visitor: Page, words: Words) -> None:
    own = words.locale[:2]
    other = "en" if own == "fr" else "fr"
    for language in (other, own):
        await visitor.goto("/people")
        await visitor.locator(f"nav.wide .languages button[value={language}]").click()
        await expect(visitor.locator("html")).to_have_attribute("lang", language)
        await visitor.goto("/numbers")
        await expect(visitor.locator("html")).to_have_attribute("lang", language)
        current = visitor.locator(f"nav.wide .languages button[value={language}]")
        await expect(current).to_have_attribute("aria-current", "true")
