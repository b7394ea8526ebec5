"""Messages: listing, playing, marking, deleting, sending again."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox
from tests.support.sample_traffic import tone

SOUND = tone(2.0)


@pytest.fixture
async def message(box: OfficeBox, staffed: Api) -> str:
    """A message of two seconds in the office's mailbox, whose e-mail waits."""
    await staffed("PATCH", "/mailboxes/office", {"emails": ["office@example.com"]})
    draft = await box.messages.begin("office", "+33612345678", "", "+33123456789", box.epoch())
    draft.path.write_bytes(SOUND)
    return (await box.messages.finish(draft, 2.0)).id


async def test_a_message_is_listed(staffed: Api, message: str) -> None:
    listed = (await staffed("GET", "/messages")).json
    assert [(one["id"], one["seconds"], one["mail_state"]) for one in listed["messages"]] == [
        (message, 2.0, "queued")
    ]
    assert (await staffed("GET", "/messages?mailbox_id=office")).json["total"] == 1
    assert (await staffed("GET", "/messages?mailbox_id=other")).json["total"] == 0
    assert (await staffed("GET", "/state")).json["mailboxes"] == {"office": {"total": 1, "unheard": 1}}


async def test_a_message_is_played_whole_or_in_parts(staffed: Api, message: str) -> None:
    whole = await staffed("GET", f"/messages/{message}/audio")
    assert whole.headers["Content-Type"] == "audio/wav"
    assert whole.content == SOUND
    part = await staffed("GET", f"/messages/{message}/audio", headers={"Range": "bytes=44-143"})
    assert (part.status, part.content) == (206, SOUND[44:144])
    assert part.headers["Content-Range"] == f"bytes 44-143/{len(SOUND)}"
    beyond = await staffed("GET", f"/messages/{message}/audio", headers={"Range": f"bytes={len(SOUND) + 1}-"})
    assert beyond.status == 416
    saved = await staffed("GET", f"/messages/{message}/audio?download")
    assert saved.headers["Content-Disposition"].startswith("attachment")


async def test_a_message_is_marked_heard_and_not(box: OfficeBox, staffed: Api, message: str) -> None:
    with box.events.subscribe() as listener:
        heard = await staffed("PATCH", f"/messages/{message}", {"heard": True})
        assert heard.json["heard_at"] is not None
        assert (await listener.next()).data["change"] == "heard"
    assert (await staffed("GET", "/messages?unheard=true")).json["messages"] == []
    assert (await staffed("PATCH", f"/messages/{message}", {"heard": False})).json["heard_at"] is None
    assert (await staffed("PATCH", f"/messages/{message}", {"loved": True})).status == 422


async def test_a_deleted_message_is_gone(staffed: Api, message: str) -> None:
    assert (await staffed("DELETE", f"/messages/{message}")).status == 204
    assert (await staffed("GET", "/messages")).json["total"] == 0
    gone = await staffed("GET", f"/messages/{message}/audio")
    assert (gone.status, gone.codes) == (404, {"": "no_audio"})
    assert (await staffed("DELETE", f"/messages/{message}")).status == 404


async def test_an_email_that_did_not_go_is_tried_again(box: OfficeBox, staffed: Api, message: str) -> None:
    await box.mail_queue.mark_failed(message, "recipients_refused", "550 no such user")
    failed = (await staffed("GET", f"/messages/{message}")).json
    assert (failed["mail_state"], failed["mail_error"]) == ("failed", "recipients_refused")
    assert (await staffed("POST", f"/messages/{message}/mail")).status == 202
    again = (await staffed("GET", f"/messages/{message}")).json
    # No mail server is set here: it waits for one.
    assert (again["mail_state"], again["mail_error"]) == ("queued", "no_mail_server")


async def test_without_an_address_there_is_no_email(staffed: Api, message: str) -> None:
    await staffed("PATCH", "/mailboxes/office", {"emails": []})
    refused = await staffed("POST", f"/messages/{message}/mail")
    assert (refused.status, refused.codes) == (409, {"": "no_mail"})


async def test_the_mail_test_says_what_is_wrong(staffed: Api) -> None:
    unset = await staffed("POST", "/mail_server/test", {"to": "ada@example.com"})
    assert (unset.status, unset.codes) == (422, {"": "no_mail_server"})
    server = {
        "enabled": True,
        "host": "127.0.0.1",
        "port": 9,
        "security": "none",
        "sender": "box@example.com",
    }
    assert (await staffed("PUT", "/mail_server", server)).status == 200
    unreachable = await staffed("POST", "/mail_server/test", {"to": "ada@example.com"})
    assert (unreachable.status, unreachable.codes) == (422, {"": "cannot_connect"})
    assert (await staffed("POST", "/mail_server/test", {"to": "ada"})).codes == {"to": "email_malformed"}
