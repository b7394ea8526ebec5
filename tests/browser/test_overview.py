"""The overview: a phone comes and goes without the page being loaded anew."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words
from tests.support.raw_sip import RawPhone

CONNECTED = {"fr-FR": "connecté", "en-GB": "connected"}


@pytest.mark.feature("RING-1")
async def test_a_phone_comes_and_goes(visitor: Page, settled: Product, words: Words) -> None:
    fields = {"name": "Poste", "person_id": "anne", "kind": "deskphone"}
    made = settled.api.ask("POST", "/phones", fields)
    await visitor.goto("/")
    state = visitor.locator(f"[data-phone='{made['id']}']")
    await expect(state).to_have_attribute("data-online", "no")
    await visitor.evaluate("window.sameDocument = true")
    server = ("127.0.0.1", settled.sip_port)
    phone = await RawPhone.open(server, made["sip_user"], made["sip_password"])
    assert (await phone.register()).status == 200
    await expect(state).to_have_attribute("data-online", "yes")
    await expect(state).to_contain_text(CONNECTED[words.locale])
    assert (await phone.register(expires=0)).status == 200
    await expect(state).to_have_attribute("data-online", "no")
    assert await visitor.evaluate("window.sameDocument") is True
    phone.close()
    settled.api.delete(f"/phones/{made['id']}")
