"""A form that cannot be taken at the moment: what was typed is kept, and can be sent once more."""

from __future__ import annotations

import re
from html import unescape

from tests.support.office_box import OfficeBox
from webui import client

KEPT = re.compile(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', re.S)


def kept(page) -> dict[str, str]:
    """What a page keeps of a form, by the names of its inputs."""
    return {name: unescape(value) for name, value in KEPT.findall(page.text)}


async def _away(*_: object, **__: object) -> None:
    raise client.Away


async def test_what_is_typed_while_the_box_restarts_is_kept_and_sent_again(
    office: OfficeBox, administrator, monkeypatch
) -> None:
    with monkeypatch.context() as restarting:
        restarting.setattr(client.Client, "send", _away)
        page = await administrator.post("/people/new", name="Chloé", extension="177", comment="\n<b>deux")
    assert page.status == 503
    assert "n'a pas répondu" in unescape(page.text)
    assert 'http-equiv="refresh"' not in page.text
    assert kept(page)["comment"] == "\n<b>deux"
    page = await administrator.post("/people/new", **kept(page))
    assert "done=created" in page.path
    assert [one.comment for one in office.configuration.people.values() if one.extension == "177"] == [
        "<b>deux"
    ]


async def test_a_page_that_was_only_looked_at_comes_back_by_itself(administrator, monkeypatch) -> None:
    monkeypatch.setattr(client.Client, "send", _away)
    page = await administrator.get("/people")
    assert page.status == 503
    assert 'http-equiv="refresh"' in page.text


async def test_a_password_is_asked_for_again_and_not_written_into_the_page(
    administrator, monkeypatch
) -> None:
    monkeypatch.setattr(client.Client, "send", _away)
    page = await administrator.post("/lines/new", name="Ligne", password="très secret", user="u")
    assert "très secret" not in page.text
    assert '<input type="password" id="f-password" name="password" required' in page.text
    assert kept(page) == {"name": "Ligne", "user": "u"}


async def test_what_is_typed_after_a_sign_out_is_kept_until_one_has_signed_in_again(
    office: OfficeBox, administrator
) -> None:
    await administrator.post("/sign-out")
    page = await administrator.post("/people/new", name="Chloé", extension="177")
    assert page.status == 401
    assert "Vous êtes déconnecté" in page.text
    await administrator.sign_in()
    page = await administrator.post("/people/new", **kept(page))
    assert "done=created" in page.path


async def test_no_sign_in_page_lands_inside_another_page(administrator) -> None:
    await administrator.post("/sign-out")
    page = await administrator.get("/overview/now", **{"HX-Request": "true"})
    assert (page.status, page.text) == (401, "")


async def test_another_site_gets_nothing_to_send_again(administrator) -> None:
    await administrator.post("/sign-out")
    page = await administrator.post("/people/new", origin="http://evil.example", name="Chloé")
    assert page.status == 403
    assert "Chloé" not in page.text
