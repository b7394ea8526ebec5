"""A click that cannot call says so where it was clicked, in the same place of a long list."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox


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
    person = next(iter(office.configuration.people))
    assert 'action="/call"' not in (await administrator.get("/voicemail")).text, "whoever has no phone"
    await administrator.become(person)
    shown = (await administrator.get("/voicemail")).text
    assert shown.count('action="/call"') == len(re.findall(r'<li class="[^"]*" id="m-', shown)) > 0


async def test_what_was_asked_of_the_list_and_cannot_be_read_is_told(administrator: Browser) -> None:
    page = await administrator.get("/history?from=hier")
    assert page.status == 200
    assert "tous les appels sont affichés" in unescape(page.text)
