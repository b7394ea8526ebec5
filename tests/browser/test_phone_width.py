"""Every page on a phone's width: nothing is broader than the screen, the menu opens, forms are reached."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Product, office, sign_in, watch

PAGES = (
    "/security", "/people/bruno/path",
    "/", "/history", "/voicemail", "/numbers", "/numbers/accueil", "/numbers/accueil/edit", "/numbers/new",
    "/people", "/people/anne", "/phones/new", "/ring-groups/ventes", "/opening-hours", "/opening-hours/new",
    "/sounds",
    "/mailboxes", "/caller-filter", "/call-backs", "/contacts", "/contacts/new", "/contacts/import",
    "/mailboxes/office", "/lines", "/lines/operateur", "/lines/operateur/forward", "/mail", "/office",
    "/users", "/backup", "/account",
    "/outbound", "/star-codes", "/star-codes/edit", "/permissions", "/week", "/menus",
    "/menus/new?ready=operator",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_broader_than_a_phone(
    product: Product, chromium: Browser, troubles: list[str], scheme: str
) -> None:
    office(product)
    context = await chromium.new_context(
        locale="fr-FR",
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    watch(page, troubles)
    await sign_in(page, product)
    for path in PAGES:
        answer = await page.goto(product.address + path)
        assert answer is not None and answer.status == 200, path
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
    await page.goto(product.address)
    await page.locator("details.narrow summary").click()
    await page.locator("details.narrow a[href='/numbers']").click()
    await expect(page.locator("h1")).to_have_text("Numéros")


async def test_every_field_has_a_label(product: Product, chromium: Browser) -> None:
    office(product)
    page = await (await chromium.new_context(locale="fr-FR")).new_page()
    await sign_in(page, product)
    nameless = """() => [...document.querySelectorAll("main input, main select, main textarea")]
        .filter(field => field.type !== "hidden" && !field.labels?.length && !field.ariaLabel)
        .map(field => field.name)"""
    for path in (*PAGES, "/people/new", "/ring-groups/new", "/lines/new", "/users/new"):
        await page.goto(product.address + path)
        assert await page.evaluate(nameless) == [], path
        assert await page.locator("h1").count() == 1, path
