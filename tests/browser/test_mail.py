"""E-mail: what is wrong told at its field, and a test that says why it failed."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Words, free_port, is_refused, save

MOST = {"fr-FR": "65535", "en-GB": "The most is 65535."}


async def test_a_wrong_port_is_told_at_its_field(visitor: Page, words: Words) -> None:
    await visitor.goto("/mail")
    await visitor.fill("[name=host]", "smtp.example.net")
    await visitor.fill("[name=port]", "70000")
    await is_refused(visitor, "port", MOST[words.locale])
    await expect(visitor.locator("[name=host]")).to_have_value("smtp.example.net")


@pytest.mark.feature("VM-3")
async def test_a_test_says_that_the_server_is_not_there(visitor: Page) -> None:
    await visitor.goto("/mail")
    await visitor.check("[name=enabled][type=checkbox]")
    await visitor.fill("[name=host]", "127.0.0.1")
    await visitor.fill("[name=port]", str(free_port()))
    await visitor.fill("[name=sender]", "box@example.net")
    await visitor.select_option("[name=security]", "none")
    await save(visitor)
    await visitor.wait_for_url("**?done=saved")
    await visitor.fill("[name=to]", "claire@example.net")
    await visitor.click("#test button")
    await expect(visitor.locator("#test [role=alert]")).to_be_visible()
    await expect(visitor.locator("[name=to]")).to_have_value("claire@example.net")
