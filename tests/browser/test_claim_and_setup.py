"""The first visit: a wrong claim code, a short password and a nameless office are told at their field."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.conftest import NAME, PASSWORD, Product, Words, is_refused, save

WRONG_CODE = {"fr-FR": "code", "en-GB": "This is not the claim code of this box."}
SHORT = {"fr-FR": "8 caractères", "en-GB": "at least 8 characters"}


async def test_a_box_is_claimed_after_mistakes(product: Product, chromium: Browser, words: Words) -> None:
    context = await chromium.new_context(base_url=product.address, locale=words.locale)
    page = await context.new_page()
    await page.goto("/")
    await page.fill("[name=code]", "not-this-one")
    await page.fill("[name=name]", NAME)
    await page.fill("[name=password]", PASSWORD)
    await is_refused(page, "code", WRONG_CODE[words.locale])
    await expect(page.locator("[name=name]")).to_have_value(NAME)
    assert PASSWORD not in await page.content()
    await page.fill("[name=code]", product.claim_code)
    await page.fill("[name=password]", "short")
    await is_refused(page, "password", SHORT[words.locale])
    await page.fill("[name=password]", PASSWORD)
    await save(page)
    await expect(page.locator("h1")).to_have_text(words.setup)
    await page.fill("[name=name]", "")
    await page.select_option("[name=country]", "BE")
    await is_refused(page, "name", "")
    await expect(page.locator("[name=country]")).to_have_value("BE")
