"""Keys while messages are played: each counts for the message it was pressed in."""

import asyncio

from appliance.calls.playback import play_messages
from appliance.routing.facts import Direction, Facts
from tests.support.scripted_calls import ScriptedBoard, ScriptedCaller, scripted_call, settle

OWNER = Facts(Direction.INTERNAL, "101", "Alice", "*98", None, "alice")


class Message:
    heard = False

    def __init__(self, number: int) -> None:
        self.id = f"m{number}"


class Mailbox(ScriptedBoard):
    """Two messages, each as long as the test wants."""

    def __init__(self, story: list[str]) -> None:
        super().__init__(story)
        self.deleted: list[str] = []

    async def messages_of(self, mailbox_id):
        return [Message(1), Message(2)]

    async def sound_of(self, message) -> bytes:
        return b"long"

    async def delete_message(self, message) -> None:
        self.deleted.append(message.id)

    async def mark_heard(self, message) -> None:
        pass


async def test_a_key_pressed_twice_deletes_one_message_only(monkeypatch):
    story: list[str] = []
    caller = ScriptedCaller(story, "caller")
    hold, plain = asyncio.Event(), caller.media.play

    async def play(audio: bytes, *, loop: bool = False) -> None:
        await plain(audio)
        if audio == b"long":
            await hold.wait()

    monkeypatch.setattr(caller.media, "play", play)
    board, call = Mailbox(story), scripted_call(caller, OWNER)
    hearing = asyncio.ensure_future(play_messages(board, call, "office"))
    await settle()
    caller.media.digits.put_nowait("3")
    caller.media.digits.put_nowait("3")
    await settle()
    assert board.deleted == ["m1"]
    assert story[-1] == "caller hears long", "the second is being played"
    caller.hangs_up()
    hearing.cancel()
