"""Calls to the outside: by which lines they leave, and who is told when something grave happens."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, StringConstraints

from appliance.configuration.dialling import ShortNumber
from appliance.configuration.fields import Email, Identifier, Record, TimeRange

Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
NIGHT = TimeRange(start=time(22), end=time(6))


class Limits(Record):
    """What keeps a thief from calling at the office's cost (OUT-10); emergency numbers are never limited.

    `countries`: those that may be called besides the office's own; `all_countries`: every one. `premium`:
    whether numbers that cost more than a call may be called. `calls_per_day`, `minutes_per_day`: at most so
    much for each person, None for no end. `night`: when people's phones may not call outside, in office time.
    """

    enabled: bool = True
    countries: Annotated[tuple[Region, ...], Field(max_length=300)] = ()
    all_countries: bool = False
    premium: bool = False
    calls_per_day: Annotated[int, Field(ge=1, le=10_000)] | None = 150
    minutes_per_day: Annotated[int, Field(ge=1, le=10_000)] | None = 480
    night: TimeRange | None = NIGHT


class Outbound(Record):
    """What holds for every call to the outside.

    `line_order`: the lines by which calls leave, best first (OUT-9); those not named follow. `reserved`: the
    numbers that only some people may show, and who (OUT-4). `alert_emails`: who is told of emergency calls
    and of calls that `limits` bar; when empty, the administrators who have an address. `short_numbers`: what
    everybody may dial for a whole number (OUT-11).
    """

    line_order: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()
    reserved: Annotated[dict[Identifier, tuple[Identifier, ...]], Field(max_length=500)] = Field(
        default_factory=dict
    )
    limits: Limits = Limits()
    alert_emails: Annotated[tuple[Email, ...], Field(max_length=20)] = ()
    short_numbers: Annotated[tuple[ShortNumber, ...], Field(max_length=200)] = ()


def ordered(outbound: Outbound, line_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The lines in the office's order; those that it does not name keep theirs, after the others."""
    rank = {line_id: place for place, line_id in enumerate(outbound.line_order)}
    return tuple(sorted(line_ids, key=lambda line_id: rank.get(line_id, len(rank))))


def without(outbound: Outbound, collection: str, identifier: str) -> Outbound:
    """The same less a record that is no more."""
    if collection == "lines" and identifier in outbound.line_order:
        kept = tuple(each for each in outbound.line_order if each != identifier)
        return outbound.model_copy(update={"line_order": kept})
    if collection == "numbers" and identifier in outbound.reserved:
        numbers = {key: people for key, people in outbound.reserved.items() if key != identifier}
        return outbound.model_copy(update={"reserved": numbers})
    if collection == "people" and any(identifier in people for people in outbound.reserved.values()):
        less = {
            key: tuple(each for each in people if each != identifier)
            for key, people in outbound.reserved.items()
        }
        return outbound.model_copy(update={"reserved": less})
    return outbound
