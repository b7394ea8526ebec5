"""Padlocks in the browser: set by the administrator, met by the person."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Product, save, sign_in

pytestmark = pytest.mark.feature("PERM-1")


async def test_a_locked_setting_is_shut_on_the_persons_own_page(
    visitor: Page, settled: Product, chromium: Browser
) -> None:
    ask = settled.api.ask
    user = ask(
        "POST", "/users", {"name": "Anne", "password": PASSWORD, "role": "person", "person_id": "anne"}
    )
    context = await chromium.new_context(base_url=settled.address, locale="fr-FR")
    try:
        await visitor.goto("/permissions")
        await visitor.check("[name='everybody[]'][value='people.ring_seconds']")
        await visitor.check("[name='everybody[]'][value='people.devices']")
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        await visitor.goto("/people/anne")
        await expect(visitor.locator("form#record .padlock")).to_have_count(2)
        await expect(visitor.locator("[name=ring_seconds]")).to_be_enabled()
        page = await context.new_page()
        await sign_in(page, settled, "Anne")
        await page.goto("/people/anne")
        await expect(page.locator("[name=ring_seconds]")).to_be_disabled()
        await expect(page.locator("[name='devices.0.on']")).to_be_disabled()
        await expect(page.locator(".padlock").first).to_have_attribute(
            "title", "Verrouillé pour tout le monde"
        )
        await page.fill("[name=email]", "anne@office.example")
        await page.locator("form#record .save-bar button").first.click()
        await page.wait_for_url("**?done=saved")
        kept = settled.api.get("/people/anne")
        assert (kept["email"], len(kept["devices"])) == ("anne@office.example", 2)
    finally:
        ask("PATCH", "/permissions", {"everybody": []})
        ask("PATCH", "/people/anne", {"email": None})
        ask("DELETE", f"/users/{user['id']}")
        await context.close()
