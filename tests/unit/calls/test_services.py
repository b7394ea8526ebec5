"""What the box itself gives callers: words and tones, the echo, their messages by phone."""

import asyncio
from dataclasses import dataclass

import pytest

from appliance.calls.announce import announce, give_tone
from appliance.calls.playback import play_messages
from appliance.calls.services import serve
from appliance.configuration.fields import Language
from appliance.configuration.voicemail import Mailbox, MailboxOwner
from appliance.routing.steps import Announce, Outcome, Service, Speech, Tone
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call, settle

WORDS = Speech(text="nobody", language=Language.FRENCH)


@dataclass(frozen=True)
class Kept:
    """A message."""

    id: str
    heard: bool = False


class Postbox(ScriptedBoard):
    """A box with messages."""

    def __init__(self, story: list[str], messages: list[Kept]) -> None:
        super().__init__(story)
        self.messages = messages

    async def messages_of(self, mailbox_id: str) -> list[Kept]:
        return list(self.messages)

    async def sound_of(self, message: Kept) -> bytes:
        return message.id.encode()

    async def mark_heard(self, message: Kept) -> None:
        self.story.append(f"{message.id} is marked heard")

    async def delete_message(self, message: Kept) -> None:
        self.story.append(f"{message.id} is deleted")


@pytest.fixture
def caller():
    return ScriptedCaller([], "caller")


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Tones and the echo last no time, keys are waited for a moment."""

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("appliance.calls.announce.sleep", at_once)
    monkeypatch.setattr("appliance.calls.services.box_itself.sleep", at_once)
    monkeypatch.setattr("appliance.calls.saying.KEY_SECONDS", 0.01)


@pytest.mark.parametrize(
    ("then", "after"),
    [("hang_up", []), ("busy", ["busy..."]), ("congestion", ["congestion..."])],
)
async def test_words_are_followed_by_the_tone_that_tells_why(caller, then, after):
    call = scripted_call(caller)
    assert await announce(ScriptedBoard(caller.story), call, Announce(WORDS, then)) is Outcome.DONE
    tones = [f"caller hears {tone}" for tone in after]
    assert caller.story == ["caller hears nobody", *tones, *(["caller hears no tone"] if tones else [])]
    assert call.outcome == "announcement"


async def test_a_tone_stops_when_the_caller_leaves(caller, monkeypatch):
    async def long(seconds: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("appliance.calls.announce.sleep", long)
    giving = asyncio.ensure_future(
        give_tone(ScriptedBoard(caller.story), scripted_call(caller), Tone("busy", 30))
    )
    await settle()
    assert caller.story == ["caller hears busy..."]
    giving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving
    assert caller.story[-1] == "caller hears no tone"


async def test_the_echo(caller):
    call = scripted_call(caller)
    assert await serve(ScriptedBoard(caller.story), call, Service("echo", {})) is Outcome.DONE
    assert caller.story == [
        "caller is answered",
        "caller hears echo_test",
        "caller hears beep",
        "caller hears itself",
    ]
    assert call.outcome == "service" and call.answered_at == 1000.0


async def test_an_empty_mailbox_says_so(caller):
    await play_messages(Postbox(caller.story, []), scripted_call(caller), "box")
    assert caller.story == ["caller hears no_messages", "caller hears goodbye"]


async def test_messages_without_a_key_are_marked_heard(caller):
    board = Postbox(caller.story, [Kept("new"), Kept("old", heard=True)])
    await play_messages(board, scripted_call(caller), "box")
    assert caller.story == [
        "caller hears new_message",
        "caller hears new",
        "caller hears mailbox_keys",
        "new is marked heard",
        "caller hears next_message",
        "caller hears old",
        "caller hears mailbox_keys",
        "old is marked heard",
        "caller hears end_of_messages",
        "caller hears goodbye",
    ]


@pytest.mark.feature("VM-1", "VM-7")
async def test_a_group_s_messages_follow_one_s_own_and_are_told_to_be_its(caller):
    class Postboxes(Postbox):
        async def messages_of(self, mailbox_id: str) -> list[Kept]:
            return [Kept(f"{mailbox_id}'s new"), Kept(f"{mailbox_id}'s old", heard=True)]

    board = Postboxes(caller.story, [])
    shared = Mailbox(id="group", name="Accueil", owner=MailboxOwner.GROUP, owner_id="all")
    board.configuration = board.configuration.with_record("mailboxes", shared.id, shared)
    await play_messages(board, scripted_call(caller), "own", "group")
    told = [line.removeprefix("caller hears ") for line in caller.story if "mailbox_keys" not in line]
    assert [line for line in told if "marked" not in line] == [
        *("new_message", "own's new", "new_message", "call_for", "group's new"),
        *("next_message", "own's old", "next_message", "call_for", "group's old"),
        *("end_of_messages", "goodbye"),
    ]


async def test_a_key_stops_the_message_at_once(caller, monkeypatch):
    stopped = []

    async def play(sound: bytes, loop: bool = False) -> None:
        caller.story.append(f"caller hears {sound.decode()}")
        if sound == b"new":
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(sound)

    monkeypatch.setattr(caller.media, "play", play)
    board = Postbox(caller.story, [Kept("new")])
    hearing = asyncio.ensure_future(play_messages(board, scripted_call(caller), "box"))
    await settle()
    caller.media.digits.put_nowait("1")
    await settle()
    assert stopped == [b"new"] and caller.story.count("caller hears new") == 2, "key 1: once more"
    caller.media.digits.put_nowait("3")
    await hearing
    assert "new is deleted" in caller.story and "new is marked heard" not in caller.story
    assert "caller hears message_deleted" in caller.story
