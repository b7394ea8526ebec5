"""Star codes: the sheet that everybody reads and prints, a code that is changed, one that is refused."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, is_refused, save

TAKEN = {"fr-FR": "a déjà le code *97", "en-GB": "has the code *97 already"}
MALFORMED = {"fr-FR": "un à cinq chiffres", "en-GB": "one to five digits"}


async def test_a_code_is_changed_and_stands_on_the_sheet(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/star-codes/edit")
    await visitor.fill("[name=echo]", "*44")
    await save(visitor)
    await visitor.wait_for_url("**/star-codes?done=saved")
    await expect(visitor.locator(".codes kbd", has_text="*44")).to_be_visible()
    await expect(visitor.locator(".codes kbd", has_text="*43")).to_have_count(0)
    settled.api.ask("PUT", "/star_codes", {})


async def test_a_code_that_can_not_be_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/star-codes/edit")
    await visitor.fill("[name=echo]", "*97")
    await is_refused(visitor, "echo", TAKEN[words.locale])
    await visitor.fill("[name=echo]", "étoile")
    await is_refused(visitor, "echo", MALFORMED[words.locale])


async def test_the_sheet_prints_on_one_page_without_the_menu(
    visitor: Page, words: Words, tmp_path: Path
) -> None:
    await visitor.goto("/star-codes")
    await expect(visitor.locator("[data-print]")).to_be_visible()
    # At night the screen is dark, and the paper is white all the same.
    await visitor.emulate_media(media="print", color_scheme="dark")
    black = "one => getComputedStyle(one).color"
    assert await visitor.locator("h2").first.evaluate(black) == "rgb(0, 0, 0)"
    await expect(visitor.locator(".side")).to_be_hidden()
    await expect(visitor.locator("[data-print]")).to_be_hidden()
    await expect(visitor.locator(".codes kbd").first).to_be_visible()
    await visitor.set_viewport_size({"width": 794, "height": 1123})
    await visitor.screenshot(path=tmp_path / "sheet.png")
    printed = await visitor.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
