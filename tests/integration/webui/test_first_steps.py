"""What a page says while the office has not yet what it needs."""

from __future__ import annotations

from appliance.control.live import Warn
from tests.support.office_box import OfficeBox

PASSWORD = "une phrase assez longue"


async def test_a_phone_asks_for_a_person_first(box: OfficeBox, browser) -> None:
    page = await browser.get("/claim")
    await browser.submit(page, code=box.claim_code or "", name="Claire", password=PASSWORD)
    await browser.submit(await browser.get("/setup"), name="Atelier")
    asked = "Un téléphone appartient à une personne, et il n&#39;y en a pas encore."
    assert asked in (await browser.get("/phones/new")).text
    page = await browser.submit(await browser.get("/people/new"), name="Anne", extension="101")
    assert page.path == "/people/anne?done=created"
    assert asked not in (await browser.get("/phones/new")).text


async def test_the_words_of_the_box_are_read_without_the_marks_of_what_is_filled_in(administrator) -> None:
    page = await administrator.get("/sounds")
    assert "Appel de (le nom)." in page.text
    assert "{" not in page.text.split('id="content"', 1)[1]


async def test_the_overview_leads_to_what_is_not_well(office: OfficeBox, administrator) -> None:
    office.warnings = [Warn(code="line_down", parameters={"line": "Orange", "reason": "no_answer"})]
    shown = (await administrator.get("/")).text
    assert '<a href="/lines">' in shown
    for collection in ("lines", "people"):
        for identifier in office.configuration.collection(collection):
            assert f'<a href="/{collection}/{identifier}">' in shown
    person, other = list(office.configuration.people)[:2]
    await administrator.become(person)
    shown = (await administrator.get("/")).text
    assert f'<a href="/people/{person}">' in shown
    assert f"/people/{other}" not in shown and "/lines" not in shown
