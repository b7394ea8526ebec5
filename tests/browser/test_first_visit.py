"""The first day of an office: claimed, set up, a phone that comes online, hours changed, a message heard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from appliance.media import g711
from tests.audio_measure import sine
from tests.browser.conftest import NAME, PASSWORD, Product, Words, save, watch
from tests.interop.waiting import until
from tests.support.raw_audio import RawAudio
from tests.support.raw_messages import description
from tests.support.raw_sip import RawPhone

SUNDAY = date.today() + timedelta(days=(6 - date.today().weekday()) % 7 + 7)
SOUND = g711.encode("PCMA", sine(440, 1.0))


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, words: Words, troubles: list[str]) -> AsyncIterator[Page]:
    context = await chromium.new_context(locale=words.locale, viewport={"width": 1280, "height": 860})
    page = await context.new_page()
    watch(page, troubles)
    yield page
    await context.close()


@pytest.mark.feature("TIME-2", "TIME-5", "VM-1", "VM-7", "NUM-1", "RING-1")
async def test_the_first_day(product: Product, page: Page, words: Words) -> None:
    await claim(product, page, words)
    await add_person(page, product, "Bruno", "102")
    await add_person(page, product, "Anne", "101")
    phone = await connect_a_phone(page, product)
    await add_a_number(page, product)
    await open_on_sunday(page, product, words)
    await leave_and_hear_a_message(page, product, words, phone)
    phone.close()


async def claim(product: Product, page: Page, words: Words) -> None:
    await page.goto(product.address)
    await page.fill("[name=code]", product.claim_code)
    await page.fill("[name=name]", NAME)
    await page.fill("[name=password]", PASSWORD)
    await save(page)
    await expect(page.locator("h1")).to_have_text(words.setup)
    await page.fill("[name=name]", "Atelier Claire")
    await save(page)
    await page.wait_for_url(product.address + "/")
    await expect(page.locator(".brand")).to_have_text("Atelier Claire")


async def add_person(page: Page, product: Product, name: str, extension: str) -> None:
    await page.goto(product.address + "/people/new")
    await page.fill("[name=name]", name)
    await page.fill("[name=extension]", extension)
    await save(page)
    await expect(page.locator("h1")).to_have_text(name)


async def connect_a_phone(page: Page, product: Product) -> RawPhone:
    """Add a phone; it registers with what the page says, and the page shows it without being loaded anew."""
    await page.click("a[href='/phones/new?person=anne']")
    await page.fill("[name=name]", "Poste 101")
    await save(page)
    user = await page.inner_text("#sip-user")
    password = await page.inner_text("#sip-password")
    state = page.locator("[data-phone]")
    await expect(state).to_have_attribute("data-online", "no")
    await page.evaluate("window.sameDocument = true")
    phone = await RawPhone.open(("127.0.0.1", product.sip_port), user, password)
    assert (await phone.register()).status == 200
    await expect(state).to_have_attribute("data-online", "yes")
    assert await page.evaluate("window.sameDocument") is True
    return phone


async def add_a_number(page: Page, product: Product) -> None:
    await page.goto(product.address + "/lines/new")
    await page.fill("[name=name]", "Opérateur")
    await page.fill("[name=server]", "192.0.2.9")
    await page.select_option("[name=mode]", "trusted")
    await page.fill("[name=trusted_addresses]", "192.0.2.9")
    await save(page)
    await page.wait_for_url("**/lines/operateur*")
    await page.goto(product.address + "/numbers/new")
    await page.fill("[name=name]", "Accueil")
    await page.fill("[name=number]", "01 99 00 12 34")
    await page.select_option("[name='routes.open.steps.0.destination.pick']", "person:anne")
    await page.click("button[value='add:routes.closed.steps']")
    closed = page.locator("[name='routes.closed.steps.0.destination.pick']")
    await closed.select_option(value="mailbox:office")
    await save(page)
    await page.wait_for_url("**/numbers/accueil*")


async def lit(page: Page) -> set[str]:
    """The places of the drawing that are lit."""
    found = await page.eval_on_selector_all(".box.lit", "boxes => boxes.map(box => box.dataset.id)")
    return set(found)


async def open_on_sunday(page: Page, product: Product, words: Words) -> None:
    """Sunday at two goes to the mailbox; once Sunday is open, to the person: seen before and after."""
    await page.goto(product.address + "/numbers/accueil")
    await page.evaluate("window.sameDocument = true")
    await page.fill("[name=date]", SUNDAY.isoformat())
    await page.fill("[name=time]", "14:00")
    await page.locator("[name=time]").dispatch_event("change")
    await expect(page.locator(".reasons")).to_contain_text(words.closed)
    await expect(page).to_have_url(re.compile("time=14"))
    assert await page.evaluate("window.sameDocument") is True
    tried = page.url
    closed = await lit(page)

    await page.goto(product.address + "/opening-hours")
    await page.locator("a.stretched").first.click()
    await page.fill("[name='week.sunday.0.start']", "13:00")
    await page.fill("[name='week.sunday.0.end']", "15:00")
    await save(page)
    await page.wait_for_url("**?done=saved")

    await page.goto(tried)
    await expect(page.locator(".reasons")).to_contain_text(words.open)
    opened = await lit(page)
    assert any("person:anne" in place for place in opened)
    assert not any("person:anne" in place for place in closed)
    assert closed and opened and closed != opened


async def leave_and_hear_a_message(page: Page, product: Product, words: Words, phone: RawPhone) -> None:
    """Anne calls Bruno, who has no phone: his mailbox answers, and the page shows the message by itself."""
    await page.goto(product.address + "/voicemail")
    await expect(page.locator("main .empty")).to_be_visible()
    await leave_a_message(product, phone)
    message = page.locator("ul.messages > li")
    await expect(message).to_have_count(1)
    audio = message.locator("audio")
    await audio.evaluate("sound => sound.play()")
    await page.wait_for_function(
        "() => { const sound = document.querySelector('ul.messages audio');"
        " return sound.currentTime > 0.3 && sound.duration > 1; }"
    )
    await page.goto(product.address + "/voicemail")
    await expect(message).to_contain_text(words.heard)
    await page.goto(product.address + "/history")
    await page.locator("a.stretched").first.click()
    await expect(page.locator(".reasons")).to_contain_text(words.no_phone)
    assert await lit(page)


async def leave_a_message(product: Product, phone: RawPhone) -> None:
    mouth = await RawAudio.open()
    call = phone.call("102")
    await call.invite_authenticated(description(mouth.port, codecs="8 101"))
    answer = await call.response()
    assert answer.status == 200
    call.acknowledge(answer)
    mouth.speak(answer.media, SOUND)
    recordings = lambda: list(product.data.glob("messages/*/*.wav"))
    await asyncio.to_thread(until, recordings, "a recording begun", 40)
    # What is said has to last as long as it lasts.
    await asyncio.sleep(2.5)
    call.bye()
    await call.response("BYE")
    mouth.close()
