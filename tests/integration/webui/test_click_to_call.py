"""A click that cannot call says so where it was clicked, in the same place of a long list."""

from __future__ import annotations

from html import unescape

import pytest

from appliance.routing.facts import Direction, Facts
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox
from tests.support.sample_traffic import leave_message


@pytest.mark.feature("OUT-7")
async def test_a_call_from_the_list_of_calls_that_cannot_be_made_is_told_there(
    office: OfficeBox, administrator: Browser
) -> None:
    await administrator.become("bruno")
    back = "/history?direction=inbound&page=1"
    shown = await administrator.get(back)
    assert f'name="back" value="{back.replace("&", "&amp;")}"' in shown.text
    office.registered.clear()
    page = await administrator.post("/call", number="+33612345678", back=back)
    assert page.path == f"{back}&refused=no_phone"
    assert "Aucun téléphone de cette personne n'est connecté" in unescape(page.text)
    page = await administrator.post("/call", number="+33612345678", back="//evil.example/?a=b")
    assert page.path == "/history?refused=no_phone"


@pytest.mark.feature("OUT-7", "VM-7")
async def test_whoever_left_a_message_is_called_from_it(office: OfficeBox, administrator: Browser) -> None:
    settings = office.configuration
    mailbox, person = next(
        (each.id, each.owner_id) for each in settings.mailboxes.values() if each.owner_id in settings.people
    )
    known, withheld = [
        await leave_message(
            office, mailbox, Facts(Direction.INBOUND, caller, "", "+33199001234"), office.epoch(), "call"
        )
        for caller in ("+33639981234", "")
    ]
    assert 'action="/call"' not in (await administrator.get("/voicemail")).text, "whoever has no phone"
    await administrator.become(person)
    rows = (await administrator.get("/voicemail")).text.split("<li ")
    buttons = {
        each: [row.count('action="/call"') for row in rows if f'id="m-{each}"' in row]
        for each in (known, withheld)
    }
    assert buttons == {known: [1], withheld: [0]}


async def test_what_was_asked_of_the_list_and_cannot_be_read_is_told(administrator: Browser) -> None:
    page = await administrator.get("/history?from=hier")
    assert page.status == 200
    assert "tous les appels sont affichés" in unescape(page.text)
