"""Pages that move by themselves: phones, rows of forms, and a telephone process that dies and comes back."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.conftest import Product, office, save, sign_in, watch
from tests.support.raw_sip import RawPhone


async def test_the_overview_follows_a_phone(product: Product, chromium: Browser, troubles: list[str]) -> None:
    ask = office(product)
    phone = ask("POST", "/phones", {"name": "Poste 101", "person_id": "anne"})
    page = await (await chromium.new_context(locale="fr-FR")).new_page()
    watch(page, troubles)
    await sign_in(page, product)
    figure = page.locator(".tile .figure").first
    await expect(figure).to_have_text(re.compile(r"^0\s*/ 1$"))
    await page.evaluate("window.sameDocument = true")
    raw = await RawPhone.open(("127.0.0.1", product.sip_port), phone["sip_user"], phone["sip_password"])
    await raw.register()
    await expect(figure).to_have_text(re.compile(r"^1\s*/ 1$"))
    await raw.register(expires=0)
    await expect(figure).to_have_text(re.compile(r"^0\s*/ 1$"))
    assert await page.evaluate("window.sameDocument") is True
    raw.close()


async def test_rows_come_and_go_in_place(product: Product, chromium: Browser, troubles: list[str]) -> None:
    ask = office(product)
    page = await (await chromium.new_context(locale="en-GB")).new_page()
    watch(page, troubles)
    await sign_in(page, product)
    await page.goto(product.address + "/opening-hours")
    await page.locator("a.stretched").first.click()
    await page.evaluate("window.sameDocument = true")
    await page.fill("[name='week.monday.0.start']", "07:30")
    await page.click("button[value=copy_week]")
    await expect(page.locator("[name='week.thursday.0.start']")).to_have_value("07:30")
    await page.click("button[value='add:special_days']")
    await page.fill("[name='special_days.0.name']", "Inventory")
    await page.fill("[name='special_days.0.first']", "2027-01-04")
    await page.select_option("[name='special_days.0.state']", "open")
    await expect(page.locator("[name='special_days.0.ranges.0.start']")).to_be_visible()
    assert await page.evaluate("window.sameDocument") is True
    await save(page)
    await page.wait_for_url("**?done=saved")
    calendar = ask("GET", "/calendars")["items"][0]
    assert calendar["special_days"][0]["last"] == "2027-01-04"
    assert calendar["week"]["thursday"][0]["start"] == "07:30:00"


async def test_the_pages_outlive_the_telephone_process(product: Product, chromium: Browser) -> None:
    office(product)
    page = await (await chromium.new_context(locale="fr-FR")).new_page()
    await sign_in(page, product)
    assert product.process is not None
    os.kill(child(product.process.pid, "pbx"), signal.SIGKILL)
    await page.goto(product.address + "/people")
    await expect(page.locator("h1")).to_have_text("Personnes et téléphones")
    await expect(page.locator("main")).to_contain_text("Anne")


def child(parent: int, word: str) -> int:
    """The child process that was started with that word."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(state[1]) == parent and word in words:
            return int(entry.name)
    raise LookupError(word)


async def test_a_page_left_open_says_that_it_is_signed_out_and_takes_it_back(
    product: Product, chromium: Browser
) -> None:
    office(product)
    context = await chromium.new_context(locale="fr-FR")
    page, other = await context.new_page(), await context.new_page()
    await sign_in(page, product)
    await page.goto(product.address + "/people")
    await other.goto(product.address + "/people")
    await other.locator(".wide .who button.plain").click()
    await other.wait_for_url("**/sign-in")
    look_again = "htmx.ajax('GET', '/banners', { target: '#banners', swap: 'outerHTML' })"
    await page.evaluate(look_again)
    await expect(page.locator("#connection [role=alert]")).to_contain_text("Vous êtes déconnecté")
    await expect(page.locator("h1")).to_have_text("Personnes et téléphones")
    await sign_in(other, product)
    await page.evaluate(look_again)
    await expect(page.locator("#connection .notice")).to_have_count(0)


# Fetches a part of a page anew; whether it was left as it was, once htmx has done with the answer.
LEFT_ALONE = """part => new Promise(done => {
    document.querySelector(part).firstElementChild.kept = true;
    document.addEventListener("htmx:afterRequest", () => {
        done(document.querySelector(part).firstElementChild.kept === true);
    }, { once: true });
    htmx.ajax("GET", document.querySelector(part).getAttribute("hx-get"), { source: part, target: part });
})"""


async def test_what_has_not_changed_is_left_alone_and_told_once(product: Product, chromium: Browser) -> None:
    ask = office(product)
    ask("PUT", "/overrides", {"calendar_id": None, "state": "closed", "destination": None, "until": None})
    page = await (await chromium.new_context(locale="fr-FR")).new_page()
    await sign_in(page, product)
    # A page without events of its own.
    await page.goto(product.address + "/backup")
    assert await page.locator("#banners [role=status]").count() == 1
    assert await page.evaluate(LEFT_ALONE, "#banners") is True
    hours = ask("GET", "/calendars")["items"][0]["id"]
    ask("PUT", "/overrides", {"calendar_id": hours, "state": "open", "destination": None, "until": None})
    for left_alone in (False, True):
        assert await page.evaluate(LEFT_ALONE, "#banners") is left_alone
        await expect(page.locator("#banners [role=status]")).to_have_text(re.compile("ouvert"))
        await expect(page.locator("#banners [role=note]")).to_have_text(re.compile("fermé"))


NOTE_STREAMS = """window.noted = [];
const Plain = EventSource;
window.EventSource = class extends Plain {
    constructor(...given) { super(...given); noted.push(this); }
};"""
LOOKED_AT = """seen => {
    Object.defineProperty(document, "hidden", { value: !seen, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_page_nobody_looks_at_keeps_no_stream_and_catches_up(
    product: Product, chromium: Browser
) -> None:
    ask = office(product)
    page = await (await chromium.new_context(locale="fr-FR")).new_page()
    await page.add_init_script(NOTE_STREAMS)
    await sign_in(page, product)
    is_open = "() => noted.some(one => one.readyState === 1)"
    await page.wait_for_function(is_open)
    await page.evaluate(LOOKED_AT, False)
    assert await page.evaluate("noted.every(one => one.readyState === 2)") is True
    ask("POST", "/people", {"name": "Chloé", "extension": "103"})
    await page.evaluate(LOOKED_AT, True)
    await page.wait_for_function(is_open)
    await expect(page.locator("#now")).to_contain_text("Chloé")
    ask("POST", "/people", {"name": "David", "extension": "104"})
    await expect(page.locator("#now")).to_contain_text("David")
