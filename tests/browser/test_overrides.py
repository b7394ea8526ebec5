"""Closing by hand from the browser: the banner on every page, and its end."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product

pytestmark = pytest.mark.feature("TIME-4")


async def test_the_office_is_closed_by_hand_and_opened_again(visitor: Page, settled: Product) -> None:
    await visitor.goto("/opening-hours")
    await visitor.click(".override summary")
    await visitor.select_option("[name=state]", "closed")
    await visitor.select_option("[name='until.kind']", "tomorrow")
    await visitor.click(".override form button[type=submit]:not(.unseen)")
    banner = visitor.locator("#banners .banner")
    await expect(banner).to_have_count(1)
    for page in ("/numbers/accueil", "/people", "/"):
        await visitor.goto(page)
        await expect(banner).to_contain_text("Atelier")
    french = await visitor.locator("html").get_attribute("lang") == "fr"
    await visitor.goto("/numbers")
    row = visitor.locator("#content .rows li").filter(has_text="Accueil")
    await expect(row.locator(".status")).to_have_text("fermé" if french else "closed")
    await visitor.goto("/numbers/accueil")
    await expect(visitor.locator(".reasons")).to_contain_text(
        "fermé manuellement" if french else "closed by manual override"
    )
    await banner.locator("button").click()
    await visitor.wait_for_url("**?done=override_ended")
    await expect(banner).to_have_count(0)
    assert settled.api.get("/overrides")["items"] == []


async def test_a_moment_that_is_over_is_told_at_its_field(visitor: Page, settled: Product) -> None:
    await visitor.goto("/opening-hours")
    await visitor.click(".override summary")
    await visitor.select_option("[name='until.kind']", "moment")
    await visitor.fill("[name='until.date']", "2024-01-02")
    await visitor.fill("[name='until.time']", "10:00")
    await visitor.click(".override form button[type=submit]:not(.unseen)")
    await expect(visitor.locator(".override small.error")).to_have_count(1)
    await expect(visitor.locator("[name='until.date']")).to_have_value("2024-01-02")
    assert settled.api.get("/overrides")["items"] == []
