"""E-mail that does not go: the overview and the page of e-mail say so, and why."""

from __future__ import annotations

from html import unescape

import pytest

from appliance.storage import mail_queue
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox

WHY = "Le serveur de messagerie a refusé le nom d'utilisateur ou le mot de passe."


@pytest.mark.feature("VM-3")
async def test_whoever_looks_at_the_overview_is_told_that_e_mail_does_not_go(
    office: OfficeBox, administrator: Browser
) -> None:
    (message, *_) = (await office.messages.list()).messages
    now = office.epoch()
    await office.database.write(lambda connection: mail_queue.put(connection, message.id, now))
    assert WHY not in unescape((await administrator.get("/")).text)
    await office.mail_queue.postpone({message.id: now + 60}, "authentication_refused", "535")
    for path in ("/", "/mail"):
        shown = unescape((await administrator.get(path)).text)
        assert "attend d'être envoyé" in shown or "attendent d'être envoyés" in shown, path
        assert WHY in shown, path
    await administrator.become("alice")
    assert WHY not in unescape((await administrator.get("/")).text)


async def test_typing_a_server_in_switches_sending_on(office: OfficeBox, administrator: Browser) -> None:
    page = await administrator.get("/mail")
    page = await administrator.submit(page, "/mail", host="smtp.example.net", sender="box@example.net")
    assert page.path == "/mail?done=saved"
    assert office.configuration.mail_server.enabled
    page = await administrator.submit(await administrator.get("/mail"), "/mail", enabled="")
    assert not office.configuration.mail_server.enabled
    page = await administrator.submit(await administrator.get("/mail"), "/mail/test", to="a@example.net")
    assert page.status == 422
    assert "L'envoi est désactivé" in unescape(page.text)
