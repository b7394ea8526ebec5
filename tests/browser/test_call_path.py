"""The call path of a number: drawn, tried at any moment, told in words."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Product, Words, sign_in, watch

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


@pytest.mark.feature("TIME-5", "STAT-1")
async def test_a_person_sees_what_callers_of_theirs_meet(
    settled: Product, chromium: Browser, troubles: list[str]
) -> None:
    ask = settled.api
    user = {"name": "Bruno", "password": PASSWORD, "role": "person", "person_id": "bruno", "language": "fr"}
    made = ask.add("users", **user)
    context = await chromium.new_context(base_url=settled.address, locale="fr-FR")
    page = await context.new_page()
    watch(page, troubles)
    try:
        await sign_in(page, settled, "Bruno")
        await page.goto("/people/bruno")
        told = page.locator("#own-path .reasons")
        await expect(told).to_contain_text("Bruno n'a aucun téléphone")
        ask.change("/people/bruno", do_not_disturb=True)
        await expect(told).to_contain_text("Bruno ne prend pas d'appels")
        await page.click("#own-path a[href='/people/bruno/path']")
        await page.fill("[name=caller]", "102 103")
        await page.fill("[name=date]", WEEKDAY)
        await page.fill("[name=time]", "10:00")
        await expect(page.locator("#path h2").first).to_have_text(
            re.compile("mercredi 6 janvier( 2027)?, 10:00")
        )
        shown = await lit(page)
        explained = ask.ask("POST", "/explain", {"extension": "102", "at": f"{WEEKDAY}T10:00"})
        assert shown == set(explained["lit_nodes"])
        assert await page.locator("[name=busy], [name=withheld]").count() == 0
        other = await page.goto("/people/anne/path")
        assert other is not None and other.status == 404
    finally:
        ask.change("/people/bruno", do_not_disturb=False)
        ask.delete(f"/users/{made}")
        await context.close()


@pytest.mark.skipif("AUTOCOM_PICTURE" not in os.environ, reason="AUTOCOM_PICTURE names no file to write")
async def test_take_a_picture(visitor: Page, words: Words) -> None:
    """Write the page as a picture to AUTOCOM_PICTURE, `{}` in it being the language."""
    await visitor.goto(f"/numbers/accueil?date={WEEKDAY}&time=10:00")
    await expect(visitor.locator(".reasons")).to_contain_text(words.open)
    path = Path(os.environ["AUTOCOM_PICTURE"].format(words.locale[:2]))
    await visitor.screenshot(path=path, full_page=True)
