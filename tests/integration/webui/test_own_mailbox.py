"""Whoever has a mailbox finds its greeting from the page of messages, before the first message came."""

from __future__ import annotations

import pytest

from appliance.configuration.voicemail import Mailbox, MailboxOwner
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox


@pytest.mark.feature("VM-2")
async def test_people_are_led_to_their_own_greeting(office: OfficeBox, administrator: Browser) -> None:
    owned = [one for one in office.configuration.mailboxes.values() if one.owner is MailboxOwner.PERSON]
    mailbox = owned[0]
    for message in (await office.messages.list({mailbox.id})).messages:
        await office.messages.delete(message.id, office.epoch())
    await administrator.become(mailbox.owner_id)
    page = await administrator.get("/voicemail")
    assert f'href="/mailboxes/{mailbox.id}"' in page.text
    for other in owned[1:]:
        assert f'href="/mailboxes/{other.id}"' not in page.text
    page = await administrator.get(f"/mailboxes/{mailbox.id}")
    assert (page.status, 'name="greetings.open.audio_id"' in page.text) == (200, True)


@pytest.mark.feature("VM-1", "VM-7")
async def test_members_see_their_group_s_messages_but_not_its_settings(
    office: OfficeBox, administrator: Browser
) -> None:
    group = next(each for each in office.configuration.groups.values() if each.members)
    shared = Mailbox(id="shared", name="Messages partagés", owner=MailboxOwner.GROUP, owner_id=group.id)
    settings = office.configuration.with_record("mailboxes", shared.id, shared)
    await office.change(settings, expected=office.version, who="test")
    page = await administrator.get("/mailboxes/shared")
    assert 'name="members_hear" value="on" checked' in page.text
    await administrator.become(group.members[0].person_id)
    page = await administrator.get("/voicemail?mailbox=shared")
    assert "Messages partagés" in page.text and 'href="/mailboxes/shared"' not in page.text
