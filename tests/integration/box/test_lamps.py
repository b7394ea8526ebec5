"""Lamps: a phone that watches others is told at once what they do, over a restart too."""

from __future__ import annotations

import asyncio
import wave
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from appliance.configuration.people import Member
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from tests.support.raw_messages import authorization, description

# From the change to who follows changes, from there to who tells this watcher.
MOST_TURNS = 5
NAMESPACE = "{urn:ietf:params:xml:ns:dialog-info}"


class Watcher:
    """A phone's subscription: what it was told, in order."""

    def __init__(self, phone, extension: str, event: str = "dialog") -> None:
        self.phone = phone
        self.uri = f"sip:{extension}@{phone.domain}"
        self.event = event
        self.call_id = f"watch-{event}-{extension}-{phone.address[1]}"

    async def subscribe(self, expires: int = 600):
        wish = (f"Event: {self.event}", f"Expires: {expires}")
        options = {"target": self.uri, "call_id": self.call_id}
        answer = await self.phone.ask("SUBSCRIBE", self.uri, *wish, call_id=self.call_id)
        assert answer.status == 401
        proof = authorization(answer, "SUBSCRIBE", self.uri, self.phone.user, self.phone.password, "MD5")
        return await self.phone.ask(
            "SUBSCRIBE", options["target"], *wish, proof, sequence=2, call_id=self.call_id
        )

    async def told(self, seconds: float = 10.0):
        """The next NOTIFY, answered."""
        notify = await self.phone.outside.take(
            lambda m: m.method == "NOTIFY" and not m.status and m.get("call-id") == self.call_id,
            "a NOTIFY",
            seconds,
        )
        self.phone.answer_outside(notify, 200)
        return notify

    async def lamp(self):
        """The state that the next NOTIFY shows."""
        root = ElementTree.fromstring((await self.told()).body)
        return root.findtext(f"{NAMESPACE}dialog/{NAMESPACE}state")


async def test_a_lamp_follows_a_call_and_is_right_at_once(running, phone):
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    watcher = Watcher(chloe, "102")
    assert (await watcher.subscribe()).status == 200
    assert await watcher.lamp() == "terminated"
    call = alice.call("102")
    await call.invite_authenticated()
    heard = await bruno.incoming()
    heard.answer(180)
    started = asyncio.get_running_loop().time()
    assert await watcher.lamp() == "early"
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    assert await watcher.lamp() == "confirmed"
    await call.hang_up()
    await heard.hung_up()
    assert await watcher.lamp() == "terminated"
    print(f"four changes told in {asyncio.get_running_loop().time() - started:.3f} s")
    await running.at_rest()


async def test_a_change_is_told_before_any_timer_or_disk_is_waited_for(running, phone, monkeypatch):
    """From a change to its NOTIFY the loop turns a few times and waits for nothing, however busy it is."""
    alice, bruno, chloe = await phone("101"), await phone("102"), await phone("103")
    watcher = Watcher(chloe, "102")
    await watcher.subscribe()
    await watcher.told()
    calling = alice.call("102")
    await calling.invite_authenticated()
    (await bruno.incoming()).answer(180)
    assert await watcher.lamp() == "early"
    await running.until(lambda: not running.box.lamps._telling, "the answer to the last NOTIFY")
    call = next(iter(running.box.calls.in_progress()))
    told: list[bytes] = []

    really = running.box.driver.ask

    async def ask(request, flow, seconds=None):
        if request.method != "NOTIFY":
            return await really(request, flow, seconds)
        told.append(request.body)
        return SimpleNamespace(response=SimpleNamespace(status=200))

    monkeypatch.setattr(running.box.driver, "ask", ask)
    for legs, state in (((), b"terminated"), (call.ringing, b"early"), ((), b"terminated")):
        call.rings(legs)
        for _ in range(MOST_TURNS):
            await asyncio.sleep(0)
        assert state in told[-1]
    assert len(told) == 3, "one NOTIFY for each change"


async def test_whoever_has_gone_is_told_of_no_more(running, phone):
    bruno, chloe = await phone("102"), await phone("103")
    watcher = Watcher(chloe, "102")
    await watcher.subscribe()
    await watcher.told()
    assert len(running.box.lamps) == 1
    await bruno.register(0)
    notify = await chloe.outside.take(lambda m: m.method == "NOTIFY" and not m.status, "a NOTIFY", 10)
    chloe.answer_outside(notify, 481)
    await running.until(lambda: len(running.box.lamps) == 0, "the watcher forgotten")


