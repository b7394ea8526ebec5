"""Calls to the outside: the limits are set and refused in words, and a call is tried on the page."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, save

WHOLE = {"fr-FR": "nombre", "en-GB": "Write a whole number."}
ABROAD = {"fr-FR": "dans un pays qui ne peut pas être appelé", "en-GB": "in a country that may not be called"}
HELP = {"fr-FR": "numéro d'urgence", "en-GB": "an emergency number"}
EVERYBODY = {"fr-FR": "tout le monde", "en-GB": "everybody"}
WIDE = {"fr-FR": "un voleur pourrait appeler", "en-GB": "a thief could call"}


@pytest.mark.feature("OUT-10")
async def test_limits_are_set_and_a_wrong_one_is_told_at_its_field(
    visitor: Page, settled: Product, words: Words
) -> None:
    before = settled.api.get("/outbound")
    assert before["limits"]["enabled"] is True
    try:
        await visitor.goto("/outbound")
        if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
            await visitor.screenshot(path=f"{folder}/outbound-{words.locale}.png", full_page=True)
        await visitor.fill("[name='limits.calls_per_day']", "beaucoup")
        await save(visitor)
        await expect(visitor.locator("#limits small.error")).to_contain_text(WHOLE[words.locale])
        await visitor.fill("[name='limits.calls_per_day']", "40")
        await visitor.fill("[name='limits.minutes_per_day']", "")
        for place, country in enumerate(("BE", "CH")):
            await visitor.click("button[value='add:limits.countries']")
            await visitor.select_option(f"[name='limits.countries.{place}']", country)
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        limits = settled.api.get("/outbound")["limits"]
        assert (limits["calls_per_day"], limits["minutes_per_day"]) == (40, None)
        assert set(limits["countries"]) == {"BE", "CH"}
        await visitor.locator("[id='f-limits.enabled']").set_checked(False)
        await save(visitor)
        await expect(visitor.locator("#limits .notice")).to_contain_text(WIDE[words.locale])
    finally:
        settled.api.ask("PUT", "/outbound", before)


@pytest.mark.feature("OUT-9", "OUT-10")
async def test_a_call_is_tried_with_its_reasons(visitor: Page, settled: Product, words: Words) -> None:
    for dialled, told in (("0044 20 7946 0000", ABROAD), ("15", HELP)):
        await visitor.goto("/outbound")
        await visitor.fill("#t-called", dialled)
        await visitor.locator("#try button[type=submit]").click()
        await expect(visitor.locator("#try .reasons")).to_contain_text(told[words.locale])
        await expect(visitor.locator("#try svg").first).to_be_visible()


@pytest.mark.feature("OUT-4")
async def test_a_number_is_reserved_to_somebody(visitor: Page, settled: Product, words: Words) -> None:
    before = settled.api.get("/outbound")
    number, person = (settled.api.get(f"/{name}")["items"][0]["id"] for name in ("numbers", "people"))
    try:
        await visitor.goto("/outbound")
        summary = visitor.locator("#reserved summary").first
        for reserved in ({number: [person]}, {}):
            await summary.click()
            await visitor.set_checked(f"[name='reserved.of-{number}[]'][value={person}]", bool(reserved))
            await save(visitor)
            await visitor.wait_for_url("**?done=saved")
            assert settled.api.get("/outbound")["reserved"] == reserved
            await visitor.goto("/outbound")
            await expect(summary).to_contain_text("Anne" if reserved else EVERYBODY[words.locale])
    finally:
        settled.api.ask("PUT", "/outbound", before)


@pytest.mark.feature("OUT-11")
async def test_short_numbers_are_kept_told_wrong_at_their_field_and_tried(
    visitor: Page, settled: Product, words: Words
) -> None:
    told = {"fr-FR": "un numéro d'urgence", "en-GB": "an emergency number"}
    stands = {"fr-FR": "55 est le numéro court", "en-GB": "55 is the short number"}
    before = settled.api.get("/outbound")
    try:
        await visitor.goto("/outbound")
        await visitor.locator("button[value='add:short_numbers']").click()
        await visitor.fill("[name='short_numbers.0.code']", "15")
        await visitor.fill("[name='short_numbers.0.name']", "Taxi")
        await visitor.fill("[name='short_numbers.0.number']", "06 39 98 12 34")
        await visitor.locator("button[value='add:short_numbers']").click()
        await expect(visitor.locator("[name='short_numbers.1.code']")).to_be_visible()
        await save(visitor)
        field = visitor.locator("#short-numbers .field", has=visitor.locator("[name='short_numbers.0.code']"))
        await expect(field).to_contain_text(told[words.locale])
        await expect(visitor.locator("[name='short_numbers.0.number']")).to_have_value("06 39 98 12 34")
        await visitor.fill("[name='short_numbers.0.code']", "55")
        if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
            await visitor.screenshot(path=f"{folder}/short-{words.locale}.png", full_page=True)
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        kept = settled.api.get("/outbound")["short_numbers"]
        assert kept == [{"code": "55", "name": "Taxi", "number": "+33639981234"}]
        await visitor.goto("/star-codes")
        await expect(visitor.locator("#besides")).to_contain_text("06 39 98 12 34")
        extension = settled.api.get("/people")["items"][0]["extension"]
        await visitor.goto(f"/outbound?caller={extension}&called=55")
        await expect(visitor.locator("#try .reasons")).to_contain_text(stands[words.locale])
    finally:
        settled.api.ask("PUT", "/outbound", before)


@pytest.mark.feature("OUT-11")
async def test_a_person_has_short_numbers_of_their_own(visitor: Page, settled: Product) -> None:
    person = settled.api.get("/people")["items"][0]["id"]
    await visitor.goto(f"/people/{person}")
    await (
        visitor.locator("details", has=visitor.locator("button[value='add:short_numbers']"))
        .locator("summary")
        .click()
    )
    await visitor.locator("button[value='add:short_numbers']").click()
    for name, text in (("code", "*5"), ("name", "Maman"), ("number", "+33 6 39 98 12 34")):
        await visitor.fill(f"[name='short_numbers.0.{name}']", text)
    if folder := os.environ.get("AUTOCOM_SCREENSHOTS"):
        await visitor.screenshot(path=f"{folder}/person-short.png", full_page=True)
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    (kept,) = settled.api.get(f"/people/{person}")["short_numbers"]
    assert kept["number"] == "+33639981234"
    await visitor.locator("button[value='remove:short_numbers.0']").click()
    await expect(visitor.locator("[name='short_numbers.0.code']")).to_have_count(0)
    async with visitor.expect_navigation():
        await save(visitor)
    assert settled.api.get(f"/people/{person}")["short_numbers"] == []
