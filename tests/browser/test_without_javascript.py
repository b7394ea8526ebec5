"""Forms work in a browser without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Product, office, save, sign_in


async def signed_in(product: Product, chromium: Browser) -> Page:
    """A page of a French browser without scripts, whose reader is the administrator."""
    context = await chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, product)
    return page


async def test_rows_and_paths_without_scripts(product: Product, chromium: Browser) -> None:
    ask = office(product)
    page = await signed_in(product, chromium)
    await page.goto(product.address + "/ring-groups/new")
    await page.fill("[name=name]", "Tous")
    await page.select_option("[name='members.0.person_id']", "anne")
    await page.click("button[value='add:members']")
    await expect(page.locator("[name='members.2.person_id']")).to_be_visible()
    await expect(page.locator("[name=name]")).to_have_value("Tous")
    await page.select_option("[name='members.2.person_id']", "bruno")
    await save(page)
    await page.wait_for_url("**/ring-groups/tous?done=created")
    members = ask("GET", "/groups/tous")["members"]
    assert [member["person_id"] for member in members] == ["anne", "bruno"]

    await page.goto(product.address + "/numbers/accueil")
    await page.fill("[name=date]", "2026-12-25")
    await page.fill("[name=time]", "10:00")
    await page.click(".try button")
    await expect(page.locator(".reasons")).to_contain_text("Noël")


async def test_a_wrong_value_is_told_at_its_field_and_the_others_stay(
    product: Product, chromium: Browser
) -> None:
    office(product)
    page = await signed_in(product, chromium)
    await page.goto(product.address + "/people/new")
    await page.fill("[name=name]", "Chloé")
    await page.fill("[name=extension]", "101")
    await save(page)
    await expect(page.locator("#e-extension")).to_contain_text("Anne a déjà le numéro interne 101")
    await expect(page.locator("[name=name]")).to_have_value("Chloé")
    await expect(page.locator("[name=extension]")).to_have_attribute("aria-invalid", "true")
    await page.fill("[name=extension]", "103")
    await save(page)
    await expect(page.locator("h1")).to_have_text("Chloé")


@pytest.mark.feature("IN-7")
async def test_a_mailbox_is_created_in_the_form_that_leads_there(product: Product, chromium: Browser) -> None:
    ask = office(product)
    page = await signed_in(product, chromium)
    await page.goto(product.address + "/numbers/accueil/edit")
    last = "routes.open.steps.1.destination"
    await page.select_option(f"[name='{last}.pick']", "new:mailbox")
    await save(page)
    await expect(page.locator(f"[id='e-{last}.new.name']")).to_be_visible()
    await page.fill(f"[name='{last}.new.name']", "Astreinte")
    await save(page)
    await page.wait_for_url("**/numbers/accueil?done=saved")
    (made,) = (each["id"] for each in ask("GET", "/mailboxes")["items"] if each["name"] == "Astreinte")
    steps = ask("GET", "/numbers/accueil")["routes"]["open"]["steps"]
    assert steps[1]["destination"] == {"kind": "mailbox", "mailbox_id": made}


@pytest.mark.feature("IN-1", "IN-2")
async def test_a_number_is_added_with_its_ready_path(product: Product, chromium: Browser) -> None:
    ask = office(product)
    page = await signed_in(product, chromium)
    await page.goto(product.address + "/numbers/new")
    await page.fill("[name=name]", "Chantier")
    await page.fill("[name=number]", "01 99 00 66 66")
    await page.check("[name='start.kind'][value=transfer_then_menu]")
    await expect(page.locator("[name='routes.open.steps.0.destination.pick']")).to_be_hidden()
    await page.select_option("[name='start.who']", "person:bruno")
    await save(page)
    await page.wait_for_url("**/numbers/chantier?done=created")
    steps = ask("GET", "/numbers/chantier")["routes"]["open"]["steps"]
    assert [step["destination"]["kind"] for step in steps] == ["person", "menu", "mailbox"]
