"""Days that are over before they are saved: a closure or a forward of last year is a slip of the hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from appliance.configuration.calendars import SpecialDays
from appliance.configuration.configuration import Configuration
from appliance.configuration.forwards import ScheduledForward
from appliance.configuration.problems import Problem


def new_past_days(before: Configuration, after: Configuration, today: date) -> tuple[Problem, ...]:
    """What a change would bring that is over already; what was saved in its time stays."""
    return tuple(_found(before, after, today))


def _found(before: Configuration, after: Configuration, today: date) -> Iterator[Problem]:
    for key, calendar in after.calendars.items():
        old = before.calendars.get(key)
        known: Sequence[object] = old.special_days if old else ()
        yield from _over("calendars", key, "special_days", calendar.special_days, known, today)
    for key, person in after.people.items():
        was = before.people.get(key)
        known = was.scheduled_forwards if was else ()
        yield from _over("people", key, "scheduled_forwards", person.scheduled_forwards, known, today)


def _over(
    collection: str,
    key: str,
    field: str,
    entries: Sequence[SpecialDays | ScheduledForward],
    known: Sequence[object],
    today: date,
) -> Iterator[Problem]:
    for place, entry in enumerate(entries):
        if entry.last is not None and entry.last < today and entry not in known:
            yield Problem(collection, key, (field, place, "last"), "date_past")
