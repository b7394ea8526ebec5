"""Mailboxes: a greeting of one's own, and what is wrong told at its field."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, is_refused, save

WHOLE = {"fr-FR": "nombre", "en-GB": "Write a whole number."}


@pytest.mark.feature("VM-4")
async def test_wrong_days_are_told_at_their_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/mailboxes/office")
    await visitor.fill("[name=keep_days]", "a week")
    await visitor.fill("[name=emails]", "claire@example.net")
    await is_refused(visitor, "keep_days", WHOLE[words.locale])
    await expect(visitor.locator("[name=keep_days]")).to_have_value("a week")
    await expect(visitor.locator("[name=emails]")).to_have_value("claire@example.net")


@pytest.mark.feature("VM-2")
async def test_a_typed_greeting_is_kept(visitor: Page, settled: Product, words: Words) -> None:
    text = f"Bonjour, {words.locale}"
    await visitor.goto("/mailboxes/office")
    await visitor.select_option("[name='greetings.open.audio_id']", "text")
    await visitor.fill("[name='greetings.open.text']", text)
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await expect(visitor.locator("[name='greetings.open.text']")).to_have_value(text)
    assert settled.api.get("/mailboxes/office")["greetings"]["open"]["text"] == text


@pytest.mark.feature("VM-7")
async def test_members_hear_a_group_s_messages_unless_unticked(
    visitor: Page, settled: Product, words: Words
) -> None:
    """For whom there are no members, nothing is asked about them."""
    group = next(each for each in settled.api.get("/groups")["items"] if each["name"] == "Ventes")
    await visitor.goto("/mailboxes/new")
    await visitor.fill("[name=name]", f"Ventes {words.locale}")
    hear = visitor.locator("#f-members_hear")
    await expect(hear).to_be_hidden()
    await visitor.select_option("[name=owned_by]", f"group:{group['id']}")
    await expect(hear).to_be_checked()
    await hear.uncheck()
    await save(visitor)
    await visitor.wait_for_url("**?done=*")
    await expect(hear).not_to_be_checked()
    kept = settled.api.get("/mailboxes")["items"]
    mine = next(each for each in kept if each["name"] == f"Ventes {words.locale}")
    assert mine["owner_id"] == group["id"] and not mine["members_hear"]
    settled.api.ask("DELETE", f"/mailboxes/{mine['id']}")
