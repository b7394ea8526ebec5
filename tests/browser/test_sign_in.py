"""Signing in: nothing is shown before it, and a wrong password says no more than that."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import NAME, Words, save

WRONG = {"fr-FR": "mot de passe", "en-GB": "The name or the password is wrong."}


async def test_a_wrong_password_tells_not_which_names_exist(visitor: Page, words: Words) -> None:
    await visitor.context.clear_cookies()
    told = []
    for name in (NAME, "Nobody"):
        await visitor.goto("/sign-in")
        await visitor.fill("[name=name]", name)
        await visitor.fill("[name=password]", "a wrong password")
        await save(visitor)
        alert = visitor.locator("[role=alert]")
        await expect(alert).to_contain_text(WRONG[words.locale])
        await expect(visitor.locator("[name=name]")).to_have_value(name)
        told.append(await alert.inner_text())
    assert told[0] == told[1]


async def test_no_page_is_shown_without_a_sign_in(visitor: Page) -> None:
    await visitor.context.clear_cookies()
    for path in ("/", "/people", "/numbers/accueil", "/history", "/backup"):
        await visitor.goto(path)
        await expect(visitor.locator("form[action='/sign-in']")).to_be_visible()
    answer = await visitor.request.get("/api/v1/people")
    assert answer.status == 401
