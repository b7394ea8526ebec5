"""Opening hours: what a calendar says of a moment, on the clock of the office's own wall.

A day is what the first of these says of it: the special day of the shortest span (the later in the list when
spans are equal), a public holiday observed, the week. A closed day and a holiday are so from 00:00 to 24:00;
a range that runs past midnight belongs to the day it starts on, and ends at the midnight of such a day.
Wall time decides at clock changes: an hour that does not exist is passed over, one that comes twice counts
twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from appliance.configuration.calendars import Calendar, SpecialDays
from appliance.configuration.fields import HoursState, TimeRange
from appliance.configuration.overrides import HoursOverride
from appliance.configuration.public_holidays import PublicHoliday, public_holidays
from appliance.zones import zone

DAY = timedelta(days=1)
# How many years ahead the next change is looked for; a calendar without one never changes.
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class DayRule:
    """What decides a day: its state outside its open ranges, and the special day or holiday it comes from.

    `special` is the place in the calendar's list; `holiday` the English key of a public holiday.
    """

    state: HoursState
    ranges: tuple[TimeRange, ...] = ()
    name: str = ""
    special: int | None = None
    holiday: str | None = None

    @property
    def closes(self) -> bool:
        """Whether the whole day is closed, whatever began the day before."""
        return self.state is HoursState.HOLIDAY or (self.special is not None and not self.ranges)


@dataclass(frozen=True, slots=True)
class HoursAnswer:
    """The state of a moment, and why; `until` is the local time of the next change, None when there is none.

    `name` is the special day's or holiday's, empty for the ordinary week. `override` is the place in the
    list of overrides of the one that holds; with a destination of its own, it leaves the state as it is.
    """

    state: HoursState
    name: str = ""
    special: int | None = None
    holiday: str | None = None
    until: datetime | None = None
    override: int | None = None


@dataclass(frozen=True, slots=True)
class _Year:
    """The segments of one year: local starts in order, and the answer from each on, without its end."""

    starts: list[datetime]
    answers: list[HoursAnswer]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A calendar made ready to be asked, in the zone `zone_name`; holiday names in `language`.

    The first of `overrides` that holds at a moment comes before all the rest.

    Years are worked out when first asked for, and kept.
    """

    calendar: Calendar
    zone_name: str
    language: str = "fr"
    overrides: tuple[HoursOverride, ...] = ()
    _fed: dict[date, int] = field(default_factory=dict, repr=False, compare=False)
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def at(self, moment: datetime) -> HoursAnswer:
        """What the calendar says of an aware moment."""
        answer = self.at_wall_time(self.wall_time(moment))
        for place, override in enumerate(self.overrides):
            if override.in_force(moment):
                state = answer.state if override.state == "destination" else HoursState(override.state)
                until = self.wall_time(override.until) if override.until else None
                return HoursAnswer(state, until=until, override=place)
        return answer

    def wall_time(self, moment: datetime) -> datetime:
        """The naive local time of an aware moment."""
        return moment.astimezone(zone(self.zone_name)).replace(tzinfo=None)

    def at_wall_time(self, local: datetime) -> HoursAnswer:
        """What the calendar itself says of a naive local time, overrides left aside."""
        year = self._year(local.year)
        place = bisect_right(year.starts, local) - 1
        answer = year.answers[place]
        return HoursAnswer(answer.state, answer.name, answer.special, answer.holiday, self._end(local, place))

    def prepare(self, moment: datetime) -> None:
        """Work out the year of that moment and the next ahead of calls."""
        local = self.wall_time(moment)
        for year in range(local.year, local.year + YEARS_AHEAD):
            self._year(year)

    def day(self, day: date) -> DayRule:
        """What decides that day."""
        special = self._special(day)
        if special is not None:
            return special
        for holiday in self._holidays(day):
            return DayRule(HoursState.HOLIDAY, (), holiday.name, None, holiday.key)
        return DayRule(HoursState.CLOSED, self.calendar.week.days()[day.weekday()])

    def _end(self, local: datetime, place: int) -> datetime | None:
        year = self._year(local.year)
        if place + 1 < len(year.starts):
            return year.starts[place + 1]
        answer = year.answers[place]
        for later in range(local.year + 1, min(local.year + 1 + YEARS_AHEAD, date.max.year)):
            following = self._year(later)
            if following.answers[0] != answer:
                return following.starts[0]
            if len(following.starts) > 1:
                return following.starts[1]
        return None

    def _special(self, day: date) -> DayRule | None:
        chosen: tuple[int, SpecialDays] | None = None
        for place, special in enumerate(self.calendar.special_days):
            if not special.first <= day <= special.last:
                continue
            if chosen is None or special.last - special.first <= chosen[1].last - chosen[1].first:
                chosen = place, special
        if chosen is None:
            return self._from_feed(day)
        place, special = chosen
        if special.state is not HoursState.OPEN:
            return DayRule(special.state, (), special.name, place)
        whole_day = (TimeRange(start=time(0), end=time(0)),)
        return DayRule(HoursState.CLOSED, special.ranges or whole_day, special.name, place)

    def _from_feed(self, day: date) -> DayRule | None:
        """What a calendar elsewhere says of a day."""
        fed = self.calendar.fed_days
        if not fed:
            return None
        if not self._fed:
            for place, each in enumerate(fed, start=len(self.calendar.special_days)):
                for offset in range(min((each.last - each.first).days + 1, 366)):
                    self._fed.setdefault(each.first + offset * DAY, place)
        found = self._fed.get(day)
        if found is None:
            return None
        special = self.calendar.special(found)
        return DayRule(special.state, (), special.name, found)

    def _holidays(self, day: date) -> Iterator[PublicHoliday]:
        observed = self.calendar.holidays
        if not observed.observed:
            return
        of_year = public_holidays(observed.country, observed.subdivision, day.year, self.language)
        for holiday in of_year.get(day, ()):
            if holiday.key not in observed.open_on:
                yield holiday

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._work_out(year)
        return found

    def _work_out(self, year: int) -> _Year:
        starts: list[datetime] = []
        answers: list[HoursAnswer] = []
        first = date(year, 1, 1)
        before = self.day(first - DAY) if year > date.min.year else DayRule(HoursState.CLOSED)
        for offset in range((date(year, 12, 31) - first).days + 1):
            day = first + offset * DAY
            rule = self.day(day)
            for start, answer in _segments(day, rule, before):
                if not answers or answers[-1] != answer:
                    starts.append(start)
                    answers.append(answer)
            before = rule
        return _Year(starts, answers)


