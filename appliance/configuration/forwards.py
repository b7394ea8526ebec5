"""Forwards: where a person's calls go instead, and when (FWD-1 to FWD-3).

A scheduled forward repeats by a recurrence rule of RFC 5545 3.3.10, on days; the time of day is given apart.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile
from typing import Annotated

from dateutil.rrule import rrule, rrulestr
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import Label, Record, TimeRange

# A forward is worked out for this long at most, so that no rule costs more than a moment.
LONGEST = timedelta(days=3653)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
# What a rule may say, by its frequency: each of these rules names days again and again, so that looking for
# the next one never takes long.
_PARTS = {
    "DAILY": frozenset[str](),
    "WEEKLY": frozenset({"BYDAY", "WKST"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH"}),
}
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_VALUES = {
    "INTERVAL": re.compile(r"[1-9][0-9]?"),
    "COUNT": re.compile(r"[1-9][0-9]{0,3}"),
    "UNTIL": re.compile(r"([0-9]{8})(?:T[0-9]{6}Z?)?"),
    "WKST": re.compile(_DAY),
    "BYDAY": re.compile(rf"(?:[1-4]|-1)?{_DAY}(?:,(?:[1-4]|-1)?{_DAY})*"),
    "BYMONTHDAY": re.compile(r"-?(?:[1-9]|[12][0-9]|3[01])(?:,-?(?:[1-9]|[12][0-9]|3[01]))*"),
    "BYMONTH": re.compile(r"(?:[1-9]|1[0-2])"),
}
_COMMON = frozenset({"INTERVAL", "COUNT", "UNTIL"})


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


def _rule(text: str) -> str:
    text = text.strip().upper().removeprefix("RRULE:")
    if text and "UNTIL" in (parts := _read(text)):
        _day(parts["UNTIL"])
    return text


def _read(text: str) -> dict[str, str]:
    """The parts of a rule; raises PydanticCustomError for what is none, or none that is understood."""
    parts = dict(part.split("=", 1) for part in text.split(";") if part.count("=") == 1)
    allowed = _PARTS.get(parts.pop("FREQ", ""))
    known = allowed is not None and parts.keys() <= allowed | _COMMON
    written = known and all(_VALUES[name].fullmatch(value) for name, value in parts.items())
    weekly = "FREQ=WEEKLY" in text and any(each.isdigit() for each in parts.get("BYDAY", ""))
    doubled = {"COUNT", "UNTIL"} <= parts.keys() or {"BYDAY", "BYMONTHDAY"} <= parts.keys()
    if not written or weekly or doubled or len(parts) != text.count(";"):
        raise PydanticCustomError("rule_malformed", "Not a recurrence rule of iCalendar, by days")
    return parts


Rule = Annotated[str, StringConstraints(max_length=200), AfterValidator(_rule)]
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


@lru_cache(maxsize=512)
def named_days(rule: str, first: date, last: date, year: int) -> frozenset[date]:
    """The days of a year that a rule names, of those from `first` to `last`."""
    parts = _read(rule)
    end = min(last, date(year, 12, 31))
    if "UNTIL" in parts:
        end = min(end, _day(parts["UNTIL"]))
    if end < first or not _may_happen(rule, parts, first):
        return frozenset()
    kept = ";".join(part for part in rule.split(";") if part.split("=")[0] not in ("COUNT", "UNTIL"))
    made = rrulestr(kept, dtstart=datetime.combine(first, datetime.min.time()))
    assert isinstance(made, rrule)
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    days = (moment.date() for moment in islice(made, count))
    return frozenset(day for day in takewhile(lambda day: day <= end, days) if day.year == year)


def _may_happen(rule: str, parts: Mapping[str, str], first: date) -> bool:
    """Whether a rule by days of the month names any: the search for a 31st of February would never end."""
    monthly, yearly = "FREQ=MONTHLY" in rule, "FREQ=YEARLY" in rule
    if "BYDAY" in parts or not (monthly or yearly):
        return True
    if yearly and "BYMONTHDAY" in parts and "BYMONTH" not in parts:
        return True
    least = min(abs(int(day)) for day in parts.get("BYMONTHDAY", str(first.day)).split(","))
    interval = int(parts.get("INTERVAL", "1"))
    month = int(parts.get("BYMONTH", first.month)) - 1
    for step in range(0, 120 * interval, interval):
        ahead = month + (step if monthly else 12 * step)
        if least <= monthrange(min(first.year + ahead // 12, 9000), ahead % 12 + 1)[1]:
            return True
    return False


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:8])
    except ValueError:
        raise PydanticCustomError("rule_malformed", "Not a recurrence rule of iCalendar, by days") from None


def never_happens(forward: ScheduledForward) -> bool:
    """Whether no day at all is named."""
    years = range(forward.first.year, forward.ends.year + 1)
    return bool(forward.rule) and not any(
        named_days(forward.rule, forward.first, forward.ends, year) for year in years
    )
