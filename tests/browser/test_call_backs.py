"""Call-backs, and members who sign out of a group, as they happen on the pages: without a reload."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words

CALL_OFF = {"fr-FR": "Annuler", "en-GB": "Call off"}
CALLED_OFF = {"fr-FR": "annulé", "en-GB": "called off"}
LEAVE = {"fr-FR": "Ne plus sonner", "en-GB": "Sign out of the group"}
LEFT = {"fr-FR": "retiré", "en-GB": "signed out"}


@pytest.mark.feature("OUT-6")
async def test_the_list_follows_what_is_asked_for_and_called_off(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/call-backs")
    await visitor.evaluate("window.sameDocument = true")
    waiting = visitor.locator("#waiting li")
    await expect(waiting).to_have_count(0)
    wish = {"number": "06 39 98 12 34", "name": "Mme Petit", "person_id": "anne", "in_minutes": 60}
    settled.api.ask("POST", "/call_backs/requests", wish)
    await expect(waiting).to_have_count(1)
    await expect(waiting).to_contain_text("Mme Petit")
    assert await visitor.evaluate("window.sameDocument") is True
    await waiting.get_by_role("button", name=CALL_OFF[words.locale]).click()
    await expect(waiting).to_have_count(0)
    await expect(visitor.locator("#over li").first).to_contain_text(CALLED_OFF[words.locale])
    assert settled.api.get("/call_backs/requests")["open"] == []


@pytest.mark.feature("RING-5")
async def test_a_member_is_signed_out_on_the_groups_page(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/ring-groups/ventes")
    anne = visitor.locator("#members-now li[data-person=anne]")
    try:
        await anne.get_by_role("button", name=LEAVE[words.locale]).click()
        await expect(anne).to_contain_text(LEFT[words.locale])
    finally:
        settled.api.ask("PUT", "/people/anne/groups/ventes", {"signed_in": True})
    await expect(anne.get_by_role("button", name=LEAVE[words.locale])).to_be_visible()
