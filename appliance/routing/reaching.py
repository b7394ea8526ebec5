"""Reaching: what ringing has come to, of several rings that ended differently."""

from __future__ import annotations

from appliance.configuration.destinations import RingOutcome
from appliance.routing.steps import Ended, Outcome
from appliance.routing.targets import TELLING

NOBODY_REACHED, SOMEBODY_REACHED = "nobody", "somebody"
_RING_OUTCOMES = frozenset(RingOutcome)


def as_ring(outcome: Ended) -> RingOutcome:
    """How a ring ended; whatever is no outcome of a ring counts as not answered.

    What is forwarded to a number that does not exist is not reached; only who dials it is told apart.
    """
    if outcome is Outcome.NO_SUCH_NUMBER:
        return RingOutcome.UNREACHABLE
    return RingOutcome(outcome.value) if outcome.value in _RING_OUTCOMES else RingOutcome.NO_ANSWER


def most_telling(one: str, other: RingOutcome) -> str:
    """The more telling of two outcomes; `one` may be empty."""
    if not one:
        return other.value
    return min(RingOutcome(one), other, key=TELLING.index).value


def reached_by(before: str, outcome: RingOutcome) -> str:
    """Whether anybody has been reached, after one more ring."""
    if before == SOMEBODY_REACHED or outcome is not RingOutcome.UNREACHABLE:
        return SOMEBODY_REACHED
    return NOBODY_REACHED
