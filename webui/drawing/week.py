"""The week of a number: seven days of twenty-four hours, coloured by who answers, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from markupsafe import Markup

from webui.language import N_, fill, gettext, write_full_day, write_weekday
from webui.wording import say_way

Json = dict[str, Any]

DAYS, HOURS = 7, 24
HOUR_WIDTH, ROW, BAR, LEFT, TOP = 29.0, 26.0, 20.0, 46.0, 18.0
# What fits into a bar, by its width.
LETTER = 6.4
COLOURS = 6
FIRST_WORDS = {
    "rings": N_("{who}: rings"),
    "menu": N_("The caller chooses by a key: {who}"),
    "call_back": N_("The caller may ask to be called back: {who}"),
    "message": N_("A message is taken: {who}"),
    "announcement": N_("An announcement is played"),
    "tone": N_("A tone tells the caller"),
    "service": N_("A service of the box answers"),
    "hang_up": N_("The call is ended"),
}
HOLE_WORDS = {
    "nobody": N_("Nobody can be rung"),
    "silent": N_("The caller hears nothing"),
    "loop": N_("The path comes back to where it was"),
}


@dataclass(frozen=True, slots=True)
class Shade:
    """One kind of answer: its class on the page, and what it is in words."""

    name: str
    words: str
    short: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of one day, as wall time; `reason` says what the opening hours said."""

    start: datetime
    end: datetime
    shade: Shade
    reason: str

    @property
    def hours(self) -> str:
        """09:00 – 12:00."""
        last = "24:00" if self.end.time() == time() else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M} – {last}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week and its parts in order."""

    day: date
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """The picture, its legend, and the days in words for who does not see it."""

    number_id: str
    name: str
    number: str
    rings: bool
    svg: Markup
    legend: tuple[Shade, ...]
    days: tuple[Day, ...]

    @property
    def has_hole(self) -> bool:
        """Whether an hour has no answer."""
        return any(shade.name == "hole" for shade in self.legend)


def picture(told: Json, monday: date) -> WeekPicture:
    """The picture of what the API tells of one number's week."""
    shades = _shades(told["stretches"])
    bars = [bar for stretch in told["stretches"] for bar in _bars(stretch, shades)]
    days = []
    for offset in range(DAYS):
        day = monday + timedelta(days=offset)
        own = tuple(bar for bar in bars if bar.start.date() == day)
        days.append(Day(day, write_weekday(day), own))
    legend = tuple(dict.fromkeys(shades.values()))
    name = str(told["name"])
    title = fill(N_("Who answers {name} in the week of {day}"), {"name": name, "day": write_full_day(monday)})
    return WeekPicture(
        str(told["number_id"]),
        name,
        str(told["number"]),
        bool(told["rings"]),
        _svg(days, title),
        legend,
        tuple(days),
    )


def _key(stretch: Json) -> tuple[Any, ...]:
    return stretch["hole"], stretch["first"], tuple(stretch["who"])


def _shades(stretches: Sequence[Json]) -> Mapping[tuple[Any, ...], Shade]:
    found: dict[tuple[Any, ...], Shade] = {}
    rings = 0
    for stretch in stretches:
        key = _key(stretch)
        if key in found:
            continue
        first, who = str(stretch["first"]), ", ".join(stretch["who"])
        hole = stretch["hole"]
        if hole:
            words = gettext(HOLE_WORDS[hole])
            found[key] = Shade("hole", words, words)
        elif first == "rings":
            found[key] = Shade(f"ring-{rings % COLOURS}", fill(FIRST_WORDS[first], {"who": who}), who)
            rings += 1
        else:
            words = fill(FIRST_WORDS[first], {"who": who}).rstrip(": ")
            shade = first if first in ("message", "menu") else "other"
            found[key] = Shade(shade, words, who or words)
    return found


def _bars(stretch: Json, shades: Mapping[tuple[Any, ...], Shade]) -> Iterator[Bar]:
    """The stretch cut at midnights, by the clock on the office's wall."""
    start, last = (datetime.fromisoformat(stretch[end]).replace(tzinfo=None) for end in ("start", "end"))
    shade, reason = shades[_key(stretch)], say_way(str(stretch["way"]))
    while start < last:
        midnight = datetime.combine(start.date() + timedelta(days=1), time())
        yield Bar(start, min(midnight, last), shade, reason)
        start = midnight


def _svg(days: Sequence[Day], title: str) -> Markup:
    width, height = LEFT + HOURS * HOUR_WIDTH + 2, TOP + DAYS * ROW
    hours = (
        Markup('<text class="hour" x="{}" y="11">{}</text>').format(LEFT + hour * HOUR_WIDTH, f"{hour:02d}")
        for hour in range(0, HOURS, 3)
    )
    lines = (
        Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
            LEFT + hour * HOUR_WIDTH, TOP - 3, height
        )
        for hour in range(0, HOURS + 1, 3)
    )
    return Markup("").join(
        (
            Markup(
                '<svg class="week-picture" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img">'
            ).format(width, height),
            Markup("<title>{}</title>").format(title),
            *hours,
            *lines,
            *(_row(day, TOP + place * ROW) for place, day in enumerate(days)),
            Markup("</svg>"),
        )
    )


def _row(day: Day, y: float) -> Markup:
    name = Markup('<text class="day" x="0" y="{}">{}</text>').format(y + 14, day.name[:3])
    return name + Markup("").join(_bar(bar, y) for bar in day.bars)


def _bar(bar: Bar, y: float) -> Markup:
    midnight = datetime.combine(bar.start.date(), time())
    x, end = (LEFT + (moment - midnight) / timedelta(hours=1) * HOUR_WIDTH for moment in (bar.start, bar.end))
    room = int((end - x - 8) / LETTER)
    words = bar.shade.short if len(bar.shade.short) <= room else ""
    return Markup(
        '<g class="bar for-{}"><title>{} · {}</title>'
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="3"/>'
        '<text x="{:.1f}" y="{:.1f}">{}</text></g>'
    ).format(bar.shade.name, bar.hours, bar.shade.words, x, y, end - x, BAR, x + 5, y + 14, words)
