"""Voicemail on a whole box: greeting, beep, recording, the message in the index; heard again by phone."""

from __future__ import annotations

import asyncio
import wave

import pytest

from appliance.configuration.fields import HoursState
from appliance.configuration.voicemail import Greeting, Mailbox, MailboxOwner
from appliance.media import g711
from tests.audio_measure import dominant_frequency, sine, tone_level
from tests.integration.box.offices import OUTSIDER, PROVIDER_HOST
from tests.integration.box.test_outside_calls import arrives
from tests.support.raw_messages import description

TONE = g711.encode("PCMA", sine(440, 1.0))


async def recording(running) -> None:
    """Wait until the box records."""
    await running.until(lambda: list(running.folder.glob("messages/*/*.wav")), "a recording begun", 30)


@pytest.mark.feature("VM-1", "VM-2", "NOANS-1")
@pytest.mark.parametrize("ending", ["hang-up", "key"])
async def test_a_message_is_kept_and_indexed(running, provider, audio, ending):
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST, codecs="8 101"))
    answer = await call.accepted()
    await recording(running)
    assert len(mouth.heard) > 10, "the greeting was heard before the recording began"
    mouth.speak(answer.media, TONE)
    await asyncio.sleep(2.5)
    if ending == "key":
        mouth.hush()
        mouth.press(answer.media, "#")
        await call.hung_up(30)
    else:
        await call.hang_up()
        mouth.hush()
    await running.at_rest()
    await until_kept(running, 1)
    page = await running.box.messages.list()
    message = page.messages[0]
    assert (message.caller, message.mailbox_id, message.caller_name) == (OUTSIDER, "office", "Mme Petit")
    assert 1.5 < message.seconds < 5
    with wave.open(str(running.box.messages.audio_path(message))) as file:
        assert file.getframerate() == 8000
        sound = file.readframes(file.getnframes())
    assert abs(dominant_frequency(sound) - 440) <= 2


async def test_a_caller_who_leaves_during_the_greeting_leaves_no_message(running, provider, audio):
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    await call.accepted()
    await mouth.hears(lambda: len(mouth.heard) > 10, "the greeting")
    await call.hang_up()
    await running.at_rest()
    assert (await running.box.messages.list()).total == 0
    assert not list(running.folder.glob("messages/*/*.wav"))


async def test_silence_ends_a_message(running, provider, audio):
    settings = running.box.configuration
    mailbox = settings.mailboxes["office"].model_copy(update={"silence_seconds": 3})
    await running.set(settings.with_record("mailboxes", "office", mailbox))
    mouth = await audio(PROVIDER_HOST)
    call = arrives(provider)
    call.invite(description(mouth.port, PROVIDER_HOST))
    answer = await call.accepted()
    await recording(running)
    mouth.speak(answer.media, TONE)
    await asyncio.sleep(1.5)
    mouth.hush()
    await call.hung_up(40)
    await running.at_rest()
    await until_kept(running, 1)


async def test_messages_are_heard_marked_and_deleted_by_phone(running, provider, phone, audio):
    settings = running.box.configuration
    own = Mailbox(
        id="alices",
        name="Alice",
        owner=MailboxOwner.PERSON,
        owner_id="alice",
        greetings={HoursState.OPEN: Greeting(text="Oui ?")},
    )
    await running.set(settings.with_record("mailboxes", own.id, own))
    draft = await running.box.messages.begin("alices", OUTSIDER, "", "101", running.box.epoch())
    draft.path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(draft.path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(sine(600, 2.0))
    message = await running.box.messages.finish(draft, 2.0)
    alice = await phone("101")
    ear = await audio()
    call = alice.call("*97")
    await call.invite_authenticated(description(ear.port, codecs="8 101"))
    answer = await call.accepted()

    def heard_the_message() -> bool:
        return tone_level(g711.decode("PCMA", ear.sound())[-3200:], 600) > -25

    await ear.hears(heard_the_message, "the message", 30)
    ear.press(answer.media, "3")
    deleted = lambda: not list(running.folder.glob("messages/alices/*.wav"))
    await running.until(deleted, "the message deleted", 10)
    assert (await running.box.messages.list()).total == 0
    found = await running.box.messages.get(message.id)
    assert found is not None and found.deleted_at
    await call.hang_up()
    await running.at_rest()


async def test_the_echo_gives_back_what_it_hears(running, phone, audio):
    alice = await phone("101")
    mouth = await audio()
    call = alice.call("*43")
    await call.invite_authenticated(description(mouth.port))
    answer = await call.accepted()
    mouth.speak(answer.media, TONE)

    def heard_oneself() -> bool:
        return tone_level(g711.decode("PCMA", mouth.sound())[-3200:], 440) > -16

    await mouth.hears(heard_oneself, "one's own tone", 30)
    await call.hang_up()
    await running.at_rest()


async def until_kept(running, count: int) -> None:
    """Wait until that many messages are in the index."""
    async with asyncio.timeout(10):
        with running.box.events.subscribe(0) as events:
            while (await running.box.messages.list()).total < count:
                await events.next()
