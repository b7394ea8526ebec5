"""The office itself, its mail server, and who may sign in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from appliance.configuration.fields import (
    E164,
    Email,
    Host,
    Identifier,
    Language,
    Login,
    Name,
    Port,
    Record,
    RingSeconds,
    RingTone,
    Secret,
)
from appliance.configuration.overrides import HoursOverride
from appliance.zones import is_zone


def _zone(name: str) -> str:
    if not is_zone(name):
        raise PydanticCustomError("unknown_zone", "No such time zone")
    return name


# A place is one digit, dialled after the park code.
MOST_PARK_PLACES = 9
PARK_PLACES, PARK_SECONDS = 5, 120


class Office(Record):
    """The office: country and zone set holidays, tones, number formats.

    `phones_outside`: whether phones may connect from outside the office's network; each person must be
    allowed to besides. `hold_music_id`: what those on hold hear; None is the box's own melody. `override`:
    what holds for every number instead of its hours (TIME-4); a calendar's own comes before it.
    `park_places`: how many calls may be parked at once; `park_seconds`: after which a parked one comes back.
    `transfer_changes_owner`: whether who takes a contact's call by a transfer is responsible for them
    then. `internal_ring_tone`: the distinct ring of colleagues' calls.
    `answer_seconds`: how long who must press 1 to take a call is waited for (CONF-1).
    """

    name: Name
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "FR"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    language: Language = Language.FRENCH
    calendar_id: Identifier | None = None
    backup_number: E164 | None = None
    outbound_ring_seconds: RingSeconds = 60
    answer_seconds: Annotated[int, Field(ge=5, le=60)] = 15
    phones_outside: bool = False
    park_places: Annotated[int, Field(ge=1, le=MOST_PARK_PLACES)] = PARK_PLACES
    park_seconds: Annotated[int, Field(ge=15, le=1800)] = PARK_SECONDS
    hold_music_id: Identifier | None = None
    override: HoursOverride | None = None
    transfer_changes_owner: bool = False
    internal_ring_tone: RingTone | None = None


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailServer(Record):
    """The server that takes our e-mail; nothing is sent while `enabled` is false or the host is empty."""

    enabled: bool = False
    host: Host | None = None
    port: Port = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: Login = ""
    password: Secret = Field(default="", validate_default=True)
    sender: Email | None = None


class Role(StrEnum):
    """What a signed-in user may do."""

    ADMINISTRATOR = "administrator"
    PERSON = "person"


class User(Record):
    """Somebody who signs in to the pages; `password_hash` is argon2 and never leaves the pbx."""

    id: Identifier
    name: Name
    password_hash: Secret
    role: Role = Role.ADMINISTRATOR
    person_id: Identifier | None = None
    language: Language = Language.FRENCH
