"""Closures from other calendars: the whole days of an iCalendar file (RFC 5545), worked out for some years.

Events of part of a day are left out: a closure is of days. Times of several days close the days that they
cover from midnight to midnight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from appliance.configuration.calendars import SpecialDays
from appliance.configuration.fields import HoursState
from appliance.configuration.recurrence import Rule, named_days

if TYPE_CHECKING:
    import icalendar

LARGEST = 1024 * 1024
MOST_EVENTS, MOST_DAYS = 5000, 400
DAY = timedelta(days=1)
# How far ahead closures are worked out: longer than anybody plans an office's days.
AHEAD = timedelta(days=3 * 366)
LONGEST_NAME = 80
_RULE = TypeAdapter[str](Rule)


class NoCalendar(ValueError):
    """What was read is no iCalendar file; `code` says why: feed_not_calendar, feed_too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Closures:
    """The closed days found, in order, and how many events were left out for being no whole days."""

    days: tuple[SpecialDays, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Span:
    """Whole days of one event: the first, and how many."""

    first: date
    count: int


def closures(data: bytes, first: date, last: date, zone: ZoneInfo, state: HoursState) -> Closures:
    """The closures of a file between two days; raises NoCalendar. For a thread: it may take a second."""
    if len(data) > LARGEST:
        raise NoCalendar("feed_too_large")
    events = _events(data)
    moved = {(_text(event, "UID"), start) for event in events if (start := _moved_from(event)) is not None}
    found: set[tuple[date, date, str]] = set()
    left_out = 0
    for event in events:
        if _text(event, "STATUS").upper() == "CANCELLED":
            continue
        span = _span(event, zone)
        if span is None:
            left_out += 1
            continue
        name = " ".join(_text(event, "SUMMARY").split())[:LONGEST_NAME] or "?"
        own = _moved_from(event) is None
        for start in _starts(event, span, first, last):
            if own and (_text(event, "UID"), start) in moved:
                continue
            if start > last:
                continue
            end = start + (span.count - 1) * DAY
            if end >= first:
                found.add((start, end, name))
    days = [
        SpecialDays(name=_printable(name), first=start, last=end, state=state)
        for start, end, name in sorted(found)
    ]
    return Closures(tuple(days[:MOST_DAYS]), left_out)


def _events(data: bytes) -> list[icalendar.Event]:
    import icalendar  # slow to load, and few offices read other calendars

    try:
        calendar = icalendar.Calendar.from_ical(data)
        if calendar.name != "VCALENDAR":
            raise ValueError("not a calendar")
        return [each for each in calendar.walk("VEVENT") if isinstance(each, icalendar.Event)][:MOST_EVENTS]
    except Exception as error:  # The library lets more through than it says: an OSError for TZID=Europe.
        raise NoCalendar("feed_not_calendar") from error


def _value(event: icalendar.Event, name: str) -> Any:
    """The date, datetime or duration of a property; None where there is none that can be read."""
    try:
        found = event.get(name)
        return getattr(found[0] if isinstance(found, list) else found, "dt", None)
    except (ValueError, AttributeError, IndexError):
        return None


def _text(event: icalendar.Event, name: str) -> str:
    found = event.get(name, "")
    return str(found[0] if isinstance(found, list) and found else found)


def _printable(name: str) -> str:
    kept = "".join(character for character in name if character.isprintable()).strip()
    return kept or "?"


def _moved_from(event: icalendar.Event) -> date | None:
    moment = _value(event, "RECURRENCE-ID")
    return moment.date() if isinstance(moment, datetime) else moment if isinstance(moment, date) else None


def _span(event: icalendar.Event, zone: ZoneInfo) -> _Span | None:
    """The whole days of an event's first occurrence; None when it covers none."""
    start, end = _value(event, "DTSTART"), _value(event, "DTEND")
    duration = _value(event, "DURATION")
    try:
        if isinstance(start, datetime):
            return _whole_days(start, end, duration, zone)
        if not isinstance(start, date):
            return None
        if isinstance(duration, timedelta):
            count = duration.days
        else:
            last = end.date() if isinstance(end, datetime) else end
            count = (last - start).days if isinstance(last, date) else 1
        return _Span(start, min(max(count, 1), 366))
    except OverflowError:
        return None


def _whole_days(start: datetime, end: Any, duration: Any, zone: ZoneInfo) -> _Span | None:
    if isinstance(duration, timedelta):
        end = start + duration
    if not isinstance(end, datetime):
        return None
    begins, ends = (_wall(moment, zone) for moment in (start, end))
    first = begins.date() if begins.time() == time() else begins.date() + DAY
    count = (ends.date() - first).days
    return _Span(first, min(count, 366)) if count > 0 else None


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _starts(event: icalendar.Event, span: _Span, first: date, last: date) -> Iterator[date]:
    """The first days of every occurrence that may touch the days asked for."""
    excluded = set(_dates(event, "EXDATE"))
    wanted = [span.first, *_dates(event, "RDATE")]
    rule = event.get("RRULE")
    if rule is not None and _moved_from(event) is None:
        wanted += _named(rule, span, first, last)
    yield from (start for start in dict.fromkeys(wanted) if start not in excluded)


def _named(rule: Any, span: _Span, first: date, last: date) -> list[date]:
    """The days that a recurrence rule names; none for a rule that is not by days."""
    try:
        written = rule[0] if isinstance(rule, list) else rule
        text = _RULE.validate_python(written.to_ical().decode())
    except (ValidationError, ValueError, AttributeError, IndexError):
        return []
    if not text:
        return []
    earliest = max(first - span.count * DAY, span.first)
    years = range(earliest.year, last.year + 1)
    return [day for year in years for day in named_days(text, span.first, last, year) if day >= earliest]


def _dates(event: icalendar.Event, name: str) -> Iterator[date]:
    listed = event.get(name, [])
    for each in listed if isinstance(listed, list) else [listed]:
        for moment in _listed(each):
            yield moment.date() if isinstance(moment, datetime) else moment


def _listed(value: Any) -> list[date]:
    """The dates of one EXDATE or RDATE; none when it is damaged: it raises when it is asked."""
    try:
        moments = [getattr(each, "dt", None) for each in value.dts]
    except (ValueError, AttributeError):
        return []
    return [moment for moment in moments if isinstance(moment, date)]
