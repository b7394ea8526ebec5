"""Recurrence rules of RFC 5545 3.3.10, on days: what forwards repeat by, and closures from elsewhere."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Annotated

from dateutil.rrule import rrule, rrulestr
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

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
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    if count is None:
        kept, first = _begun_later(kept, parts, first, year)
    made = rrulestr(kept, dtstart=datetime.combine(first, datetime.min.time()))
    assert isinstance(made, rrule)
    days = (moment.date() for moment in islice(made, count))
    return frozenset(day for day in takewhile(lambda day: day <= end, days) if day.year == year)


def _begun_later(rule: str, parts: Mapping[str, str], first: date, year: int) -> tuple[str, date]:
    """A rule, and the last first day before a year with which it names the same days of that year.

    So that a rule from long ago costs no more than one of today.
    """
    interval = int(parts.get("INTERVAL", "1"))
    years = year - first.year
    if years < 1:
        return rule, first
    if "FREQ=DAILY" in rule or "FREQ=WEEKLY" in rule:
        period = interval if "FREQ=DAILY" in rule else 7 * interval
        days = (date(year, 1, 1) - first).days
        return rule, first + timedelta(days=days // period * period)
    if not parts.keys() & {"BYDAY", "BYMONTHDAY"}:
        rule += f";BYMONTHDAY={first.day}"
        if "FREQ=YEARLY" in rule and "BYMONTH" not in parts:
            rule += f";BYMONTH={first.month}"
    if "FREQ=YEARLY" in rule:
        return rule, date(first.year + years // interval * interval, 1, 1)
    months = first.month - 1 + (12 * years - first.month + 1) // interval * interval
    return rule, date(first.year + months // 12, months % 12 + 1, 1)


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
