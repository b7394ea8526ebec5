"""Star codes: what the staff dial to have the box itself do something, one editable table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    BLOCK_CALLER = "block_caller"
    DO_NOT_DISTURB = "do_not_disturb"
    DO_NOT_DISTURB_ON = "do_not_disturb_on"
    DO_NOT_DISTURB_OFF = "do_not_disturb_off"
    FORWARD_ALL = "forward_all"
    FORWARD_ALL_OFF = "forward_all_off"
    FORWARD_BUSY = "forward_busy"
    FORWARD_BUSY_OFF = "forward_busy_off"
    FORWARD_NO_ANSWER = "forward_no_answer"
    FORWARD_NO_ANSWER_OFF = "forward_no_answer_off"
    FORWARD_NOT_CONNECTED = "forward_not_connected"
    FORWARD_NOT_CONNECTED_OFF = "forward_not_connected_off"
    DAY_START = "day_start"
    DAY_BREAK = "day_break"
    DAY_END = "day_end"
    GROUP_SIGN = "group_sign"
    HOURS_OPEN = "hours_open"
    HOURS_CLOSED = "hours_closed"
    HOURS_AS_SET = "hours_as_set"
    PARK = "park"
    PICK_UP = "pick_up"
    TRANSFER = "transfer"
    CONSULT = "consult"
    CONFERENCE = "conference"
    INTERCOM = "intercom"
    PAGING = "paging"
    ECHO = "echo"
    ABOUT = "about"


# What may be dialled after a code: nothing for those absent.
ARGUMENTS: Mapping[Action, Literal["extension", "number", "slot", "calendar"]] = MappingProxyType(
    {
        Action.PICK_UP: "extension",
        Action.INTERCOM: "extension",
        Action.PAGING: "extension",
        Action.GROUP_SIGN: "extension",
        Action.PARK: "slot",
        Action.FORWARD_ALL: "number",
        Action.FORWARD_BUSY: "number",
        Action.FORWARD_NO_ANSWER: "number",
        Action.FORWARD_NOT_CONNECTED: "number",
        Action.HOURS_OPEN: "calendar",
        Action.HOURS_CLOSED: "calendar",
        Action.HOURS_AS_SET: "calendar",
    }
)

# Pressed during a call, not dialled: they send the other party on, or ask somebody in.
DURING_CALL = frozenset({Action.TRANSFER, Action.CONSULT, Action.CONFERENCE})


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
    block_caller: StarCode | None = "*60"
    do_not_disturb: StarCode | None = "*76"
    do_not_disturb_on: StarCode | None = "*78"
    do_not_disturb_off: StarCode | None = "*79"
    forward_all: StarCode | None = "*21"
    forward_all_off: StarCode | None = "#21"
    forward_busy: StarCode | None = "*67"
    forward_busy_off: StarCode | None = "#67"
    forward_no_answer: StarCode | None = "*61"
    forward_no_answer_off: StarCode | None = "#61"
    forward_not_connected: StarCode | None = "*62"
    forward_not_connected_off: StarCode | None = "#62"
    day_start: StarCode | None = "*71"
    day_break: StarCode | None = "*72"
    day_end: StarCode | None = "*73"
    group_sign: StarCode | None = "*45"
    hours_open: StarCode | None = "*51"
    hours_closed: StarCode | None = "*52"
    hours_as_set: StarCode | None = "*50"
    park: StarCode | None = "*68"
    pick_up: StarCode | None = "*8"
    transfer: StarCode | None = "*1"
    consult: StarCode | None = "*2"
    conference: StarCode | None = "*4"
    intercom: StarCode | None = "*90"
    paging: StarCode | None = "*91"
    echo: StarCode | None = "*43"
    about: StarCode | None = "*65"

    def code(self, action: Action) -> str | None:
        """The code of an action."""
        found: str | None = getattr(self, action.value)
        return found

    def dialled(self) -> dict[str, Action]:
        """The actions that are dialled, by their codes."""
        return {code: action for code, action in self._codes() if action not in DURING_CALL}

    def pressed(self) -> dict[str, Action]:
        """The actions that are pressed during a call, by their codes."""
        return {code: action for code, action in self._codes() if action in DURING_CALL}

    def _codes(self) -> Iterator[tuple[str, Action]]:
        for action in Action:
            if code := self.code(action):
                yield code, action


def split(codes: Mapping[str, Action], dialled: str) -> tuple[str, str] | None:
    """The code that was dialled, and what came after it less separators; None when it is no code.

    `*21*0612345678#` is the code `*21` and the argument `0612345678`; `#21#` is the code `#21`.
    """
    for whole in (dialled, dialled.removesuffix("#")):
        if whole in codes:
            return whole, ""
    for length in range(min(LONGEST, len(dialled) - 1), 0, -1):
        action = codes.get(dialled[:length])
        if action in ARGUMENTS:
            return dialled[:length], dialled[length:].removeprefix("*").removesuffix("#")
    return None
