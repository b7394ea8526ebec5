"""What a screen reader and a keyboard need on every page."""

from __future__ import annotations

from playwright.async_api import Page

PAGES = (
    "/security",
    "/",
    "/history",
    "/voicemail",
    "/numbers/accueil",
    "/people/anne",
    "/opening-hours",
    "/mail",
    "/users",
    "/caller-filter",
    "/call-backs",
    "/contacts",
    "/contacts/new",
    "/contacts/import",
    "/office",
    "/lines",
    "/lines/operateur",
    "/lines/operateur/forward",
    "/numbers/accueil/edit",
    "/people/bruno/path",
    "/ring-groups/ventes",
    "/opening-hours/new",
    "/outbound",
    "/star-codes",
    "/star-codes/edit",
    "/permissions",
    "/week",
    "/menus",
    "/menus/new?ready=operator",
)
SKIPPED_LEVELS = """() => {
    const levels = [...document.querySelectorAll("main h1, main h2, main h3")].map(one => +one.tagName[1]);
    return levels.some((level, place) => place > 0 && level > levels[place - 1] + 1);
}"""
NAMELESS = """() => [...document.querySelectorAll("a[href], button:not([aria-hidden])")]
    .filter(one => !one.textContent.trim() && !one.ariaLabel && !one.title && !one.querySelector("[alt]"))
    .map(one => one.outerHTML)"""


async def test_headings_languages_and_names(visitor: Page) -> None:
    language = await visitor.locator("html").get_attribute("lang")
    for path in PAGES:
        await visitor.goto(path)
        assert await visitor.locator("html").get_attribute("lang") == language
        assert await visitor.locator("h1").count() == 1, path
        assert await visitor.evaluate(SKIPPED_LEVELS) is False, path
        assert await visitor.evaluate(NAMELESS) == [], path


async def test_the_first_tab_skips_to_the_content(visitor: Page) -> None:
    await visitor.goto("/people")
    await visitor.keyboard.press("Tab")
    assert await visitor.evaluate("document.activeElement.getAttribute('href')") == "#content"
