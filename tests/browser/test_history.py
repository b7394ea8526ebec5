"""History: a call's way in words, found again by who called."""

from __future__ import annotations

import os

from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words
from tests.support.raw_messages import description
from tests.support.raw_sip import RawPhone

NO_PHONE = {"fr-FR": "Bruno n'a aucun téléphone", "en-GB": "Bruno has no phone"}


async def test_a_call_appears_with_its_trail(visitor: Page, settled: Product, words: Words) -> None:
    made = settled.api.ask("POST", "/phones", {"name": "Poste", "person_id": "anne", "kind": "deskphone"})
    server = ("127.0.0.1", settled.sip_port)
    phone = await RawPhone.open(server, made["sip_user"], made["sip_password"])
    assert (await phone.register()).status == 200
    await visitor.goto("/history")
    rows = visitor.locator("#calls a.stretched")
    before = await rows.count()
    call = phone.call("102")
    await call.invite_authenticated(description(40000, codecs="8 101"))
    answer = await call.response()
    # Bruno has neither phone nor mailbox here.
    assert answer.status == 480
    call.acknowledge(answer)
    await expect(rows).to_have_count(before + 1)
    await rows.first.click()
    await expect(visitor.locator(".reasons")).to_contain_text(NO_PHONE[words.locale])
    await visitor.locator("main a[href$='/messages']").click()
    await expect(visitor.locator("svg.ladder")).to_contain_text("INVITE")
    await expect(visitor.locator("svg.ladder")).to_contain_text("480")
    if picture := os.environ.get("AUTOCOM_PICTURE"):
        await visitor.screenshot(path=picture, full_page=True)
    await visitor.locator("#message-1 summary").click()
    await expect(visitor.locator("#message-1 pre")).to_be_visible()
    assert made["sip_password"] not in await visitor.content()
    await visitor.goto("/history?q=0612999999")
    await expect(visitor.locator("#calls .empty")).to_be_visible()
    phone.close()
    settled.api.delete(f"/phones/{made['id']}")
