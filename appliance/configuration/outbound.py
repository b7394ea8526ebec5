"""Calls to the outside: by which lines they leave, and who is told when something grave happens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from appliance.configuration.fields import Email, Identifier, Record


class Outbound(Record):
    """What holds for every call to the outside.

    `line_order`: the lines by which calls leave, best first (OUT-9); those not named follow. `alert_emails`:
    who is told of emergency calls and of fraud; when empty, the administrators who have an address.
    """

    line_order: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()
    alert_emails: Annotated[tuple[Email, ...], Field(max_length=20)] = ()


def ordered(outbound: Outbound, line_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The lines in the office's order; those that it does not name keep theirs, after the others."""
    rank = {line_id: place for place, line_id in enumerate(outbound.line_order)}
    return tuple(sorted(line_ids, key=lambda line_id: rank.get(line_id, len(rank))))


def without(outbound: Outbound, collection: str, identifier: str) -> Outbound:
    """The same less a record that is no more."""
    if collection == "lines" and identifier in outbound.line_order:
        kept = tuple(each for each in outbound.line_order if each != identifier)
        return outbound.model_copy(update={"line_order": kept})
    return outbound
