"""References: which record names which other, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS, Configuration
from appliance.configuration.voicemail import Mailbox, MailboxOwner

Path = tuple[str | int, ...]

# The collection that each field of that name refers to, in whichever record it stands.
REFERENCE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "people",
        "group_id": "groups",
        "menu_id": "menus",
        "mailbox_id": "mailboxes",
        "number_id": "numbers",
        "main_number_id": "numbers",
        "presented_number_id": "numbers",
        "forwards_show_number_id": "numbers",
        "line_id": "lines",
        "calendar_id": "calendars",
        "audio_id": "audios",
        "hold_music_id": "audios",
        "owner_id": "people",
    }
)
MAILBOX_OWNERS: Mapping[MailboxOwner, str] = MappingProxyType(
    {MailboxOwner.PERSON: "people", MailboxOwner.GROUP: "groups", MailboxOwner.NUMBER: "numbers"}
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a record: `collection` and `record_id` (empty for the office) say where.

    `path` leads to the field within that record.
    """

    collection: str
    record_id: str
    path: Path
    to_collection: str
    to_id: str


def references(configuration: Configuration) -> Iterator[Reference]:
    """Every reference of the configuration."""
    for collection, record_id, record in all_records(configuration):
        for path, name, value in _reference_fields(record, ()):
            to = REFERENCE_FIELDS[name]
            if isinstance(record, Mailbox) and name == "owner_id":
                to = MAILBOX_OWNERS.get(record.owner, "")
            if to:
                yield Reference(collection, record_id, path, to, value)


def used_by(configuration: Configuration, collection: str, identifier: str) -> tuple[Reference, ...]:
    """Where a record is named by others; empty when it may be deleted."""
    return tuple(
        each
        for each in references(configuration)
        if (each.to_collection, each.to_id) == (collection, identifier)
        and (each.collection, each.record_id) != (collection, identifier)
    )


def all_records(configuration: Configuration) -> Iterator[tuple[str, str, BaseModel]]:
    """Every record with its collection and id; the office and the mail server have an empty id."""
    for name in SINGLETONS:
        record = getattr(configuration, name)
        if record is not None:
            yield name, "", record
    for name in COLLECTIONS:
        for identifier, each in configuration.collection(name).items():
            yield name, identifier, each


def _reference_fields(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(value, BaseModel):
        items = [(name, getattr(value, name)) for name in type(value).model_fields]
    elif isinstance(value, Mapping):
        items = [(str(key), each) for key, each in value.items()]
    else:
        items = []
    for name, each in items:
        if isinstance(each, str):
            if name in REFERENCE_FIELDS and isinstance(value, BaseModel):
                yield (*path, name), name, str(each)
        else:
            yield from _reference_fields(each, (*path, name))
    if isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _reference_fields(each, (*path, place))
