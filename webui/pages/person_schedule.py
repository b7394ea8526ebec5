"""What a person's page says by time: devices that ring by hours, and scheduled forwards, also in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.dates import get_day_names

from webui import destinations
from webui.forms import Choice
from webui.language import gettext, locale, write_full_day
from webui.records import Json

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[:5])


def devices_to_values(chosen: Json, kinds: Iterable[str], rung: Iterable[str], states: Iterable[str]) -> Json:
    """The kinds ticked in each state of the hours; a kind the person has not is ticked, for when they do."""
    rung = frozenset(rung)
    return {
        state: [kind for kind in kinds if state not in chosen or kind not in rung or kind in chosen[state]]
        for state in states
    }


def devices_from_values(ticked: Any, rung: Sequence[str], states: Iterable[str]) -> dict[str, list[str]]:
    """The kinds that ring in those states in which not all of the person's do."""
    ticked = ticked if isinstance(ticked, dict) else {}
    kept = {
        state: [kind for kind in rung if kind in ticked[state]]
        for state in states
        if isinstance(ticked.get(state), list)
    }
    return {state: some for state, some in kept.items() if len(some) < len(rung)}


def to_row(forward: Json) -> Json:
    """A scheduled forward as a row of the form."""
    rule = str(forward.get("rule") or "")
    days = rule.removeprefix("FREQ=WEEKLY").removeprefix(";BYDAY=").split(",") if rule else []
    plain = rule.startswith("FREQ=WEEKLY") and all(day in DAYS or not day for day in days)
    repeat = "every" if rule in ("", "FREQ=DAILY") else "weekdays" if rule == _WEEKDAYS else "days"
    return {
        **forward,
        "repeat": repeat if plain or repeat == "every" else "rule",
        "days": days if plain else [],
        "ranges": [
            {"start": str(one["start"])[:5], "end": str(one["end"])[:5]}
            for one in forward.get("ranges") or []
        ],
        "destination": destinations.to_values(forward.get("destination")),
    }


def from_row(row: Json) -> Json:
    """A row of the form as a scheduled forward of the API."""
    days = row.get("days")
    named = ",".join(day for day in DAYS if isinstance(days, list) and day in days)
    weekly = f"FREQ=WEEKLY;BYDAY={named}" if named else "FREQ=WEEKLY"
    rules = {"weekdays": _WEEKDAYS, "days": weekly, "rule": row.get("rule") or ""}
    return {
        "destination": destinations.from_values(row.get("destination")),
        "first": row.get("first") or None,
        "last": row.get("last") or None,
        "rule": rules.get(str(row.get("repeat")), ""),
        "ranges": _filled(row),
        "comment": row.get("comment") or "",
    }


def is_filled(row: Json) -> bool:
    """Whether anything was put into a row."""
    picked = destinations.from_values(row.get("destination"))
    return bool(picked or row.get("first") or row.get("last") or row.get("comment") or _filled(row))


def pad(rows: Iterable[Json]) -> None:
    """Room for one more time range in each row."""
    for row in rows:
        row["ranges"] = [*_filled(row), {}]


def in_words(row: Json, choices: Iterable[Choice]) -> str:
    """A row as one sentence; "" while it is not complete."""
    try:
        first = date.fromisoformat(str(row.get("first")))
        last = date.fromisoformat(str(row["last"])) if row.get("last") else None
    except ValueError:
        return ""
    picker: Any = row.get("destination")
    pick = picker.get("pick") if isinstance(picker, dict) else ""
    where = next((one.label for one in choices if one.value == pick), "") if pick else ""
    hours = ", ".join(f"{one.get('start')}–{one.get('end')}" for one in _filled(row))
    dates = (
        gettext("from {first} to {last}").format(first=write_full_day(first), last=write_full_day(last))
        if last
        else gettext("from {first} on").format(first=write_full_day(first))
    )
    said = gettext("{days}, {hours}, {dates}: calls go to “{where}”.")
    return said.format(days=_days(row, first), hours=hours or gettext("all day"), dates=dates, where=where)


def day_names() -> dict[str, str]:
    """The weekdays by their codes in a recurrence rule, in the page's language."""
    names = get_day_names("wide", locale=locale())
    return {code: names[index] for index, code in enumerate(DAYS)}


def _days(row: Json, first: date) -> str:
    repeat = row.get("repeat")
    if repeat == "weekdays":
        return gettext("From Monday to Friday")
    if repeat == "rule":
        return gettext("On the days of the rule {rule}").format(rule=row.get("rule"))
    if repeat != "days":
        return gettext("Every day")
    ticked: Any = row.get("days")
    chosen = [day for day in DAYS if isinstance(ticked, list) and day in ticked] or [DAYS[first.weekday()]]
    names = day_names()
    return gettext("Each week on {days}").format(days=", ".join(names[day] for day in chosen))


def _filled(row: Json) -> list[Json]:
    ranges = row.get("ranges")
    ranges = ranges if isinstance(ranges, list) else []
    return [one for one in ranges if isinstance(one, dict) and (one.get("start") or one.get("end"))]
