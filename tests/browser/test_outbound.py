"""Calls to the outside: the limits are set and refused in words, and a call is tried on the page."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, save

WHOLE = {"fr-FR": "nombre", "en-GB": "Write a whole number."}
ABROAD = {"fr-FR": "dans un pays qui ne peut pas être appelé", "en-GB": "in a country that may not be called"}
HELP = {"fr-FR": "numéro d'urgence", "en-GB": "an emergency number"}
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
        await visitor.select_option("[name='limits.countries[]']", ["BE", "CH"])
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
async def test_a_number_is_reserved_to_somebody(visitor: Page, settled: Product) -> None:
    before = settled.api.get("/outbound")
    number, person = (settled.api.get(f"/{name}")["items"][0]["id"] for name in ("numbers", "people"))
    try:
        await visitor.goto("/outbound")
        await visitor.select_option(f"[name='reserved.of-{number}[]']", [person])
        await save(visitor)
        await visitor.wait_for_url("**?done=saved")
        assert settled.api.get("/outbound")["reserved"] == {number: [person]}
        chosen = visitor.locator(f"[name='reserved.of-{number}[]'] option:checked")
        await expect(chosen).to_have_count(1)
    finally:
        settled.api.ask("PUT", "/outbound", before)
