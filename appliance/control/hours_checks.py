"""The hours that keep a change from being saved: those of a year in which nobody would answer a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from appliance.configuration.configuration import Configuration
from appliance.configuration.problems import Problem
from appliance.routing.all_well import all_well
from appliance.routing.coverage import Hole, Segment, holes
from appliance.routing.plan import Plan, compile_plan

# Holidays come once a year: so far ahead is looked.
DAYS_AHEAD = 366
CODES = {Hole.SILENT: "hours_silent", Hole.LOOP: "hours_loop", Hole.NOBODY: "hours_nobody"}


def ordinary(configuration: Configuration) -> Configuration:
    """The settings as they are on an ordinary day: nothing that people switch on and off is on."""
    people = {
        key: person.model_copy(update={"do_not_disturb": False, "forward_active": False})
        for key, person in configuration.people.items()
    }
    calendars = {
        key: calendar.model_copy(update={"override": None})
        for key, calendar in configuration.calendars.items()
    }
    office = configuration.office
    return replace(
        configuration,
        people=people,
        calendars=calendars,
        office=office.model_copy(update={"override": None}) if office else None,
    )


def hour_problems(configuration: Configuration, now: datetime) -> tuple[Problem, ...]:
    """The hours of the year to come in which a number would say nothing, run in circles, or ring nobody."""
    usual = ordinary(configuration)
    plan = compile_plan(usual)
    return tuple(_problems(configuration, plan, holes(plan, all_well(usual), now.date(), DAYS_AHEAD)))


def _problems(
    configuration: Configuration, plan: Plan, found: Iterator[tuple[str, Segment]]
) -> Iterator[Problem]:
    for number, segment in found:
        record = configuration.numbers[plan.number_ids[number]]
        hole = segment.answer.hole
        assert hole is not None
        parameters = {
            "name": record.name,
            "since": segment.start.strftime("%Y-%m-%d %H:%M"),
            "until": segment.end.strftime("%Y-%m-%d %H:%M"),
        }
        yield Problem("numbers", record.id, ("routes",), CODES[hole], parameters)
