"""Call-backs: people outside who are to be called, how often and how far apart (OUT-6)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from appliance.configuration.fields import E164, Identifier, Label, Record

MOST_ATTEMPTS = 10
MOST_MINUTES = 1440
# While nobody is free to call, a request is looked at again after this time.
LOOK_AGAIN_SECONDS = 60.0
# Whoever could not be called for so long is not called any more.
LIFE_SECONDS = 7 * 86400.0

Attempts = Annotated[int, Field(ge=1, le=MOST_ATTEMPTS)]
DelayMinutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]


class CallBacks(Record):
    """How often somebody is called back who does not answer, and how long after each attempt."""

    attempts: Attempts = 3
    delay_minutes: DelayMinutes = 30


class CallBackState(StrEnum):
    """How a request stands: it waits, is being tried, has come to its end, or was called off."""

    WAITING = "waiting"
    TRYING = "trying"
    DONE = "done"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class CallBackOutcome(StrEnum):
    """What the last attempt came to. The first four are of the customer's phone, and use up an attempt."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    ANSWERED = "answered"
    CALLED_AGAIN = "called_again"
    NOBODY_FREE = "nobody_free"
    NOT_TAKEN = "not_taken"
    CLOSED = "closed"
    NO_LINE = "no_line"
    LIMITED = "limited"
    BARRED = "barred"
    NOBODY_LEFT = "nobody_left"
    TOO_OLD = "too_old"


_ATTEMPTS = frozenset(
    {
        CallBackOutcome.NO_ANSWER,
        CallBackOutcome.BUSY,
        CallBackOutcome.DECLINED,
        CallBackOutcome.UNREACHABLE,
    }
)
_DONE = frozenset({CallBackOutcome.ANSWERED, CallBackOutcome.CALLED_AGAIN})
# Nobody wanted to make the call, or might not: they are left alone for as long as the customer is.
_LATER = _ATTEMPTS | {CallBackOutcome.NOT_TAKEN, CallBackOutcome.LIMITED}
_HOPELESS = frozenset({CallBackOutcome.BARRED, CallBackOutcome.NOBODY_LEFT, CallBackOutcome.TOO_OLD})
_OPEN = frozenset({CallBackState.WAITING, CallBackState.TRYING})


class CallBackRequest(Record):
    """Somebody outside who is to be called.

    `number`, `name`: theirs. `number_id`: the number of ours they called, which is shown to them and whose
    opening hours hold. `person_id` or `group_id`: who calls. `made` attempts of `allowed`,
    `delay_minutes` apart. Times are epoch seconds; `next_at` is None once it is over. `call_id`: the call of
    the last attempt that reached a line.
    """

    id: str
    number: E164
    name: Label = ""
    number_id: Identifier | None = None
    person_id: Identifier | None = None
    group_id: Identifier | None = None
    allowed: Attempts = 3
    delay_minutes: DelayMinutes = 30
    made: int = 0
    state: CallBackState = CallBackState.WAITING
    outcome: CallBackOutcome | None = None
    asked_at: float
    next_at: float | None = None
    ended_at: float | None = None
    call_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to be called."""
        return self.state in _OPEN

    def is_same(self, other: CallBackRequest) -> bool:
        """Whether both are about the same person and the same people who call."""
        return (self.number, self.person_id, self.group_id) == (
            other.number,
            other.person_id,
            other.group_id,
        )

    def trying(self) -> Self:
        """The request while an attempt goes on."""
        return self.model_copy(update={"state": CallBackState.TRYING, "next_at": None})

    def cancelled(self, now: float) -> Self:
        """The request called off."""
        return self._over(CallBackState.CANCELLED, now)

    def due(self, now: float) -> Self:
        """The request to be tried at once."""
        return self.model_copy(update={"next_at": now})

    def after(
        self, outcome: CallBackOutcome, now: float, *, call_id: str | None = None, until: float | None = None
    ) -> Self:
        """The request after an attempt; `until`: not before that moment, when the office opens."""
        made = self.made + (outcome in _ATTEMPTS)
        told = self.model_copy(update={"outcome": outcome, "made": made, "call_id": call_id or self.call_id})
        if outcome in _DONE:
            return told._over(CallBackState.DONE, now)
        if outcome in _HOPELESS or made >= self.allowed:
            return told._over(CallBackState.GIVEN_UP, now)
        pause = self.delay_minutes * 60.0 if outcome in _LATER else LOOK_AGAIN_SECONDS
        waits = {"state": CallBackState.WAITING, "next_at": until if until is not None else now + pause}
        return told.model_copy(update=waits)

    def is_too_old(self, now: float) -> bool:
        """Whether it has waited for so long that nobody expects the call any more."""
        return now - self.asked_at > LIFE_SECONDS

    def _over(self, state: CallBackState, now: float) -> Self:
        return self.model_copy(update={"state": state, "next_at": None, "ended_at": now})
