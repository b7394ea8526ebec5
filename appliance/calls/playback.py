"""Hearing one's messages by phone: each is played, then kept, deleted, or heard again by key."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.saying import ask_key, say, sound_until_key
from appliance.calls.switchboard import Switchboard, VoiceMessage
from appliance.configuration.voicemail import MailboxOwner

AGAIN, DELETE = "1", "3"


async def play_messages(board: Switchboard, call: Call, *mailbox_ids: str) -> None:
    """Play the messages of some mailboxes, those not heard before first; a group's are told to be its."""
    found = [(each, message) for each in mailbox_ids for message in await board.messages_of(each)]
    messages = sorted(found, key=lambda one: one[1].heard)
    if not messages:
        await say(board, call, "no_messages")
    for mailbox_id, message in messages:
        await say(board, call, "next_message" if message.heard else "new_message")
        mailbox = board.configuration.mailboxes.get(mailbox_id)
        if mailbox is not None and mailbox.owner is MailboxOwner.GROUP:
            await say(board, call, "call_for", {"name": mailbox.name})
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
