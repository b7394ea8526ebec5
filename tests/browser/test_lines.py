"""Lines: what is wrong told at its field; a password that never comes back to the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, is_refused, save

WHOLE = {"fr-FR": "nombre", "en-GB": "Write a whole number."}
SECRET = "pr0vider-secret"
RANGES = (
    ("749-700", {"fr-FR": "le plus petit vient d'abord", "en-GB": "the lower one comes first"}),
    ("110-119", {"fr-FR": "est un numéro d'urgence", "en-GB": "is an emergency number"}),
)


async def test_a_wrong_port_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/lines/operateur")
    await visitor.locator("details.sheet summary").click()
    await visitor.fill("[name=port]", "sip")
    await visitor.fill("[name=name]", "Opérateur deux")
    await is_refused(visitor, "port", WHOLE[words.locale])
    await expect(visitor.locator("[name=port]")).to_be_visible()
    await expect(visitor.locator("[name=name]")).to_have_value("Opérateur deux")


@pytest.mark.feature("NUM-2")
async def test_the_password_of_a_line_is_kept_and_never_shown(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/lines/new")
    await visitor.fill("[name=name]", f"Secours {words.locale[:2]}")
    await visitor.fill("[name=server]", "192.0.2.77")
    await visitor.fill("[name=user]", "0199")
    await visitor.fill("[name=password]", SECRET)
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    assert SECRET not in await visitor.content()
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    line = visitor.url.rpartition("/")[2].partition("?")[0]
    assert settled.api.get(f"/lines/{line}")["password_set"] is True
    settled.api.delete(f"/lines/{line}")


@pytest.mark.feature("OUT-3")
async def test_a_prefix_is_set_and_one_that_hides_something_is_told_at_its_field(
    visitor: Page, settled: Product, words: Words
) -> None:
    told = {"fr-FR": "Des numéros extérieurs", "en-GB": "Numbers outside"}
    await visitor.goto("/lines/operateur")
    await visitor.fill("[name=prefix]", "0")
    await is_refused(visitor, "prefix", told[words.locale])
    await visitor.fill("[name=prefix]", "+33")
    await is_refused(visitor, "prefix", "+")
    await visitor.fill("[name=prefix]", "*123*")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    assert settled.api.get("/lines/operateur")["prefix"] == "*123*"
    await visitor.fill("[name=prefix]", "")
    async with visitor.expect_navigation():
        await save(visitor)
    assert settled.api.get("/lines/operateur")["prefix"] is None


@pytest.mark.feature("NUM-2", "IN-3")
async def test_another_phone_system_has_a_form_of_its_own(
    visitor: Page, settled: Product, words: Words
) -> None:
    heading = {"fr-FR": "Ajouter un autre système téléphonique", "en-GB": "Add another phone system"}
    await visitor.goto("/lines")
    await visitor.click("a[href='/lines/new?kind=pbx']")
    await expect(visitor.locator("h1")).to_have_text(heading[words.locale])
    await visitor.fill("[name=name]", "Annexe")
    await visitor.fill("[name=server]", "192.0.2.78")
    await visitor.check("[name=extension_in_to][type=checkbox]")
    for written, told in RANGES:
        await visitor.fill("[name=extensions_there]", written)
        await is_refused(visitor, "extensions_there", told[words.locale])
    await visitor.fill("[name=extensions_there]", "700 – 749, 760")
    await expect(visitor.locator("[name=calls_outside][type=checkbox]")).not_to_be_checked()
    await visitor.check("[name=calls_outside][type=checkbox]")
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    await expect(visitor.locator("[name=extensions_there]")).to_have_value("700-749, 760")
    line = visitor.url.rpartition("/")[2].partition("?")[0]
    kept = settled.api.get(f"/lines/{line}")
    assert (kept["kind"], kept["mode"], kept["extension_in_to"]) == ("pbx", "trusted", True)
    assert (kept["extensions_there"], kept["calls_outside"]) == (["700-749", "760"], True)
    await visitor.goto("/star-codes")
    await expect(visitor.locator("#besides tr", has_text="700-749")).to_contain_text("Annexe")
    settled.api.delete(f"/lines/{line}")


@pytest.mark.feature("NUM-2")
async def test_an_operator_fills_in_what_is_known_of_it(
    visitor: Page, settled: Product, words: Words
) -> None:
    note = {"fr-FR": "fiche de l'opérateur", "en-GB": "operator's sheet"}
    await visitor.goto("/lines/new")
    await visitor.click("a[href='/lines/new?operator=telnyx']")
    await expect(visitor.locator("[name=server]")).to_have_value("sip.telnyx.com")
    await visitor.click("a[href='/lines/new?operator=orange']")
    await expect(visitor.locator("[name=server]")).to_have_value("")
    await expect(visitor.locator("main .notice")).to_contain_text(note[words.locale])
    await visitor.fill("[name=server]", "192.0.2.79")
    await visitor.fill("[name=user]", "0199")
    await visitor.fill("[name=password]", SECRET)
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    line = visitor.url.rpartition("/")[2].partition("?")[0]
    kept = settled.api.get(f"/lines/{line}")
    assert (kept["operator"], kept["name"], kept["mode"]) == ("orange", "Orange", "registered")
    settled.api.delete(f"/lines/{line}")
