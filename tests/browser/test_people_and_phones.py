"""People and phones: errors at their field, two people editing one, a person made by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Dialog, Page, expect

from tests.browser.conftest import Product, Words, is_refused, save, sign_in

TAKEN = {"fr-FR": "Anne a déjà le numéro interne 101", "en-GB": "Anne already has the extension 101"}
NOT_MAIL = {"fr-FR": "adresse e-mail", "en-GB": "This is not an e-mail address."}
# The protocol that the server of a WebSocket address speaks once it has opened.
SPOKEN = """address => new Promise((opened, failed) => {
    const socket = new WebSocket(address, "sip");
    socket.onopen = () => { opened(socket.protocol); socket.close(); };
    socket.onerror = () => failed(new Error("refused"));
})"""
MEANWHILE = {"fr-FR": "Quelqu'un d'autre a changé ceci", "en-GB": "Somebody else has changed this"}


async def test_a_wrong_person_is_told_at_each_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/people/new")
    await visitor.fill("[name=name]", "Chloé Durand")
    await visitor.fill("[name=extension]", "101")
    await is_refused(visitor, "extension", TAKEN[words.locale])
    await expect(visitor.locator("[name=name]")).to_have_value("Chloé Durand")
    await visitor.fill("[name=extension]", "177")
    await visitor.fill("[name=email]", "chloe at example")
    await is_refused(visitor, "email", NOT_MAIL[words.locale])
    await expect(visitor.locator("[name=email]")).to_have_value("chloe at example")
    await expect(visitor.locator("[name=extension]")).to_have_value("177")


async def test_the_second_of_two_editors_is_told(visitor: Page, words: Words) -> None:
    other = await visitor.context.new_page()
    for page in (visitor, other):
        await page.goto("/people/bruno")
    await visitor.fill("[name=comment]", f"first {words.locale}")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await other.fill("[name=comment]", f"second {words.locale}")
    await save(other)
    await expect(other.locator("main [role=alert]")).to_contain_text(MEANWHILE[words.locale])
    await expect(other.locator("[name=comment]")).to_have_value(f"second {words.locale}")
    await save(other)
    await other.wait_for_url("**?done=saved")
    await expect(other.locator("[name=comment]")).to_have_value(f"second {words.locale}")


@pytest.mark.feature("RING-1")
async def test_a_browser_phone_is_told_its_door(visitor: Page, settled: Product) -> None:
    await visitor.goto("/phones/new?person=anne")
    await visitor.fill("[name=name]", "Navigateur")
    await visitor.select_option("[name=kind]", "softphone")
    await save(visitor)
    try:
        await visitor.click(".browser-phone > summary")
        door = await visitor.inner_text("#sip-door")
        user = await visitor.inner_text("#sip-user")
        assert await visitor.inner_text("#sip-address") == f"sip:{user}@127.0.0.1"
        assert await visitor.evaluate(SPOKEN, door) == "sip"
        await visitor.goto("/phones/navigateur")
        await visitor.click("details.credentials > summary")
        await visitor.click(".browser-phone > summary")
        await expect(visitor.locator("#sip-door")).to_have_text(door)
        await expect(visitor.locator("#sip-password")).to_have_count(0)
    finally:
        settled.api.delete("/phones/navigateur")


@pytest.mark.feature("RING-1")
async def test_a_person_and_a_phone_by_the_keyboard_alone(product: Product, chromium: Browser) -> None:
    product.api.ask("POST", "/users", {"name": "Claire", "password": "une phrase assez longue"})
    office = {"name": "Atelier", "country": "FR", "time_zone": "Europe/Paris", "language": "fr"}
    product.api.ask("POST", "/setup", office)
    page = await (await chromium.new_context(base_url=product.address, locale="fr-FR")).new_page()
    await sign_in(page, product)
    await page.goto("/people/new")
    await reach(page, "[name=name]")
    await page.keyboard.type("Zoé")
    await page.keyboard.press("Tab")
    await page.keyboard.type("104")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Zoé")
    await reach(page, "a[href='/phones/new?person=zoe']")
    await page.keyboard.press("Enter")
    await reach(page, "[name=name]")
    await page.keyboard.type("Poste de Zoé")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sip-user")).to_be_visible()
    assert [phone["person_id"] for phone in product.api.items("/phones")] == ["zoe"]


async def reach(page: Page, selector: str) -> None:
    """Press Tab until that place has the focus."""
    await page.wait_for_selector(selector)
    for _ in range(80):
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")


async def test_what_is_typed_and_not_saved_is_not_left_by_a_slip(visitor: Page) -> None:
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    visitor.on("dialog", stay)
    await visitor.goto("/people/anne")
    await visitor.fill("[name=comment]", "à garder")
    away = visitor.locator("nav.wide a[href='/history']")
    async with visitor.expect_event("dialog"):
        await away.click(no_wait_after=True)
    await expect(visitor.locator("[name=comment]")).to_have_value("à garder")
    await visitor.click(".save-bar a.quiet")
    await visitor.wait_for_url("**/people")
    assert asked == ["beforeunload"]
