"""The forward that a line's operator keeps for a dead box: to which number, and how its test went (BACKUP-2).

Without power or internet the box can send nobody anywhere: only the operator can.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from appliance.configuration.fields import E164, Identifier, Record

# How long a line plays dead at most: time to take a mobile and call the number twice.
TEST_SECONDS = 180.0
MOST_TURNED_AWAY = 20


class ForwardState(StrEnum):
    """How the forward stands; `unjudged`: its test is over, and nobody has said whether the number rang.

    `changed`: it was tested with another number.
    """

    NOT_SET_UP = "not_set_up"
    UNTESTED = "untested"
    TESTING = "testing"
    UNJUDGED = "unjudged"
    CHANGED = "changed"
    WORKS = "works"
    FAILED = "failed"


class TurnedAway(Record):
    """A call that the operator handed to the line while it played dead: when (epoch seconds), and whose."""

    at: float
    caller: str = ""


class ForwardTest(Record):
    """A test: the line plays dead from `started_at` to `until` (epoch seconds), and somebody calls it.

    `works` is what they say: whether `number` has rung; None while they have not said.
    """

    number: E164
    started_at: float
    until: float
    works: bool | None = None
    turned_away: Annotated[tuple[TurnedAway, ...], Field(max_length=MOST_TURNED_AWAY)] = ()

    def seconds_left(self, now: float) -> float:
        """How long the line still plays dead; a clock that was set changes no test into a longer one."""
        return max(0.0, min(self.until - now, TEST_SECONDS)) if self.started_at <= now else 0.0

    def with_call(self, at: float, caller: str) -> ForwardTest:
        """The test with one more call turned away; those beyond the first twenty tell nothing new."""
        told = (*self.turned_away, TurnedAway(at=at, caller=caller))[:MOST_TURNED_AWAY]
        return self.model_copy(update={"turned_away": told})


class OperatorForward(Record):
    """A line's forward: where it leads, whether somebody says that it is set up, and the last test."""

    line_id: Identifier
    number: E164 | None = None
    set_up: bool = False
    test: ForwardTest | None = None

    def state(self, plays_dead: bool) -> ForwardState:
        """How it stands, `plays_dead` being what its line does."""
        test = self.test
        if plays_dead and test is not None:
            return ForwardState.TESTING
        if self.number is None or not self.set_up:
            return ForwardState.NOT_SET_UP
        if test is None:
            return ForwardState.UNTESTED
        if test.number != self.number:
            return ForwardState.CHANGED
        if test.works is None:
            return ForwardState.UNJUDGED
        return ForwardState.WORKS if test.works else ForwardState.FAILED