async def test_subscriptions_outlive_a_restart(running, phone):
    alice, chloe = await phone("101"), await phone("103")
    watcher = Watcher(chloe, "101")
    await watcher.subscribe()
    first = await watcher.told()
    await running.stop()
    await running.start()
    again = await watcher.told()
    assert again.sequence > first.sequence
    call = alice.call("103")
    await call.invite_authenticated()
    heard = await chloe.incoming()
    heard.answer(180)
    assert await watcher.lamp() == "early"
    await call.ringing()
    call.cancel()
    await heard.cancelled()
    assert await watcher.lamp() == "terminated"


async def message_left(running, mailbox_id: str) -> str:
    """Somebody leaves a message; its id."""
    draft = await running.box.messages.begin(
        mailbox_id, "+33612345678", "", "101", running.box.epoch(), call_id="c"
    )
    with wave.open(str(draft.path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(32000))
    await running.box.messages.finish(draft, 2.0)
    running.box.events.publish("message")
    return draft.id


@pytest.mark.feature("VM-1", "VM-7")
async def test_a_group_s_messages_light_the_lamps_of_its_members(running, phone):
    """With their own; a key that watches the group shows its alone. Heard by one, it is heard for all."""
    settings = running.box.configuration
    group = settings.groups["all"].model_copy(
        update={"extension": "200", "members": (Member(person_id="alice"),)}
    )
    settings = settings.with_record("groups", "all", group)
    for mailbox in (
        Mailbox(id="alices", name="Alice", owner=MailboxOwner.PERSON, owner_id="alice"),
        Mailbox(id="groups", name="Accueil", owner=MailboxOwner.GROUP, owner_id="all"),
    ):
        settings = settings.with_record("mailboxes", mailbox.id, mailbox)
    await running.set(settings)
    alice, bruno = await phone("101"), await phone("102")
    own, key = Watcher(alice, "101", "message-summary"), Watcher(alice, "200", "message-summary")
    stranger = Watcher(bruno, "200", "message-summary")
    for watcher in (own, key, stranger):
        assert (await watcher.subscribe()).status == 200
        assert b"Voice-Message: 0/0" in (await watcher.told()).body
    await message_left(running, "alices")
    assert b"Voice-Message: 1/0" in (await own.told()).body
    left = await message_left(running, "groups")
    assert b"Voice-Message: 2/0" in (await own.told()).body
    assert b"Voice-Message: 1/0" in (await key.told()).body
    await running.box.messages.mark_heard(left, True, running.box.epoch())
    running.box.events.publish("message")
    assert b"Voice-Message: 1/1" in (await own.told()).body
    assert b"Messages-Waiting: no" in (await key.told()).body
    quiet = settings.mailboxes["groups"].model_copy(update={"members_hear": False})
    await running.set(settings.with_record("mailboxes", quiet.id, quiet))
    assert b"Voice-Message: 1/0" in (await own.told()).body
    assert b"Voice-Message: 0/0" in (await key.told()).body
    told = [each for each in bruno.outside.seen if each.method == "NOTIFY" and not each.status]
    assert len(told) == 1, "who is no member hears of no message"


@pytest.mark.feature("VM-7")
async def test_the_lamp_of_waiting_messages(running, phone):
    settings = running.box.configuration
    mailbox = Mailbox(id="alices", name="Alice", owner=MailboxOwner.PERSON, owner_id="alice")
    await running.set(settings.with_record("mailboxes", mailbox.id, mailbox))
    alice = await phone("101")
    watcher = Watcher(alice, "101", "message-summary")
    assert (await watcher.subscribe()).status == 200
    assert b"Voice-Message: 0/0" in (await watcher.told()).body
    messages, epoch = running.box.messages, running.box.epoch()
    left = await message_left(running, "alices")
    assert b"Messages-Waiting: yes" in (await watcher.told()).body
    await messages.mark_heard(left, True, epoch)
    running.box.events.publish("message")
    assert b"Voice-Message: 0/1" in (await watcher.told()).body


async def test_nobody_watches_without_a_password_or_what_is_not_there(phone):
    stranger = await phone("101", register=False, password="wrong")
    assert (await Watcher(stranger, "102").subscribe()).status == 401
    alice = await phone("101")
    assert (await Watcher(alice, "999").subscribe()).status == 404
    assert (await Watcher(alice, "102", "conference").subscribe()).status == 489
