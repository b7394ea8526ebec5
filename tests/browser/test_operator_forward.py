"""If the box is dead: the operator's forward is noted, tested, and judged; the page follows by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words

pytestmark = pytest.mark.feature("BACKUP-2")

MISSING = {"fr-FR": "Indiquez le numéro", "en-GB": "Write the number"}


@pytest.fixture
def line(settled: Product) -> Iterator[str]:
    """A line that is up: its provider is trusted by address, and never asked after."""
    identifier = settled.api.add(
        "lines", name="Opérateur bis", mode="trusted", server="192.0.2.78", probe_seconds=0
    )
    yield identifier
    settled.api.delete(f"/lines/{identifier}")


async def look(page: Page, words: Words, state: str) -> None:
    if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/forward-{state}-{words.locale}.png", full_page=True)


async def test_a_forward_is_tested_and_the_page_follows(
    visitor: Page, settled: Product, words: Words, line: str
) -> None:
    path = f"/lines/{line}/forward"
    reminder = visitor.locator(f"#now a[href='{path}']")
    await visitor.goto("/")
    await expect(reminder).to_have_attribute("data-forward", "not_set_up")
    await look(visitor, words, "overview")
    await reminder.click()
    await visitor.check("[name=set_up]")
    await visitor.locator(f"form[action='{path}'] button").click()
    await expect(visitor.locator("#e-number")).to_contain_text(MISSING[words.locale])
    await look(visitor, words, "refused")
    await visitor.fill("[name=number]", "06 39 98 12 34")
    await visitor.locator(f"form[action='{path}'] button").click()
    test = visitor.locator("#forward-test")
    await expect(test).to_have_attribute("data-state", "untested")
    await look(visitor, words, "untested")
    await visitor.locator(f"form[action='{path}/test'] button").click()
    await expect(test).to_have_attribute("data-state", "testing")
    await look(visitor, words, "testing")
    left = await test.locator("strong").inner_text()
    await expect(test.locator("strong")).not_to_have_text(left, timeout=20_000)
    # Somebody ends it elsewhere: this page sees it.
    settled.api.ask("POST", f"{path}/end", {})
    await expect(test).to_have_attribute("data-state", "unjudged")
    await expect(visitor.locator("#forward-state")).to_have_attribute("data-state", "unjudged")
    await look(visitor, words, "unjudged")
    await test.locator("button[value=yes]").click()
    await expect(test).to_have_attribute("data-state", "works")
    await look(visitor, words, "works")
    await visitor.goto("/")
    await expect(visitor.locator("#now .tiles")).to_be_visible()
    await expect(reminder).to_have_count(0)
