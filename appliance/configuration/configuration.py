"""The whole configuration: one frozen snapshot of every record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from appliance.configuration.calendars import Calendar
from appliance.configuration.call_backs import CallBacks
from appliance.configuration.caller_filter import CallerFilter
from appliance.configuration.fields import Record
from appliance.configuration.hearers import mailboxes_heard
from appliance.configuration.lines import Line, Number, SipTrunk
from appliance.configuration.menus import Menu
from appliance.configuration.office import MailServer, Office, User
from appliance.configuration.outbound import Outbound, without
from appliance.configuration.people import Person, Phone, RingGroup
from appliance.configuration.permissions import Permissions
from appliance.configuration.shown_numbers import without_number
from appliance.configuration.star_codes import Action, StarCodes, split
from appliance.configuration.voicemail import Audio, Mailbox

# The collections, by the name they have in files, in the API and here; each maps id -> record.
COLLECTIONS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "people": Person,
        "phones": Phone,
        "groups": RingGroup,
        "menus": Menu,
        "calendars": Calendar,
        "lines": SipTrunk,
        "numbers": Number,
        "mailboxes": Mailbox,
        "audios": Audio,
        "users": User,
    }
)

# The records of which there is exactly one.
SINGLETONS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "office": Office,
        "mail_server": MailServer,
        "outbound": Outbound,
        "star_codes": StarCodes,
        "caller_filter": CallerFilter,
        "call_backs": CallBacks,
        "permissions": Permissions,
    }
)


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the staff have set; changed only by making another one.

    `office` is None until the box has been claimed and set up.
    """

    office: Office | None = None
    mail_server: MailServer = field(default_factory=MailServer)
    outbound: Outbound = field(default_factory=Outbound)
    star_codes: StarCodes = field(default_factory=StarCodes)
    caller_filter: CallerFilter = field(default_factory=CallerFilter)
    call_backs: CallBacks = field(default_factory=CallBacks)
    permissions: Permissions = field(default_factory=Permissions)
    people: Mapping[str, Person] = field(default_factory=_none)
    phones: Mapping[str, Phone] = field(default_factory=_none)
    groups: Mapping[str, RingGroup] = field(default_factory=_none)
    menus: Mapping[str, Menu] = field(default_factory=_none)
    calendars: Mapping[str, Calendar] = field(default_factory=_none)
    lines: Mapping[str, Line] = field(default_factory=_none)
    numbers: Mapping[str, Number] = field(default_factory=_none)
    mailboxes: Mapping[str, Mailbox] = field(default_factory=_none)
    audios: Mapping[str, Audio] = field(default_factory=_none)
    users: Mapping[str, User] = field(default_factory=_none)
    _extensions: Mapping[str, Person | RingGroup | Menu] = field(init=False, repr=False, compare=False)
    _codes: Mapping[str, Action] = field(init=False, repr=False, compare=False)
    _pressed: Mapping[str, Action] = field(init=False, repr=False, compare=False)
    _phones_by_user: Mapping[str, Phone] = field(init=False, repr=False, compare=False)
    _heard: Mapping[str, tuple[Mailbox, ...]] = field(init=False, repr=False, compare=False)

    def collection(self, name: str) -> Mapping[str, Record]:
        """The records of one collection, by id; raises KeyError on an unknown collection."""
        if name not in COLLECTIONS:
            raise KeyError(name)
        records: Mapping[str, Record] = getattr(self, name)
        return records

    def __post_init__(self) -> None:
        # Asked at each call; made once for each change of the settings.
        having: tuple[Person | RingGroup | Menu, ...]
        having = (*self.menus.values(), *self.groups.values(), *self.people.values())
        found = {each.extension: each for each in having if each.extension}
        object.__setattr__(self, "_extensions", MappingProxyType(found))
        object.__setattr__(self, "_codes", MappingProxyType(self.star_codes.dialled()))
        object.__setattr__(self, "_pressed", MappingProxyType(self.star_codes.pressed()))
        users = {phone.sip_user: phone for phone in self.phones.values()}
        object.__setattr__(self, "_phones_by_user", MappingProxyType(users))
        heard = mailboxes_heard(self.mailboxes, self.groups)
        object.__setattr__(self, "_heard", MappingProxyType(heard))

    def extensions(self) -> Mapping[str, Person | RingGroup | Menu]:
        """Every extension, with the person, group or menu that has it."""
        return self._extensions

    def person_at(self, extension: str) -> Person | None:
        """The person who has that extension."""
        found = self._extensions.get(extension)
        return found if isinstance(found, Person) else None

    def group_at(self, extension: str) -> RingGroup | None:
        """The ring group that has that extension."""
        found = self._extensions.get(extension)
        return found if isinstance(found, RingGroup) else None

    def star_code(self, dialled: str) -> tuple[Action, str] | None:
        """What a code that was dialled does, and what was dialled after it; None for what is no code."""
        code = split(self._codes, dialled)
        return (self._codes[code[0]], code[1]) if code is not None else None

    def line_there(self, dialled: str) -> Line | None:
        """The line in use to the other phone system that has that extension."""
        for line in self.lines.values():
            if line.enabled and line.has_extension(dialled):
                return line
        return None

    def codes_pressed(self) -> Mapping[str, Action]:
        """What is pressed during a call, by its code."""
        return self._pressed

    def phone_of(self, sip_user: str) -> Phone | None:
        """The phone that registers by this name."""
        return self._phones_by_user.get(sip_user)

    def heard_by(self, person_id: str) -> tuple[Mailbox, ...]:
        """The mailboxes whose messages a person hears: their own first, then those of their groups."""
        return self._heard.get(person_id, ())

    def with_record(self, collection: str, identifier: str, record: Record) -> Configuration:
        """This configuration with one record added or replaced."""
        return self._with(collection, MappingProxyType({**self.collection(collection), identifier: record}))

    def without_record(self, collection: str, identifier: str) -> Configuration:
        """This configuration less one record; raises KeyError when it is not there."""
        kept = dict(self.collection(collection))
        del kept[identifier]
        less = self._with(collection, MappingProxyType(kept))
        if collection == "numbers":
            less = less._with("people", MappingProxyType(without_number(less.people, identifier)))
        less = less._with("outbound", without(self.outbound, collection, identifier))
        return less._with("permissions", self.permissions.without(collection, identifier))

    def with_singleton(self, name: str, record: Record) -> Configuration:
        """This configuration with one of its SINGLETONS replaced."""
        if name not in SINGLETONS:
            raise KeyError(name)
        return self._with(name, record)

    def _with(self, name: str, value: Any) -> Configuration:
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)
