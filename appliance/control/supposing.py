"""What if: the world and the settings as a question supposes them (TIME-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import SipTrunk
from appliance.control.changes import wrong
from appliance.routing.all_well import all_well
from appliance.routing.steps import Outcome
from appliance.routing.world import DayState, PersonNow, World

Pressed = Annotated[str, StringConstraints(pattern=r"^[0-9*#]{0,12}$")]
Ids = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=500)]


class WhatIf(BaseModel):
    """How the world is supposed to be; what is absent is as it is now.

    `all_well`: every phone is connected, nobody is on a call, every line is up, everybody is at work. `days`:
    how people's working days stand. `nobody_registered`: no phone is connected. `internet_down`: no line over
    the internet works. `undisturbed`: people who do not want to be disturbed, besides those who do not now.
    `failures`: parts of the box that do not work. `clock_known`: whether the box knows the time.
    `number_full`: every number has all the calls that it may have at once. `outcomes`: how the rings end, in
    order; those that follow are not answered. `keys`: what is pressed at each question, in order; at those
    that follow, nothing is.
    """

    model_config = ConfigDict(extra="forbid")

    all_well: bool | None = None
    registered: Ids | None = None
    busy: Ids | None = None
    undisturbed: Ids = ()
    days: Annotated[dict[str, DayState], Field(max_length=500)] | None = None
    lines_up: Ids | None = None
    nobody_registered: bool = False
    internet_down: bool = False
    failures: Annotated[tuple[Literal["settings", "disk", "media"], ...], Field(max_length=3)] | None = None
    clock_known: bool | None = None
    number_full: bool = False
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=50)] = ()
    keys: Annotated[tuple[Pressed, ...], Field(max_length=50)] = ()


def supposed_world(configuration: Configuration, now: World, what_if: WhatIf, *, other_moment: bool) -> World:
    """The world as the question has it."""
    well = other_moment if what_if.all_well is None else what_if.all_well
    base = all_well(configuration) if well else now
    lines_up = _given(what_if.lines_up, base.lines_up)
    if what_if.internet_down:
        lines_up -= {line.id for line in configuration.lines.values() if isinstance(line, SipTrunk)}
    registered = _given(what_if.registered, base.registered)
    return replace(
        base,
        registered=frozenset() if what_if.nobody_registered else registered,
        busy=_given(what_if.busy, base.busy),
        people=_people(base, what_if),
        lines_up=lines_up,
        clock_trusted=base.clock_trusted if what_if.clock_known is None else what_if.clock_known,
        failures=_given(what_if.failures, base.failures),
        number_calls=_full(configuration) if what_if.number_full else base.number_calls,
    )


def _full(configuration: Configuration) -> Mapping[str, int]:
    return {number.id: number.max_calls or 0 for number in configuration.numbers.values()}


def supposed_settings(configuration: Configuration, what_if: WhatIf) -> Configuration:
    """The settings as the question has them; the same object when it supposes nothing of them.

    Raises ApiError 422 on people that there are not.
    """
    for field in ("busy", "undisturbed", "days"):
        for place, person_id in enumerate(getattr(what_if, field) or ()):
            if person_id not in configuration.people:
                raise wrong(f"what_if.{field}.{place}", "unknown_person")
    for person_id in what_if.undisturbed:
        person = configuration.people[person_id].model_copy(update={"do_not_disturb": True})
        configuration = configuration.with_record("people", person_id, person)
    return configuration


def _people(base: World, what_if: WhatIf) -> Mapping[str, PersonNow]:
    """What is known of people, less the calls of the moment when it is said who is on a call."""
    people = dict(base.people)
    if what_if.busy is not None:
        people = {key: replace(one, talking=0, holding=0, ringing=0) for key, one in people.items()}
    for key, day in (what_if.days or {}).items():
        people[key] = replace(people.get(key, PersonNow()), day=day)
    for key in what_if.undisturbed:
        people[key] = replace(people.get(key, PersonNow()), do_not_disturb=True)
    return people


def _given(ids: Iterable[str] | None, otherwise: frozenset[str]) -> frozenset[str]:
    return otherwise if ids is None else frozenset(ids)
