"""Star codes: what the staff dial to have the box itself do something, one editable table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from appliance.configuration.fields import Record

LONGEST = 6


class Action(StrEnum):
    """What a star code does; each has the field of its name in StarCodes."""

    MAILBOX = "mailbox"
    LAST_CALLER = "last_caller"
    DO_NOT_DISTURB = "do_not_disturb"
    DO_NOT_DISTURB_ON = "do_not_disturb_on"
    DO_NOT_DISTURB_OFF = "do_not_disturb_off"
    ECHO = "echo"
    ABOUT = "about"


# What may be dialled after a code: nothing for those absent.
ARGUMENTS: Mapping[Action, Literal["extension", "number", "slot"]] = MappingProxyType({})


def _code(text: str) -> str:
    digits = text[1:] if text[:1] in ("*", "#") else text
    if not (digits.isascii() and digits.isdigit() and len(text) <= LONGEST):
        raise PydanticCustomError("star_code_malformed", "A code is a star and one to five digits")
    return text


StarCode = Annotated[str, AfterValidator(_code)]


class StarCodes(Record):
    """The code of each action; None where it has none."""

    mailbox: StarCode | None = "*97"
    last_caller: StarCode | None = "*69"
    do_not_disturb: StarCode | None = "*76"
    do_not_disturb_on: StarCode | None = "*78"
    do_not_disturb_off: StarCode | None = "*79"
    echo: StarCode | None = "*43"
    about: StarCode | None = "*65"

    def code(self, action: Action) -> str | None:
        """The code of an action."""
        found: str | None = getattr(self, action.value)
        return found

    def dialled(self) -> dict[str, Action]:
        """The actions by their codes."""
        return {code: action for action in Action if (code := self.code(action))}


def split(codes: Mapping[str, Action], dialled: str) -> tuple[str, str] | None:
    """The code that was dialled, and what came after it less separators; None when it is no code.

    `*21*0612345678#` is the code `*21` and the argument `0612345678`.
    """
    if dialled in codes:
        return dialled, ""
    for length in range(min(LONGEST, len(dialled) - 1), 0, -1):
        action = codes.get(dialled[:length])
        if action in ARGUMENTS:
            return dialled[:length], dialled[length:].removeprefix("*").removesuffix("#")
    return None
