"""What belongs to a person, and what of it they may change themselves (PERM-1)."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Record
from appliance.configuration.permissions import locked_fields, person_of
from appliance.configuration.voicemail import MailboxOwner
from appliance.control.errors import CODES, ApiError, FieldError
from appliance.control.routes import box_of

# The rest (name, extension, who owns what) is the administrator's.
OWN_FIELDS: Mapping[str, frozenset[str]] = {
    "people": frozenset(
        {
            "email",
            "language",
            "mobile",
            "devices",
            "ring_order",
            "ring_seconds",
            "do_not_disturb",
            "withholds_number",
            "shows_mobile",
            "presented_number_id",
            "short_numbers",
            "do_not_disturb_except",
            "working_day",
            "mobile_rings",
            "devices_by_hours",
            "max_calls",
            "when_busy",
            "forward_to",
            "forward_active",
            "scheduled_forwards",
            "forwards",
            "when_unanswered",
        }
    ),
    "mailboxes": frozenset(
        {"greetings", "announce_number", "emails", "attach", "mail_format", "delete_after_email", "language"}
    ),
}


def is_own_mailbox(configuration: Configuration, mailbox_id: str, person_id: str) -> bool:
    """Whether a mailbox is the person's own."""
    mailbox = configuration.mailboxes.get(mailbox_id)
    return mailbox is not None and mailbox.owner is MailboxOwner.PERSON and mailbox.owner_id == person_id


def own_mailboxes(configuration: Configuration, person_id: str) -> frozenset[str]:
    """The ids of a person's mailboxes."""
    return frozenset(
        identifier
        for identifier in configuration.mailboxes
        if is_own_mailbox(configuration, identifier, person_id)
    )


def heard_mailboxes(configuration: Configuration, person_id: str) -> frozenset[str]:
    """The ids of the mailboxes whose messages a person hears."""
    return frozenset(mailbox.id for mailbox in configuration.heard_by(person_id))


async def owns_person(request: web.Request, person_id: str) -> bool:
    """Whether the request is about that person."""
    return request.match_info["id"] == person_id


async def owns_mailbox(request: web.Request, person_id: str) -> bool:
    """Whether the request is about a mailbox of that person."""
    return is_own_mailbox(box_of(request).configuration, request.match_info["id"], person_id)


async def hears_message(request: web.Request, person_id: str) -> bool:
    """Whether the request is about a message that the person hears."""
    box = box_of(request)
    message = await box.messages.get(request.match_info["id"])
    return message is not None and message.mailbox_id in heard_mailboxes(box.configuration, person_id)


def check_own_fields(configuration: Configuration, collection: str, before: Record, after: Record) -> None:
    """Raises ApiError 403 when a field changes that is not the person's to change, or is locked."""
    person = person_of(configuration, collection, str(getattr(before, "id", "")))
    locked = locked_fields(configuration, collection, person)
    codes = {
        name: "not_allowed" if name not in OWN_FIELDS[collection] else "locked" if name in locked else ""
        for name in type(before).model_fields
        if getattr(before, name) != getattr(after, name)
    }
    refused = [FieldError(field=name, code=code, message=CODES[code]) for name, code in codes.items() if code]
    if refused:
        raise ApiError(403, refused)
