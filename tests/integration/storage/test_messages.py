"""Messages: begun, kept, listed, deleted, and found again after a crash."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable

import pytest

from appliance.configuration.configuration import Configuration
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.mail_queue import MailQueue
from appliance.storage.messages import MessageStore
from appliance.storage.registrations import Registrations
from appliance.storage.retention import Retention
from appliance.storage.sessions import Sessions

Record = Callable[..., None]
DAY = 86400.0


async def leave(messages: MessageStore, record: Record, mailbox: str = "office", now: float = 1000.0) -> str:
    draft = await messages.begin(mailbox, "+33612345678", "Marie", "+33123456789", now, call_id="c1")
    record(draft.path)
    return (await messages.finish(draft, 2.0)).id


@pytest.mark.feature("VM-1")
async def test_a_message_left_is_listed_with_its_sound(messages: MessageStore, record: Record) -> None:
    message = await messages.get(await leave(messages, record))
    assert message is not None
    assert (message.caller, message.caller_name, message.called) == ("+33612345678", "Marie", "+33123456789")
    assert (message.received_at, message.seconds, message.heard_at) == (1000.0, 2.0, None)
    assert message.size == messages.audio_path(message).stat().st_size
    assert (await messages.list(["office"])).messages == (message,)
    assert (await messages.list(["quiet"])).total == 0


@pytest.mark.feature("VM-3")
async def test_mail_is_queued_only_where_somebody_wants_it(messages: MessageStore, record: Record) -> None:
    with_mail = await messages.get(await leave(messages, record, "office"))
    without = await messages.get(await leave(messages, record, "quiet"))
    assert with_mail is not None and with_mail.mail_state == "queued"
    assert without is not None and without.mail_state == "none"


async def test_a_message_being_recorded_is_on_no_list(messages: MessageStore, record: Record) -> None:
    draft = await messages.begin("office", "", "", "", 1.0)
    record(draft.path)
    assert (await messages.list()).total == 0
    assert await messages.get(draft.id) is None


async def test_an_abandoned_message_leaves_nothing(messages: MessageStore, record: Record) -> None:
    draft = await messages.begin("office", "", "", "", 1.0)
    record(draft.path, 0.3)
    await messages.abandon(draft)
    assert not draft.path.exists()
    assert await messages.recover(2.0) == ()


async def test_heard_counted_and_deleted(messages: MessageStore, record: Record) -> None:
    first, second = await leave(messages, record), await leave(messages, record)
    assert await messages.mark_heard(first, True, 2000.0)
    counts = (await messages.counts())["office"]
    assert (counts.total, counts.unheard) == (2, 1)
    assert [one.id for one in (await messages.list(unheard_only=True)).messages] == [second]
    sound = messages.audio_path((await messages.list()).messages[0])
    assert await messages.delete(first, 3000.0) and await messages.delete(second, 3000.0)
    assert not sound.exists()
    assert (await messages.list()).total == 0 and await messages.counts() == {}
    assert not await messages.delete(first, 3000.0)
    assert not await messages.mark_heard("nobody", True, 1.0)


async def test_deleting_takes_the_mail_off_the_queue(
    messages: MessageStore, record: Record, database: Database
) -> None:
    await messages.delete(await leave(messages, record), 2000.0)
    assert await MailQueue(database).due(9e9) == []


async def test_what_was_being_recorded_when_the_box_stopped_is_kept(
    messages: MessageStore, record: Record
) -> None:
    spoken = await messages.begin("office", "+33612345678", "Marie", "", 1000.0)
    record(spoken.path, 3.0)
    with open(spoken.path, "r+b") as file:  # the header of a recorder that never came to its end
        file.seek(4)
        file.write(b"\xff\xff\xff\xff")
        file.seek(40)
        file.write(b"\xff\xff\xff\xff")
    silent = await messages.begin("office", "", "", "", 1001.0)
    never = await messages.begin("office", "", "", "", 1002.0)
    record(silent.path, 0.2)
    kept = await messages.recover(2000.0)
    assert [(one.id, one.seconds, one.mail_state) for one in kept] == [(spoken.id, 3.0, "queued")]
    with wave.open(str(spoken.path)) as sound:
        assert sound.getnframes() == 24000
    assert not silent.path.exists() and not never.path.exists()
    assert await messages.recover(2001.0) == ()


async def test_sounds_are_found_again_without_the_database(
    folder: DataFolder, record: Record, tokens: Callable[[], str], configuration: Configuration
) -> None:
    sound = folder.messages / "office" / "feedbeef.wav"
    sound.parent.mkdir()
    record(sound, 4.0)
    os.utime(sound, (5000.0, 5000.0))
    fresh = Database(folder.database, pause=0.0)
    messages = MessageStore(fresh, folder.messages, tokens, lambda: configuration)
    await messages.recover(9000.0)
    found = (await messages.list()).messages
    assert [(one.id, one.mailbox_id, one.received_at, one.seconds) for one in found] == [
        ("feedbeef", "office", 4996.0, 4.0)
    ]
    fresh.close()


async def test_finishing_what_was_never_begun_is_refused(messages: MessageStore, record: Record) -> None:
    draft = await messages.begin("office", "", "", "", 1.0)
    record(draft.path)
    await messages.abandon(draft)
    with pytest.raises(KeyError):
        await messages.finish(draft, 2.0)


@pytest.mark.feature("VM-4")
async def test_old_messages_go_but_not_before_their_mail_has(
    messages: MessageStore, record: Record, database: Database, configuration: Configuration, tokens
) -> None:
    retention = Retention(messages, Sessions(database, tokens), Registrations(database))
    old, new = await leave(messages, record, "quiet", 0.0), await leave(messages, record, "quiet", 5 * DAY)
    assert await retention.run(configuration.mailboxes, 8 * DAY) == 1
    assert [one.id for one in (await messages.list()).messages] == [new]
    assert not (messages.audio_path(await messages.get(old))).exists()  # type: ignore[arg-type]
    await messages.retry_mail(new, 9 * DAY)  # now waits for the mail server
    assert await retention.run(configuration.mailboxes, 20 * DAY) == 0
    await messages.mail_sent(new, 21 * DAY, delete=False)
    assert await retention.run(configuration.mailboxes, 21 * DAY) == 1
    await retention.run(configuration.mailboxes, 200 * DAY)
    assert await messages.get(old) is None
