"""The facts of a call: who calls whom, over which line, in which language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from appliance.configuration.fields import Language
from appliance.routing.redirections import Redirection


class Direction(StrEnum):
    """Where a call comes from and goes to."""

    INBOUND = "inbound"
    INTERNAL = "internal"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """A caller who is a contact (configuration.contacts); `owner_id` is the person responsible for them."""

    contact_id: str
    name: str
    owner_id: str | None = None
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when the call arrives; only the `language` may be chosen later (NUM-5).

    `caller`: E.164, an extension, or empty when withheld. `called`: our number in E.164 for an inbound call,
    else an extension, a star code, an E.164 number, or what was dialled when it is none of these. `withheld`:
    the number of whoever calls outside is not shown. `picks_up`: the ringing call that this one is to take.
    `known`: the contact who calls from outside. `chosen_line_id`: the line asked for just before the call
    (OUT-3). `short`: the short number that was dialled for `called` (OUT-11). `shows`: the number of ours
    (E.164) to show instead of the person's, where they may (OUT-6).
    `sent_by`: the person who has sent the caller on to what is called. `counted_as`: whose calls outside this
    one is counted with, where another phone system makes it by us; else the person's.
    `redirected`: who had sent the call on, outside or here. `proven`: false where nobody was asked
    for a password (OUT-9).
    """

    direction: Direction
    caller: str
    caller_name: str
    called: str
    line_id: str | None = None
    caller_person_id: str | None = None
    language: Language = Language.FRENCH
    withheld: bool = False
    picks_up: str = ""
    sent_by: str | None = None
    known: KnownCaller | None = None
    chosen_line_id: str | None = None
    short: str = ""
    shows: str = ""
    redirected: Redirection | None = None
    counted_as: str = ""
    proven: bool = True

    def recognised(self, known: KnownCaller | None) -> Facts:
        """The same once the caller's number has been looked up among the contacts."""
        if known is None or self.direction is not Direction.INBOUND:
            return self
        return replace(self, known=known, caller_name=known.name)
