"""Opening hours: ranges, closures, and what is wrong told at its day."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, save

MONDAY = ".day:has([name='week.monday.0.start'])"


@pytest.mark.feature("TIME-2")
async def test_overlapping_ranges_are_told_at_their_day(visitor: Page) -> None:
    await visitor.goto("/opening-hours/office-hours")
    await visitor.fill("[name='week.monday.1.start']", "11:00")
    await visitor.fill("[name='week.monday.1.end']", "17:00")
    await save(visitor)
    await expect(visitor.locator(f"{MONDAY} small.error").first).to_be_visible()
    await expect(visitor.locator("main small.error")).to_have_count(1)
    await expect(visitor.locator("[name='week.monday.1.start']")).to_have_value("11:00")


@pytest.mark.feature("TIME-2")
async def test_a_closure_is_added_and_moves_the_path(visitor: Page, settled: Product) -> None:
    before = settled.api.get("/calendars/office-hours")["special_days"]
    await visitor.goto("/opening-hours/office-hours")
    await visitor.click("button[value='add:special_days']")
    place = len(before)
    await visitor.fill(f"[name='special_days.{place}.name']", "Inventaire")
    await visitor.fill(f"[name='special_days.{place}.first']", "2027-03-03")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await visitor.goto("/numbers/accueil?date=2027-03-03&time=10:00")
    await expect(visitor.locator(".reasons")).to_contain_text("Inventaire")
    settled.api.change("/calendars/office-hours", special_days=before)


async def test_a_period_that_ends_before_it_begins_is_refused(visitor: Page) -> None:
    await visitor.goto("/opening-hours/office-hours")
    await visitor.click("button[value='add:special_days']")
    await visitor.fill("[name='special_days.0.name']", "Congés")
    await visitor.fill("[name='special_days.0.first']", "2027-08-20")
    await visitor.fill("[name='special_days.0.last']", "2027-08-02")
    await save(visitor)
    await expect(visitor.locator(".special small.error").first).to_be_visible()
    await expect(visitor.locator("[name='special_days.0.name']")).to_have_value("Congés")
