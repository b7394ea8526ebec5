"""Security: what was refused is told as it happens, an address is heard again, the doors are set."""

from __future__ import annotations

from playwright.async_api import Page, expect

from appliance.sip.guard import SHUT_OUT_AFTER
from tests.browser.conftest import Product, Words, save
from tests.support.raw_sip import RawPhone

INTRUDER = "127.0.66.6"
PROOF = 'Authorization: Digest username="nobody", realm="autocom", nonce="x", uri="sip:a", response="y"'
TOLD = {"fr-FR": "mauvais identifiant", "en-GB": "wrong user name or password"}
HEARD = {"fr-FR": "Écouter à nouveau", "en-GB": "Hear it again"}


async def test_a_guesser_is_shown_as_it_is_shut_out_and_heard_again(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/security")
    server = ("127.0.0.1", settled.sip_port)
    guesser = await RawPhone.open(server, "nobody", "guess", host=INTRUDER)
    challenge = await guesser.ask("OPTIONS")
    assert challenge.status == 200
    for _ in range(SHUT_OUT_AFTER):
        guesser.ask_only("REGISTER", PROOF)
    await expect(visitor.locator("#security")).to_contain_text(TOLD[words.locale])
    await expect(visitor.locator("#security")).to_contain_text(INTRUDER)
    await visitor.get_by_role("button", name=HEARD[words.locale]).click()
    await expect(visitor.locator("[role=status]")).to_be_visible()
    await expect(visitor.get_by_role("button", name=HEARD[words.locale])).to_have_count(0)
    assert (await guesser.ask("OPTIONS")).status == 200
    guesser.close()


async def test_the_doors_are_opened_and_shut_on_the_offices_page(visitor: Page, settled: Product) -> None:
    for wanted in (True, False):
        await visitor.goto("/office")
        await visitor.locator("#f-phones_outside").set_checked(wanted)
        await save(visitor)
        assert settled.api.get("/office")["phones_outside"] is wanted
