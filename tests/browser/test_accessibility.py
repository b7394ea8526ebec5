"""What a screen reader and a keyboard need on every page."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import save

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
# Buttons of the rows of one list that are called the same, for whoever only hears their names.
ALIKE = """() => [...document.querySelectorAll("ol")].flatMap(list => {
    const names = [...list.querySelectorAll(":scope > li > button")].map(one => one.textContent.trim());
    return names.filter((name, place) => names.indexOf(name) !== place);
})"""
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
        assert await visitor.evaluate(ALIKE) == [], path


async def test_the_first_tab_skips_to_the_content(visitor: Page) -> None:
    await visitor.goto("/people")
    await visitor.keyboard.press("Tab")
    assert await visitor.evaluate("document.activeElement.getAttribute('href')") == "#content"


async def press(page: Page, wish: str) -> None:
    """Press a button that changes the rows of a form, by the keyboard."""
    await page.locator(f"button[value='{wish}']").press("Enter")


async def test_the_focus_follows_the_rows_of_a_form(visitor: Page) -> None:
    await visitor.goto("/ring-groups/new")
    await press(visitor, "add:members")
    await expect(visitor.locator("[name='members.2.person_id']")).to_be_focused()
    await press(visitor, "up:members.2")
    await expect(visitor.locator("button[value='up:members.1']")).to_be_focused()
    await press(visitor, "remove:members.2")
    await expect(visitor.locator("[name='members.2.person_id']")).to_have_count(0)
    await expect(visitor.locator("[name^='members.1.']:focus")).to_have_count(1)


async def test_what_is_created_in_place_takes_neither_the_focus_nor_what_was_unfolded(visitor: Page) -> None:
    await visitor.goto("/numbers/new")
    await visitor.locator("#record details > summary").first.click()
    step = "routes.open.steps.0.destination"
    await visitor.select_option(f"[name='{step}.pick']", "new:group")
    # Its button works without a script until htmx has settled what it has brought.
    await expect(visitor.locator(".for-new:not(.htmx-settling) .new-record")).to_have_count(1)
    await press(visitor, f"create:{step}")
    await expect(visitor.locator(f"[name='{step}.new.name'][aria-invalid]")).to_be_focused()
    await expect(visitor.locator("#record details").first).to_have_attribute("open", "")


async def test_news_do_not_take_the_focus(visitor: Page) -> None:
    await visitor.goto("/")
    link = visitor.locator("#now a[href='/opening-hours/office-hours']")
    await link.focus()
    await expect(link).to_be_focused()
    await link.evaluate("link => { link.dataset.before = 'yes' }")
    await visitor.evaluate("htmx.ajax('GET', '/overview/now', { target: '#now', swap: 'innerHTML' })")
    await expect(visitor.locator("[data-before]")).to_have_count(0)
    await expect(link).to_be_focused()


async def test_what_is_refused_is_read_first_and_leads_to_its_field(visitor: Page) -> None:
    await visitor.goto("/people/new")
    await visitor.fill("[name=name]", "Chloé")
    await visitor.fill("[name=extension]", "101")
    await save(visitor)
    await expect(visitor.locator("#refused")).to_be_focused()
    await visitor.locator("#refused a").press("Enter")
    await expect(visitor.locator("[name=extension]")).to_be_focused()
