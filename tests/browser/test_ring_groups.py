"""Ring groups: up to seven people, and what is wrong told at its field."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Product, Words, is_refused, save

TAKEN = {"fr-FR": "Anne", "en-GB": "Anne"}


async def test_a_taken_extension_is_told_and_the_members_stay(visitor: Page, words: Words) -> None:
    await visitor.goto("/ring-groups/new")
    await visitor.fill("[name=name]", "Atelier")
    await visitor.fill("[name=extension]", "101")
    await visitor.select_option("[name='members.0.person_id']", "bruno")
    await is_refused(visitor, "extension", TAKEN[words.locale])
    await expect(visitor.locator("[name='members.0.person_id']")).to_have_value("bruno")
    await expect(visitor.locator("[name=name]")).to_have_value("Atelier")


@pytest.mark.feature("RING-2")
async def test_seven_may_ring_and_no_eighth(visitor: Page, settled: Product, words: Words) -> None:
    ask = settled.api
    made = [ask.add("people", name=f"Membre {n}", extension=f"7{n}0") for n in range(5)]
    try:
        await visitor.goto("/ring-groups/new")
        await visitor.fill("[name=name]", f"Sept {words.locale}")
        await visitor.select_option("[name=order]", "round_robin")
        present = await visitor.locator("[name$='.person_id']").count()
        for place in range(present, 7):
            await visitor.click("button[value='add:members']")
            await expect(visitor.locator("[name$='.person_id']")).to_have_count(place + 1)
        await expect(visitor.locator("button[value='add:members']")).to_have_count(0)
        for place, person in enumerate(("anne", "bruno", *made)):
            await visitor.select_option(f"[name='members.{place}.person_id']", person)
        await save(visitor)
        await visitor.wait_for_url("**?done=created")
        group = visitor.url.rpartition("/")[2].partition("?")[0]
        members = ask.get(f"/groups/{group}")["members"]
        assert [one["person_id"] for one in members] == ["anne", "bruno", *made]
        assert ask.get(f"/groups/{group}")["order"] == "round_robin"
        ask.delete(f"/groups/{group}")
    finally:
        for person in made:
            ask.delete(f"/people/{person}")


@pytest.mark.feature("RING-5")
async def test_callers_may_wait_and_too_many_are_told_at_the_field(
    visitor: Page, settled: Product, words: Words
) -> None:
    await visitor.goto("/ring-groups/new")
    await visitor.fill("[name=name]", f"Attente {words.locale}")
    await visitor.select_option("[name='members.0.person_id']", "bruno")
    await visitor.check("[name=queue_on][type=checkbox]")
    await visitor.fill("[name='queue.max_waiting']", "51")
    await visitor.uncheck("[name='queue.say_wait'][type=checkbox]")
    await is_refused(visitor, "queue.max_waiting", "50")
    await visitor.fill("[name='queue.max_waiting']", "20")
    await save(visitor)
    await visitor.wait_for_url("**?done=created")
    group = visitor.url.rpartition("/")[2].partition("?")[0]
    queue = settled.api.get(f"/groups/{group}")["queue"]
    assert (queue["max_waiting"], queue["max_wait"], queue["say_wait"], queue["say_position"]) == (
        20,
        300,
        False,
        True,
    )
    await expect(visitor.locator("[name=queue_on][type=checkbox]")).to_be_checked()
    await visitor.uncheck("[name=queue_on][type=checkbox]")
    await save(visitor)
    assert settled.api.get(f"/groups/{group}")["queue"] is None
    settled.api.delete(f"/groups/{group}")
