"""What the staff may dial besides numbers: prefixes that choose a line, and short numbers."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from appliance.configuration.fields import E164, Name, Record

# Keys that hide the caller's number for one call, as on the public networks (3GPP TS 22.030).
WITHHOLDING = ("*31*", "#31#")
_PREFIX = re.compile(r"[*#]?[0-9]{1,5}[*#]?", re.ASCII)
_SHORT = re.compile(r"[*#]?[0-9]{1,5}", re.ASCII)


def _prefix(text: str) -> str:
    if "+" in text:
        raise PydanticCustomError("prefix_plus", "A plus begins a number abroad, not a prefix")
    if not _PREFIX.fullmatch(text):
        raise PydanticCustomError("prefix_malformed", "A prefix is one to five digits, such as 801 or *123*")
    return text


def _short(text: str) -> str:
    if not _SHORT.fullmatch(text):
        raise PydanticCustomError("short_malformed", "A short number is one to five digits, as 55 or *55")
    return text


# Dialled before a number, it chooses the line of that call (OUT-3).
LinePrefix = Annotated[str, AfterValidator(_prefix)]


class ShortNumber(Record):
    """A few keys that stand for a whole number (OUT-11)."""

    code: Annotated[str, AfterValidator(_short)]
    name: Name
    number: E164
