"""The field types that records share: identifiers, names, numbers, secrets, times of day."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    SerializationInfo,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from appliance import numbers


class Record(BaseModel):
    """The base of every record: frozen, no unknown field, strings stripped at both ends."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, validate_default=True)


class Language(StrEnum):
    """A language the box speaks to callers and staff."""

    FRENCH = "fr"
    ENGLISH = "en"


class EncryptedAudio(StrEnum):
    """Whether the audio of a phone or a line is encrypted (SRTP).

    `automatic`: when what is agreed over TLS shows that the far end can, or it asks for it; `never` leaves
    only those who insist encrypted.
    """

    AUTOMATIC = "automatic"
    ALWAYS = "always"
    NEVER = "never"


class HoursState(StrEnum):
    """What a calendar says of a moment."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class DeviceKind(StrEnum):
    """What a person is reached on (RING-1)."""

    DESKPHONE = "deskphone"
    SOFTPHONE = "softphone"
    EXTERNAL = "external"


def _extension(text: str) -> str:
    if not text.isascii() or not text.isdigit():
        raise PydanticCustomError("extension_not_digits", "An extension is made of digits only")
    return text


def _e164(text: str) -> str:
    if not numbers.is_e164(text):
        raise PydanticCustomError("number_not_international", "Not a number in international form")
    return text


def _caller_id(text: str) -> str:
    if text.isascii() and text.isdigit() and 2 <= len(text) <= 6:
        return text
    return _e164(text)


def _line_of_text(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise PydanticCustomError("control_character", "This text holds a character that cannot be shown")
    return text


def _lines_of_text(text: str) -> str:
    return text.translate(_UNSPOKEN)


# Pasted texts hold such characters now and then; programs that take the text stop at them.
_UNSPOKEN = {code: " " for code in (*range(32), 127) if chr(code) not in "\t\r\n"}


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    plain = text.isprintable() and " " not in text and "," not in text
    if not (at and local and "." in domain.strip(".") and plain and "@" not in local):
        raise PydanticCustomError("email_malformed", "Not an e-mail address")
    return text


def _wall_time(value: time) -> time:
    if value.tzinfo is not None or value.microsecond:
        raise PydanticCustomError("time_not_of_wall", "A time of day has no zone and no fraction of a second")
    return value


def _secret_out(value: SecretStr, info: SerializationInfo) -> str | None:
    context = info.context
    return value.get_secret_value() if context and context.get(REVEAL) else None


# The key of a serialization context that lets secrets out; without it JSON has null in their place.
REVEAL = "reveal_secrets"

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_line_of_text)]
Label = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line_of_text)]
SpokenText = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_lines_of_text)]
Note = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_lines_of_text)]
# A user name at another server.
Login = Annotated[str, StringConstraints(max_length=254), AfterValidator(_line_of_text)]
LONGEST_EXTENSION = 6
Extension = Annotated[
    str, StringConstraints(min_length=2, max_length=LONGEST_EXTENSION), AfterValidator(_extension)
]
E164 = Annotated[str, StringConstraints(max_length=20), AfterValidator(_e164)]
# Who calls: an extension, or a number in E.164.
CallerId = Annotated[str, StringConstraints(max_length=20), AfterValidator(_caller_id)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:\[\]-]+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
# The distinct rings that deskphones know by number (Alert-Info).
RingTone = Annotated[int, Field(ge=1, le=5)]
RingSeconds = Annotated[int, Field(ge=5, le=300)]
SipUser = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.+-]+$")]
_SecretOut = PlainSerializer(_secret_out, return_type=str | None, when_used="json")
Secret = Annotated[SecretStr, Field(min_length=0, max_length=128), _SecretOut]
SipSecret = Annotated[SecretStr, Field(min_length=8, max_length=128), _SecretOut]
WallTime = Annotated[time, AfterValidator(_wall_time)]


class TimeRange(Record):
    """Opening hours within a day, in the calendar's zone; `end` at or before `start` runs past midnight.

    `end` 00:00 means the end of the day. The range is [start, end): 18:00 is closed when `end` is 18:00.
    """

    start: WallTime
    end: WallTime
