"""The world as a decision sees it: who can be reached and what they are doing, which lines are up.

There is one model of reachability: `PersonNow`. Decisions, lamps and pages read it; the runtime fills it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

_NOBODY: frozenset[str] = frozenset()


class DayState(StrEnum):
    """How a person's working day stands (STAT-1)."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    ON_BREAK = "on_break"
    ENDED = "ended"


class PersonState(StrEnum):
    """What a person is doing, as lamps, the API and the pages say it."""

    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    DO_NOT_DISTURB = "do_not_disturb"
    NOT_STARTED = "not_started"
    ON_BREAK = "on_break"
    ENDED = "ended"
    NOT_CONNECTED = "not_connected"


@dataclass(frozen=True, slots=True)
class PersonNow:
    """A person at this moment: their calls by what they do in them, and whether they are there.

    `ringing`: calls that ring them; `talking`: calls they place or talk in; `holding`: calls they have put on
    hold. `connected`: a phone of theirs is registered, or they are reached on a mobile and a line is up.
    `signed_out`: ids of the groups that do not ring them, since they have signed out of them.
    """

    ringing: int = 0
    talking: int = 0
    holding: int = 0
    day: DayState = DayState.STARTED
    do_not_disturb: bool = False
    connected: bool = True
    signed_out: frozenset[str] = _NOBODY

    @property
    def calls(self) -> int:
        """How many calls they have (RING-7)."""
        return self.ringing + self.talking + self.holding

    @property
    def on_a_call(self) -> bool:
        """Whether they are on the phone: another call would be their second."""
        return self.talking + self.holding > 0

    @property
    def state(self) -> PersonState:
        """What they are doing: calls first, then what they chose, then whether a phone is there."""
        if self.talking:
            return PersonState.TALKING
        if self.holding:
            return PersonState.ON_HOLD
        if self.ringing:
            return PersonState.RINGING
        if self.day is not DayState.STARTED:
            return PersonState(self.day.value)
        if self.do_not_disturb:
            return PersonState.DO_NOT_DISTURB
        return PersonState.FREE if self.connected else PersonState.NOT_CONNECTED


_UNKNOWN = PersonNow()
_NO_PEOPLE: Mapping[str, PersonNow] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class World:
    """A snapshot taken when a step is chosen.

    `registered`: ids of phones that can be rung. `busy`: ids of people on a call. `lines_up`: ids of lines
    that carry calls now. `lines_full`: ids of lines on which no further call may leave. `failures`: parts of
    the box that do not work: `settings`, `disk`, `media`.
    `emergency_lately`: the emergency services have been called within the hour, and may call back.
    `used_today`: the calls to the outside and the seconds of them of each
    person since midnight. `people`: what more is known of each person; who is absent is free unless busy.
    `last_rung`: the member whom each group has rung last. `idle_since`: when people were last on the
    phone, in epoch seconds; who is absent has not been for the longest time. `number_calls`: how many calls
    each number has, those left out that it had no room for.
    `waiting`: how many callers wait in the queue of each group.
    """

    registered: frozenset[str] = _NOBODY
    busy: frozenset[str] = _NOBODY
    lines_up: frozenset[str] = _NOBODY
    lines_full: frozenset[str] = _NOBODY
    clock_trusted: bool = True
    emergency_lately: bool = False
    used_today: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    failures: frozenset[str] = _NOBODY
    people: Mapping[str, PersonNow] = field(default_factory=lambda: _NO_PEOPLE)
    last_rung: Mapping[str, str] = field(default_factory=dict)
    idle_since: Mapping[str, float] = field(default_factory=dict)
    number_calls: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)

    def person(self, identifier: str) -> PersonNow:
        """A person at this moment."""
        known = self.people.get(identifier, _UNKNOWN)
        if identifier in self.busy and not known.on_a_call:
            return replace(known, talking=1)
        return known


# A day that nobody ended is over at this hour of the night, and the next has not been started.
DAY_TURNS = time(4)


def day_now(state: DayState, since: datetime, now: datetime) -> DayState:
    """How a working day stands that has been in `state` since a moment; both aware, in the office's zone."""
    turned = datetime.combine(now.date(), DAY_TURNS, now.tzinfo)
    if turned > now:
        turned = datetime.combine(now.date() - timedelta(days=1), DAY_TURNS, now.tzinfo)
    return state if since >= turned else DayState.NOT_STARTED
