"""Contacts: made, found, refused at the field, and taken in from a table after a look at it."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NAME, Product, Words, save

SHORT = {"fr-FR": "trop court", "en-GB": "too short"}
LINE = {"fr-FR": "Ligne 3 : Ce numéro est trop court", "en-GB": "Line 3: This number is too short"}
NO_PHONE = {"fr-FR": "téléphone", "en-GB": "phones is connected"}
TABLE = "Nom;Société;Mobile;Truc\nAda;Works;06 11 11 11 11;x\nBad;;06 1;x\n"


async def picture(visitor: Page, words: Words, name: str) -> None:
    if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
        await visitor.screenshot(path=f"{folder}/{name}-{words.locale}.png", full_page=True)


@pytest.mark.feature("CRM-1", "CRM-5")
async def test_contacts_are_made_found_and_imported(visitor: Page, settled: Product, words: Words) -> None:
    try:
        await visitor.goto("/contacts/new")
        await visitor.fill("[name=name]", "Zoé Martin")
        await visitor.fill("[name='numbers.0']", "06 1")
        await save(visitor)
        await expect(visitor.locator("fieldset.numbers small.error").first).to_contain_text(
            SHORT[words.locale]
        )
        await visitor.fill("[name='numbers.0']", "06 12 34 56 99")
        await save(visitor)
        await visitor.wait_for_url("**/contacts?done=created")
        await visitor.goto("/contacts/import")
        file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": TABLE.encode("cp1252")}
        await visitor.set_input_files("[name=file]", file)  # type: ignore[arg-type]
        await visitor.locator("main form button").click()
        await expect(visitor.locator("[name='mapping.2']")).to_have_value("number")
        await visitor.locator("button[value=save]").click()
        await expect(visitor.locator("#faults")).to_contain_text(LINE[words.locale])
        await picture(visitor, words, "contact-import")
        assert settled.api.get("/contacts")["total"] == 1
        await visitor.locator("button[value=only_good]").click()
        await visitor.wait_for_url("**/contacts?done=imported")
        await expect(visitor.locator("#contacts li")).to_have_count(2)
        await picture(visitor, words, "contacts")
        await visitor.fill("#c-q", "zoe")
        await expect(visitor.locator("#contacts li")).to_have_count(1)
        await visitor.locator("#contacts a.stretched").click()
        await expect(visitor.locator("[name=name]")).to_have_value("Zoé Martin")
        await picture(visitor, words, "contact")
    finally:
        for contact in settled.api.get("/contacts")["items"]:
            settled.api.delete(f"/contacts/{contact['id']}")


@pytest.mark.feature("FWD-1", "CRM-1")
async def test_a_contact_is_found_by_name_where_a_call_goes_and_followed(
    visitor: Page, settled: Product, words: Words
) -> None:
    made = settled.api.ask("POST", "/contacts", {"name": "Zoé Martin", "numbers": ["+33612345699"]})
    try:
        await visitor.goto("/people/bruno")
        where = visitor.locator(".destination:has([name='forwards.busy.pick'])")
        await where.locator("select").select_option("external")
        number = where.locator("input[type=tel]")
        await number.press_sequentially("zoé")
        found = where.locator("datalist option")
        await expect(found).to_have_text("Zoé Martin")
        await picture(visitor, words, "contact-chosen")
        await number.fill(await found.get_attribute("value") or "")
        await where.locator("[name$=follows_contact][type=checkbox]").check()
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        chosen = settled.api.get("/people/bruno")["forwards"]["busy"]
        assert (chosen["number"], chosen["follows_contact"]) == ("+33612345699", True)
    finally:
        settled.api.change("/people/bruno", forwards={"busy": None})
        settled.api.delete(f"/contacts/{made['id']}")


@pytest.mark.feature("OUT-7")
async def test_a_click_that_cannot_call_says_why(visitor: Page, settled: Product, words: Words) -> None:
    name = NAME if words.locale == "fr-FR" else f"{NAME} {words.locale}"
    user = next(one for one in settled.api.get("/users")["items"] if one["name"] == name)
    made = settled.api.ask("POST", "/contacts", {"name": "Zoé Martin", "numbers": ["+33612345699"]})
    try:
        await visitor.goto(f"/contacts/{made['id']}")
        await expect(visitor.locator("form.call-button")).to_have_count(0)
        settled.api.ask("PATCH", f"/users/{user['id']}", {"person_id": "anne"})
        for page in (f"/contacts/{made['id']}", "/contacts"):
            await visitor.goto(page)
            await visitor.locator("form.call-button button").click()
            await visitor.wait_for_url("**?refused=no_phone")
            await expect(visitor.locator("main .notice.bad").first).to_contain_text(NO_PHONE[words.locale])
        await picture(visitor, words, "contact-call")
    finally:
        settled.api.ask("PATCH", f"/users/{user['id']}", {"person_id": user["person_id"]})
        settled.api.delete(f"/contacts/{made['id']}")
