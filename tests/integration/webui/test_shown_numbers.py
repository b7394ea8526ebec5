"""The numbers somebody may show, on their page: ticked by the administrator, read by the person."""

from __future__ import annotations

import pytest

from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox
from webui.phone_numbers import write_number

CHOSEN = 'option value="{}" selected'


@pytest.mark.feature("OUT-1")
async def test_numbers_are_ticked_without_scripts_and_the_person_reads_which(
    administrator: Browser, office: OfficeBox
) -> None:
    person = next(iter(office.configuration.people))
    first, second, *_ = office.configuration.numbers.values()
    path = f"/people/{person}"

    page = await administrator.get(path)
    assert 'name="shows_only"' in page.text and "Ne peut présenter que certains numéros" in page.text
    ticked = {"shows_only": "on", "allowed_number_ids[]": second.id}
    refused = await administrator.submit(page, **ticked, presented_number_id=first.id, do="save")
    assert refused.status == 422 and office.configuration.people[person].allowed_number_ids is None
    name = office.configuration.people[person].name
    assert f"{first.name} ne fait pas partie des numéros qu&#39;{name} peut présenter." in refused.text
    assert CHOSEN.format(first.id) in refused.text, "what was chosen stays"

    await administrator.submit(refused, **ticked, presented_number_id=second.id, do="save")
    record = office.configuration.people[person]
    assert (record.allowed_number_ids, record.presented_number_id) == ((second.id,), second.id)
    page = await administrator.get(path)
    assert "Pas encore permis" in page.text and CHOSEN.format(second.id) in page.text
    # What else is saved leaves the list as it is.
    await administrator.submit(page, comment="Atelier", do="save")
    assert office.configuration.people[person].allowed_number_ids == (second.id,)

    await administrator.become(person)
    page = await administrator.get(path)
    assert 'name="shows_only"' not in page.text
    assert "que l'administrateur vous permet de présenter" in page.text.replace("&#39;", "'")
    assert write_number(second.number) in page.text and f'value="{first.id}"' not in page.text
    await administrator.submit(page, presented_number_id="", do="save")
    record = office.configuration.people[person]
    assert (record.allowed_number_ids, record.presented_number_id) == ((second.id,), None)


async def test_the_list_is_taken_off_again(administrator: Browser, office: OfficeBox) -> None:
    person = next(iter(office.configuration.people))
    path = f"/people/{person}"
    await administrator.submit(await administrator.get(path), shows_only="on", do="save")
    assert office.configuration.people[person].allowed_number_ids == ()
    await administrator.submit(await administrator.get(path), shows_only="", do="save")
    assert office.configuration.people[person].allowed_number_ids is None


@pytest.mark.feature("OUT-1")
async def test_the_number_shown_first_is_moved_up(administrator: Browser, office: OfficeBox) -> None:
    person = next(iter(office.configuration.people))
    path = f"/people/{person}"
    first, second, *_ = office.configuration.numbers
    await administrator.post(
        "/people/" + person,
        *(each for each in (await administrator.get(path)).fields if each[0] != "shows_only"),
        ("shows_only", "on"),
        ("allowed_number_ids[]", first),
        ("allowed_number_ids[]", second),
        ("do", "save"),
    )
    assert office.configuration.people[person].allowed_number_ids == (first, second)
    page = await administrator.get(path)
    assert 'value="up:allowed_number_ids.1"' in page.text
    assert 'value="up:allowed_number_ids.2"' not in page.text, "what is not ticked has no place in the order"
    page = await administrator.submit(page, do="up:allowed_number_ids.1")
    await administrator.submit(page, path, do="save")
    assert office.configuration.people[person].allowed_number_ids == (second, first)
