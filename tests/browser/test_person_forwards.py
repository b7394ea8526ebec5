"""A person's forwards, second calls and callers who pass, set in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Product, Words, save, sign_in

NOWHERE = {"fr-FR": "Choisissez", "en-GB": "Choose where"}


@pytest.mark.feature("FWD-1", "FWD-3", "FWD-4")
async def test_forwards_are_chosen_and_the_case_left_out_is_told(
    visitor: Page, settled: Product, words: Words, tmp_path: Path
) -> None:
    await visitor.goto("/people/bruno")
    await expect(visitor.locator("p#forwards-left-open")).to_be_visible()
    await visitor.check("#f-forward_active")
    await save(visitor)
    await expect(visitor.locator(".destination:has([name='forward_to.pick']) .error")).to_contain_text(
        NOWHERE[words.locale]
    )
    await visitor.uncheck("#f-forward_active")
    await visitor.select_option("[name='forwards.busy.pick']", "external")
    await visitor.fill("[name='forwards.busy.number']", "01 99 00 12 99")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await expect(visitor.locator(".notice#forwards-left-open")).to_be_visible()
    await visitor.screenshot(path=tmp_path / "forwards.png", full_page=True)
    forwards = settled.api.get("/people/bruno")["forwards"]
    assert list(forwards) == ["busy"] and forwards["busy"]["confirm"]
    assert (forwards["busy"]["kind"], forwards["busy"]["number"]) == ("external", "+33199001299")
    settled.api.change("/people/bruno", forwards={"busy": None})


@pytest.mark.feature("BUSY-1", "FWD-6")
async def test_rarely_used_parts_are_folded_until_they_are_set(visitor: Page, settled: Product) -> None:
    await visitor.goto("/people/bruno")
    second, passing = "[name='when_busy.open.pick']", "[name=do_not_disturb_except]"
    for hidden in (second, passing):
        await expect(visitor.locator(hidden)).to_be_hidden()
        await visitor.click(f"details:has({hidden}) > summary")
    await visitor.select_option(second, "busy")
    await visitor.fill(passing, "101")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await expect(visitor.locator(second)).to_be_visible()
    await expect(visitor.locator(passing)).to_have_value("101")
    assert settled.api.get("/people/bruno")["when_busy"] == {"open": {"kind": "busy"}}
    settled.api.change("/people/bruno", when_busy={"open": None}, do_not_disturb_except=[])


@pytest.mark.feature("FWD-2", "RING-8")
async def test_a_scheduled_forward_is_added_and_said(
    visitor: Page, settled: Product, words: Words, tmp_path: Path
) -> None:
    await visitor.goto("/people/bruno")
    await visitor.click("details:has(.schedule) > summary")
    await visitor.click("button[value='add:scheduled_forwards']")
    at = "scheduled_forwards.0"
    await visitor.fill(f"[name='{at}.first']", "2026-11-26")
    await expect(visitor.locator(".for-days")).to_be_hidden()
    await visitor.select_option(f"[name='{at}.repeat']", "days")
    await visitor.check(f"[name='{at}.days[]'][value=WE]")
    await visitor.select_option(f"[name='{at}.destination.pick']", "busy")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    said = {"fr-FR": "Chaque semaine, mercredi, toute la journée", "en-GB": "Each week on Wednesday, all day"}
    await expect(visitor.locator(".schedule strong")).to_contain_text(said[words.locale])
    await visitor.evaluate(
        "document.querySelectorAll('details:has(fieldset)').forEach(one => one.open = true)"
    )
    await visitor.screenshot(path=tmp_path / "schedule.png", full_page=True)
    assert settled.api.get("/people/bruno")["scheduled_forwards"][0]["rule"] == "FREQ=WEEKLY;BYDAY=WE"
    settled.api.change("/people/bruno", scheduled_forwards=[])


@pytest.mark.feature("FWD-1", "FWD-3", "PERM-1")
async def test_a_person_forwards_their_own_calls(settled: Product, chromium: Browser) -> None:
    ask = settled.api
    ask.change("/permissions", everybody=["people.forward_to"])
    audio = ask.add("audios", name="Été", source="text", text="Nous sommes en vacances.")
    ask.change("/people/bruno", forwards={"busy": {"kind": "announcement", "audio_id": audio}})
    user = {"name": "Bruno", "password": PASSWORD, "role": "person", "person_id": "bruno", "language": "fr"}
    made = ask.add("users", **user)
    context = await chromium.new_context(base_url=settled.address, locale="fr-FR")
    page = await context.new_page()
    try:
        await sign_in(page, settled, "Bruno")
        await page.goto("/people/bruno")
        await expect(page.locator("[name='forward_to.pick']")).to_be_disabled()
        await page.select_option("[name='forwards.no_answer.pick']", label="Anne")
        await page.select_option("[name='when_unanswered.closed.pick']", label="Tonalité d'occupation")
        await save(page)
        await page.wait_for_url("**?done=saved")
        await expect(page.locator("[name='forwards.no_answer.pick']")).to_have_value("person:anne")
        kept = ask.get("/people/bruno")
        assert kept["forwards"]["no_answer"] == {"kind": "person", "person_id": "anne"}
        assert kept["forwards"]["busy"]["audio_id"] == audio
        assert kept["when_unanswered"] == {"closed": {"kind": "busy"}}
    finally:
        await context.close()
        ask.change("/permissions", everybody=[])
        nothing = {"no_answer": None, "busy": None}
        ask.change("/people/bruno", forwards=nothing, when_unanswered={"closed": None})
        ask.delete(f"/audios/{audio}")
        ask.delete(f"/users/{made}")
