"""Mailboxes and the audio library."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from appliance.configuration.fields import Email, HoursState, Identifier, Language, Name, Record, SpokenText


class Greeting(Record):
    """What a caller hears before the beep: an audio of the library, else a spoken text, else the prompt."""

    audio_id: Identifier | None = None
    text: SpokenText = ""


class MailFormat(StrEnum):
    """The sound file attached to the e-mail."""

    MP3 = "mp3"
    WAV = "wav"


class MailboxOwner(StrEnum):
    """Whose mailbox it is (VM-1)."""

    PERSON = "person"
    GROUP = "group"
    NUMBER = "number"
    OFFICE = "office"


class Mailbox(Record):
    """Where callers leave messages (VM-1 to VM-4).

    `owner_id` names the person, group or number; empty for the office's. `keep_days` deletes messages that
    old; None keeps them. `members_hear`: the members of the group that owns it see and hear its messages.
    """

    id: Identifier
    name: Name
    owner: MailboxOwner = MailboxOwner.OFFICE
    owner_id: Identifier | None = None
    enabled: bool = True
    language: Language | None = None
    greetings: dict[HoursState, Greeting] = Field(default_factory=dict)
    announce_number: bool = False
    members_hear: bool = True
    emails: Annotated[tuple[Email, ...], Field(max_length=10)] = ()
    attach: bool = True
    mail_format: MailFormat = MailFormat.MP3
    delete_after_email: bool = False
    keep_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    max_seconds: Annotated[int, Field(ge=10, le=1800)] = 180
    silence_seconds: Annotated[int, Field(ge=3, le=60)] = 8


class Audio(Record):
    """A sound of the library: a text the box speaks, or an uploaded file (its bytes are in storage)."""

    id: Identifier
    name: Name
    language: Language = Language.FRENCH
    source: Literal["text", "upload"] = "text"
    text: SpokenText = ""
    replaces_prompt: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
