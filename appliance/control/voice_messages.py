"""Voice messages: listing, playing, marking, deleting, sending again."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.control.bodies import answer, body, nothing, query
from appliance.control.call_history import PageNumber, PageSize
from appliance.control.errors import not_found, refusal
from appliance.control.own import heard_mailboxes, hears_message
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.control.sounds import sound_answer
from appliance.storage.messages import Message, MessagePage


class MessagesQuery(BaseModel):
    """Which messages: of one mailbox, or of all that the user may hear."""

    page: PageNumber = 1
    page_size: PageSize = 50
    mailbox_id: Annotated[str, Field(max_length=40)] | None = None
    unheard: bool = False


class MessageChange(BaseModel):
    """What can be changed of a message."""

    model_config = ConfigDict(extra="forbid")

    heard: bool


async def list_messages(request: web.Request) -> web.Response:
    """One page of messages, newest first."""
    box, who, wanted = box_of(request), identity_of(request), query(request, MessagesQuery)
    mailboxes = None if who.is_administrator else heard_mailboxes(box.configuration, who.person_id or "")
    if wanted.mailbox_id is not None:
        mailboxes = frozenset({wanted.mailbox_id}) & (
            mailboxes if mailboxes is not None else {wanted.mailbox_id}
        )
    page = await box.messages.list(mailboxes, wanted.page, wanted.page_size, unheard_only=wanted.unheard)
    return answer(page)


async def _message(request: web.Request) -> Message:
    message = await box_of(request).messages.get(request.match_info["id"])
    if message is None:
        raise not_found()
    return message


async def read_message(request: web.Request) -> web.Response:
    """One message, deleted or not."""
    return answer(await _message(request))


async def change_message(request: web.Request) -> web.Response:
    """Mark a message heard or not."""
    box, message = box_of(request), await _message(request)
    change = await body(request, MessageChange)
    if not await box.messages.mark_heard(message.id, change.heard, box.epoch()):
        raise not_found()
    box.events.publish("message", id=message.id, mailbox_id=message.mailbox_id, change="heard")
    return answer(await _message(request))


async def delete_message(request: web.Request) -> web.Response:
    """Delete a message and its sound."""
    box, message = box_of(request), await _message(request)
    if not await box.messages.delete(message.id, box.epoch()):
        raise not_found()
    box.events.publish("message", id=message.id, mailbox_id=message.mailbox_id, change="deleted")
    return nothing()


async def play_message(request: web.Request) -> web.StreamResponse:
    """A message's sound, in parts if asked."""
    message = await _message(request)
    name = f"message-{message.id}.wav" if "download" in request.query else None
    return await sound_answer(request, box_of(request).messages.audio_path(message), name)


async def retry_mail(request: web.Request) -> web.Response:
    """Send a message's e-mail again, now."""
    box, message = box_of(request), await _message(request)
    mailbox = box.configuration.mailboxes.get(message.mailbox_id)
    if mailbox is None or not mailbox.emails:
        raise refusal(409, "no_mail")
    if not await box.messages.retry_mail(message.id, box.epoch()):
        raise not_found()
    await box.deliver_mail_now()
    return answer(await _message(request), 202)


QUERY = {
    "page": "from 1",
    "page_size": "1 to 200",
    "mailbox_id": "of one mailbox",
    "unheard": "true: only these",
}
ONE = "/messages/{id}"
TAG = "messages"

ROUTES = (
    Route(
        "GET",
        "/messages",
        list_messages,
        Access.SIGNED_IN,
        "List messages",
        TAG,
        gives=MessagePage,
        query=QUERY,
    ),
    Route("GET", ONE, read_message, Access.OWN, "Read a message", TAG, gives=Message, owns=hears_message),
    Route(
        "PATCH",
        ONE,
        change_message,
        Access.OWN,
        "Mark a message heard or not",
        TAG,
        takes=MessageChange,
        gives=Message,
        owns=hears_message,
    ),
    Route("DELETE", ONE, delete_message, Access.OWN, "Delete a message", TAG, status=204, owns=hears_message),
    Route(
        "GET",
        f"{ONE}/audio",
        play_message,
        Access.OWN,
        "A message's sound (ranges allowed)",
        TAG,
        gives_type="audio/wav",
        query={"download": "present: to be saved as a file"},
        owns=hears_message,
    ),
    Route(
        "POST",
        f"{ONE}/mail",
        retry_mail,
        Access.OWN,
        "Send a message's e-mail again",
        TAG,
        gives=Message,
        status=202,
        owns=hears_message,
    ),
)
