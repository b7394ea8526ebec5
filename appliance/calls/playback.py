"""Hearing one's messages by phone: each is played, then kept, deleted, or heard again by key."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, TaskGroup, timeout, wait
from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard, VoiceMessage
from appliance.routing.steps import Speech

KEY_SECONDS = 6.0
AGAIN, DELETE = "1", "3"


async def play_messages(board: Switchboard, call: Call, mailbox_id: str) -> None:
    """Play a mailbox's messages, those not heard before first."""
    messages = await board.messages_of(mailbox_id)
    if not messages:
        await _say(board, call, "no_messages")
    for message in messages:
        await _say(board, call, "next_message" if message.heard else "new_message")
        await _play_one(board, call, message)
    if messages:
        await _say(board, call, "end_of_messages")
    await _say(board, call, "goodbye")


async def _play_one(board: Switchboard, call: Call, message: VoiceMessage) -> None:
    # A key pressed twice for the message before says nothing about this one, still less to delete it.
    call.caller.media.forget_digits()
    key = AGAIN
    while key == AGAIN:
        key = await _sound_until_key(call, await board.sound_of(message)) or await _ask(board, call)
    if key == DELETE:
        await board.delete_message(message)
        await _say(board, call, "message_deleted")
    else:
        await board.mark_heard(message)


async def _ask(board: Switchboard, call: Call) -> str:
    """The key pressed after the choices were said; empty when none is."""
    speech = Speech(prompt_name="mailbox_keys", language=call.facts.language)
    key = await _sound_until_key(call, await board.spoken(speech))
    if key:
        return key
    try:
        async with timeout(KEY_SECONDS):
            return await call.caller.media.next_digit()
    except TimeoutError:
        return ""


async def _sound_until_key(call: Call, sound: bytes) -> str:
    """Play; a key stops the sound and is returned, else empty."""
    media = call.caller.media
    async with TaskGroup() as group:
        playing = group.create_task(media.play(sound))
        pressing = group.create_task(media.next_digit())
        await wait((playing, pressing), return_when=FIRST_COMPLETED)
        playing.cancel()
        pressing.cancel()
    return "" if pressing.cancelled() else pressing.result()


async def _say(
    board: Switchboard, call: Call, prompt: str, parameters: Mapping[str, str] | None = None
) -> None:
    speech = Speech(prompt_name=prompt, language=call.facts.language, parameters=parameters or {})
    await call.caller.media.play(await board.spoken(speech))
