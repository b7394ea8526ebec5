"""Queues: how callers wait for a member of a group to be free (RING-5)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from appliance.configuration.fields import Record

MOST_WAITING = 50


class Queue(Record):
    """What callers of a group meet while everybody talks: music, and words about their place.

    `max_wait`, `every_seconds` (between two sayings) in seconds. `max_waiting`: whoever comes when so many
    wait goes on at once to what follows the group. `offer_call_back`: pressing 1 ends the wait, and the group
    calls back (OUT-6).
    """

    max_wait: Annotated[int, Field(ge=10, le=3600)] = 300
    max_waiting: Annotated[int, Field(ge=1, le=MOST_WAITING)] = 10
    say_position: bool = True
    say_wait: bool = True
    offer_call_back: bool = False
    every_seconds: Annotated[int, Field(ge=15, le=600)] = 45
