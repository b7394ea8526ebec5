"""Hearing one's messages by phone: each is played, then kept, deleted, or heard again by key."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.saying import ask_key, say, sound_until_key
from appliance.calls.switchboard import Switchboard, VoiceMessage

AGAIN, DELETE = "1", "3"


async def play_messages(board: Switchboard, call: Call, mailbox_id: str) -> None:
    """Play a mailbox's messages, those not heard before first."""
    messages = await board.messages_of(mailbox_id)
    if not messages:
        await say(board, call, "no_messages")
    for message in messages:
        await say(board, call, "next_message" if message.heard else "new_message")
        await _play_one(board, call, message)
    if messages:
        await say(board, call, "end_of_messages")
    await say(board, call, "goodbye")


async def _play_one(board: Switchboard, call: Call, message: VoiceMessage) -> None:
    # A key pressed twice for the message before says nothing about this one, still less to delete it.
    call.caller.media.forget_digits()
    key = AGAIN
    while key == AGAIN:
        key = await sound_until_key(call, await board.sound_of(message))
        key = key or await ask_key(board, call, "mailbox_keys")
    if key == DELETE:
        await board.delete_message(message)
        await say(board, call, "message_deleted")
    else:
        await board.mark_heard(message)
