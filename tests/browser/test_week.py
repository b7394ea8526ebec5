"""The week of a number, seen and read; a call tried with what-ifs; an hour without anybody refused."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product


@pytest.mark.feature("TIME-1")
async def test_the_week_is_seen_and_read(visitor: Page, settled: Product) -> None:
    french = await visitor.locator("html").get_attribute("lang") == "fr"
    await visitor.goto("/numbers/accueil")
    await expect(visitor.locator(".week-picture .bar").first).to_be_visible()
    await visitor.goto("/week?week=2026-12-25")
    await expect(visitor.locator(".week-picture")).to_have_count(1)
    await visitor.click(".week details summary")
    words = visitor.locator(".week-words")
    await expect(words).to_contain_text("vendredi" if french else "Friday")
    await expect(words).to_contain_text("jour férié" if french else "public holiday")
    title = await visitor.locator(".week-picture > title").text_content()
    assert title and "Accueil" in title


@pytest.mark.feature("TIME-5")
async def test_a_call_is_tried_with_what_ifs(visitor: Page) -> None:
    french = await visitor.locator("html").get_attribute("lang") == "fr"
    await visitor.goto("/numbers/accueil?date=2026-11-23&time=10:00")
    await visitor.click(".what-if summary")
    await visitor.check("[name=clock_lost]")
    await expect(visitor.locator(".reasons")).to_contain_text(
        "ne connaît pas l'heure" if french else "does not know the time"
    )
    await visitor.uncheck("[name=clock_lost]")
    await visitor.select_option("[name=undisturbed]", "anne")
    await expect(visitor.locator(".reasons")).to_contain_text(
        "Anne ne prend pas d'appels" if french else "Anne does not want to be disturbed"
    )


async def test_an_hour_without_anybody_is_told_with_its_time(visitor: Page, settled: Product) -> None:
    ask = settled.api.ask
    ask("POST", "/phones", {"name": "Poste", "person_id": "anne"})
    try:
        routes = {
            "open": {"steps": [{"destination": {"kind": "person", "person_id": "anne"}}]},
            "closed": settled.api.get("/numbers/accueil")["routes"]["closed"],
        }
        before = settled.api.get("/numbers/accueil")["routes"]
        settled.api.change("/numbers/accueil", routes=routes)
        await visitor.goto("/numbers/accueil/edit")
        await visitor.select_option("[name='routes.closed.steps.0.destination.pick']", "person:bruno")
        await visitor.locator("main form .save-bar button").first.click()
        french = await visitor.locator("html").get_attribute("lang") == "fr"
        sentence = "ne ferait sonner personne" if french else "would ring nobody"
        await expect(visitor.locator("main [role=alert]")).to_contain_text(sentence)
        settled.api.change("/numbers/accueil", routes=before)
    finally:
        settled.api.delete("/phones/poste")
