"""Permissions: which of their own settings people may not change, and what new people begin with (PERM-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

from appliance.configuration.fields import Identifier, Record, RingSeconds
from appliance.configuration.people import DEFAULT_DEVICES, DeviceChoice, Person, RingOrder
from appliance.configuration.voicemail import Mailbox, MailboxOwner

if TYPE_CHECKING:
    from appliance.configuration.configuration import Configuration

# The records that belong to a person, by collection.
PERSONAL: Mapping[str, type[Record]] = {"people": Person, "mailboxes": Mailbox}

# What may be locked besides: things done with a phone that are no setting of a person.
BY_PHONE = frozenset(
    {"phone.block_callers", "phone.click_to_call", "phone.groups", "phone.hours", "phone.pick_up"}
)


def _known(name: str) -> str:
    if name in BY_PHONE:
        return name
    collection, _, field = name.partition(".")
    if collection not in PERSONAL or field not in PERSONAL[collection].model_fields:
        raise PydanticCustomError("unknown_setting", "There is no such setting")
    return name


# A setting of a person or of their mailbox, or one of BY_PHONE: "people.mobile", "mailboxes.emails".
SettingName = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known)]
_InOrder = PlainSerializer(lambda names: sorted(names), return_type=list[str], when_used="json")
Locks = Annotated[frozenset[SettingName], Field(max_length=60), _InOrder]


class PersonDefaults(Record):
    """What a person begins with."""

    ring_seconds: RingSeconds = 20
    ring_order: RingOrder = RingOrder.TOGETHER
    devices: Annotated[tuple[DeviceChoice, ...], Field(min_length=1, max_length=3)] = DEFAULT_DEVICES


class Permissions(Record):
    """Settings that only an administrator changes: of everybody, of the members of groups, of some people."""

    everybody: Locks = frozenset()
    groups: Annotated[dict[Identifier, Locks], Field(max_length=200)] = Field(default_factory=dict)
    people: Annotated[dict[Identifier, Locks], Field(max_length=500)] = Field(default_factory=dict)
    defaults: PersonDefaults = PersonDefaults()

    def without(self, collection: str, identifier: str) -> Permissions:
        """The same less what is said of one group or person."""
        if collection not in ("groups", "people") or identifier not in getattr(self, collection):
            return self
        kept = {key: locks for key, locks in getattr(self, collection).items() if key != identifier}
        return self.model_copy(update={collection: kept})


def locks_of(configuration: Configuration, person_id: str) -> Mapping[str, str]:
    """The settings that are locked for a person, each with where: "office", "group", "person"."""
    permissions = configuration.permissions
    found = dict.fromkeys(permissions.people.get(person_id, ()), "person")
    for group_id, names in permissions.groups.items():
        group = configuration.groups.get(group_id)
        if group is not None and any(member.person_id == person_id for member in group.members):
            found.update(dict.fromkeys(names, "group"))
    found.update(dict.fromkeys(permissions.everybody, "office"))
    return found


def locked_fields(configuration: Configuration, collection: str, person_id: str) -> frozenset[str]:
    """The fields of a person's record of that collection which are locked."""
    return frozenset(_fields(locks_of(configuration, person_id), collection))


def _fields(locks: Mapping[str, str], collection: str) -> Iterator[str]:
    for name in locks:
        of, _, field = name.partition(".")
        if of == collection:
            yield field


def person_of(configuration: Configuration, collection: str, record_id: str) -> str:
    """Whose record it is; empty for nobody's."""
    if collection == "people":
        return record_id
    mailbox = configuration.mailboxes.get(record_id)
    return mailbox.owner_id or "" if mailbox and mailbox.owner is MailboxOwner.PERSON else ""
