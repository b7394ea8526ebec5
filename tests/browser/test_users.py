"""Sign-ins: what is wrong told at its field; who is no administrator sees no settings."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Product, Words, is_refused, sign_in

SHORT = {"fr-FR": "8 caractères", "en-GB": "at least 8 characters"}


async def test_a_short_password_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/users/new")
    await visitor.fill("[name=name]", "Denis")
    await visitor.fill("[name=password]", "short")
    await is_refused(visitor, "password", SHORT[words.locale])
    await expect(visitor.locator("[name=name]")).to_have_value("Denis")


async def test_a_person_sees_no_settings_of_the_office(settled: Product, chromium: Browser) -> None:
    user = {"name": "Bruno", "password": PASSWORD, "role": "person", "person_id": "bruno", "language": "fr"}
    made = settled.api.ask("POST", "/users", user)
    page = await (await chromium.new_context(base_url=settled.address, locale="fr-FR")).new_page()
    await sign_in(page, settled, "Bruno")
    await expect(page.locator("nav.wide a[href='/lines']")).to_have_count(0)
    for path in ("/lines", "/users", "/people/anne", "/backup"):
        answer = await page.goto(path)
        assert answer is not None and answer.status in (403, 404), path
    answer = await page.goto("/people/bruno")
    assert answer is not None and answer.status == 200
    settled.api.delete(f"/users/{made['id']}")