def _segments(day: date, rule: DayRule, before: DayRule) -> Iterator[tuple[datetime, HoursAnswer]]:
    """The day's segments in order, each as its local start and its answer; the first starts at 00:00."""
    midnight = datetime.combine(day, time(0))
    closed = HoursAnswer(rule.state, rule.name, rule.special, rule.holiday)
    if rule.closes:
        yield midnight, closed
        return
    opened = HoursAnswer(HoursState.OPEN, rule.name, rule.special)
    at = midnight
    for start, end in _open_spans(midnight, rule, before):
        if start > at:
            yield at, closed
        yield start, opened
        at = end
    if at < midnight + DAY:
        yield at, closed


def _open_spans(midnight: datetime, rule: DayRule, before: DayRule) -> list[tuple[datetime, datetime]]:
    """When the day is open, in order, joined where ranges touch or overlap, within 00:00 and 24:00."""
    spans = [_span(midnight, each) for each in rule.ranges]
    spans.extend(_span(midnight - DAY, each) for each in before.ranges)
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        start, end = max(start, midnight), min(end, midnight + DAY)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _span(midnight: datetime, each: TimeRange) -> tuple[datetime, datetime]:
    """A range of the day that starts at `midnight`, as local start and end."""
    start = datetime.combine(midnight.date(), each.start)
    end = datetime.combine(midnight.date(), each.end)
    return start, end if end > start else end + DAY
