"""E-mail: what is wrong told at its field, and a test that says why it failed."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Words, free_port, is_refused

MOST = {"fr-FR": "65535", "en-GB": "The most is 65535."}


async def test_a_wrong_port_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/mail")
    await visitor.fill("[name=host]", "smtp.example.net")
    await visitor.fill("[name=port]", "70000")
    await is_refused(visitor, "port", MOST[words.locale])
    await expect(visitor.locator("[name=host]")).to_have_value("smtp.example.net")


@pytest.mark.feature("VM-3")
async def test_a_test_keeps_what_is_typed_and_leads_to_what_is_wrong(visitor: Page) -> None:
    await visitor.goto("/mail")
    await visitor.fill("[name=host]", "127.0.0.1")
    await visitor.fill("[name=port]", str(free_port()))
    await visitor.fill("[name=sender]", "box@example.net")
    await visitor.select_option("[name=security]", "none")
    await visitor.fill("[name=to]", "claire@example.net")
    await visitor.click("#test button")
    await expect(visitor.locator("#refused")).to_be_focused()
    await expect(visitor.locator("[name=host]")).to_have_value("127.0.0.1")
    await expect(visitor.locator("[name=to]")).to_have_value("claire@example.net")
    await visitor.locator("#refused a").click()
    await expect(visitor.locator("[name=host]")).to_be_focused()
