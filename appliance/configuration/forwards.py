"""Forwards: where a person's calls go instead, and when (FWD-1 to FWD-3).

A scheduled forward repeats by a recurrence rule of RFC 5545 3.3.10, on days; the time of day is given apart.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import Label, Record, TimeRange
from appliance.configuration.recurrence import Rule, named_days

# A forward is worked out for this long at most, so that no rule costs more than a moment.
LONGEST = timedelta(days=3653)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class ForwardCondition(StrEnum):
    """Why a call was not taken by the person, when they forward it for that (FWD-3).

    `busy`: they have as many calls as they may, or their phone says so; a second call has its own setting.
    """

    NO_ANSWER = "no_answer"
    NOT_CONNECTED = "not_connected"
    BUSY = "busy"


class MobileRings(StrEnum):
    """When a mobile among a person's devices rings (FWD-5)."""

    AT_ONCE = "at_once"
    ON_NO_ANSWER = "on_no_answer"


ForwardDay = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class ScheduledForward(Record):
    """All calls of a person go elsewhere on some days, at some hours (FWD-2); it ends by itself.

    On each day from `first` to `last` (None: open) that `rule` names (empty: on every one); within `ranges`
    (none: all day), one of which may run past midnight.
    """

    destination: Destination
    first: ForwardDay
    last: ForwardDay | None = None
    rule: Rule = ""
    ranges: Annotated[tuple[TimeRange, ...], Field(max_length=6)] = ()
    comment: Label = ""

    @property
    def ends(self) -> date:
        """The last day it can be in force."""
        longest = self.first + LONGEST
        return min(self.last or longest, longest)

    def names(self, day: date) -> bool:
        """Whether it is in force on a day."""
        if not self.first <= day <= self.ends:
            return False
        return not self.rule or day in named_days(self.rule, self.first, self.ends, day.year)


def never_happens(forward: ScheduledForward) -> bool:
    """Whether no day at all is named."""
    years = range(forward.first.year, forward.ends.year + 1)
    return bool(forward.rule) and not any(
        named_days(forward.rule, forward.first, forward.ends, year) for year in years
    )
