"""The call path of a number: drawn, tried at any moment, told in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Words

# Holidays bear the names of the office's language.
CHRISTMAS = "Noël"
WEEKDAY, SUNDAY = "2027-01-06", "2027-01-10"


async def lit(page: Page) -> set[str]:
    """The places of the drawing that are lit."""
    return set(await page.eval_on_selector_all(".box.lit", "boxes => boxes.map(box => box.dataset.id)"))


@pytest.mark.feature("TIME-5", "TIME-2")
async def test_other_moments_light_other_ways(visitor: Page, words: Words) -> None:
    await visitor.goto(f"/numbers/accueil?date={WEEKDAY}&time=10:00")
    weekday = await lit(visitor)
    await expect(visitor.locator(".reasons")).to_contain_text(words.open)
    await visitor.fill("[name=date]", SUNDAY)
    await visitor.fill("[name=time]", "14:00")
    await expect(visitor.locator(".reasons")).to_contain_text(words.closed)
    sunday = await lit(visitor)
    assert any("group" in place for place in weekday)
    assert not any("group" in place for place in sunday)
    await visitor.fill("[name=date]", "2026-12-25")
    await expect(visitor.locator(".reasons")).to_contain_text(CHRISTMAS)


@pytest.mark.parametrize("query", ["date=2027-02-30&time=10:00", "date=x&time=y", "caller=hello"])
async def test_an_impossible_wish_is_told_and_the_path_of_now_shown(visitor: Page, query: str) -> None:
    await visitor.goto(f"/numbers/accueil?{query}")
    await expect(visitor.locator("#path small.error")).to_be_visible()
    await expect(visitor.locator("#path svg").first).to_be_visible()


@pytest.mark.skipif("AUTOCOM_PICTURE" not in os.environ, reason="AUTOCOM_PICTURE names no file to write")
async def test_take_a_picture(visitor: Page, words: Words) -> None:
    """Write the page as a picture to AUTOCOM_PICTURE, `{}` in it being the language."""
    await visitor.goto(f"/numbers/accueil?date={WEEKDAY}&time=10:00")
    await expect(visitor.locator(".reasons")).to_contain_text(words.open)
    path = Path(os.environ["AUTOCOM_PICTURE"].format(words.locale[:2]))
    await visitor.screenshot(path=path, full_page=True)
