"""Who answers when: the week of each number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.configuration import Configuration
from appliance.control.bodies import answer, query
from appliance.control.errors import not_found
from appliance.control.hours_checks import ordinary
from appliance.control.moments import Moment
from appliance.control.routes import Access, Route, box_of
from appliance.routing.all_well import all_well
from appliance.routing.coverage import Answer, AnswerKind, Hole, Segment, week_of
from appliance.routing.plan import compile_plan

# What may bring a caller to somebody.
SOMEBODY = (AnswerKind.RINGS, AnswerKind.MENU)


class Stretch(BaseModel):
    """A stretch of the week with one answer, ISO 8601 with offset; `way`: what the opening hours said.

    `first`, `last`: what a caller meets first, and when nobody picks up. `hole`: why this is no answer.
    """

    start: str
    end: str
    first: AnswerKind
    who: tuple[str, ...]
    last: AnswerKind
    way: str
    hole: Hole | None = None


class NumberWeek(BaseModel):
    """The week of one number; `rings`: whether anybody rings at any hour of it."""

    number_id: str
    name: str
    number: str
    rings: bool
    stretches: tuple[Stretch, ...]


class WeekAnswers(BaseModel):
    """Seven days from `monday` on, for each number asked about."""

    monday: str
    items: tuple[NumberWeek, ...]


class WeekQuery(BaseModel):
    """Which number (all without), and a day of the week asked about (this week without)."""

    number: str = ""
    day: Moment | None = None


async def read_week(request: web.Request) -> web.Response:
    """Who answers when, over a week."""
    box, wanted = box_of(request), query(request, WeekQuery)
    numbers = box.configuration.numbers
    if wanted.number and wanted.number not in numbers:
        raise not_found()
    now = box.now()
    day = (wanted.day.at(now.tzinfo) if wanted.day else now).date()
    monday = day - timedelta(days=day.weekday())
    chosen = [wanted.number] if wanted.number else list(numbers)
    weeks = await box.in_thread(partial(weeks_of, box.configuration, chosen, monday))
    return answer(WeekAnswers(monday=monday.isoformat(), items=weeks))


def weeks_of(configuration: Configuration, number_ids: list[str], monday: date) -> tuple[NumberWeek, ...]:
    """The weeks of some numbers; overrides are shown, people's do-not-disturb is not."""
    usual = replace(ordinary(configuration), calendars=configuration.calendars, office=configuration.office)
    plan, world = compile_plan(usual), all_well(usual)
    found = []
    for identifier in number_ids:
        record = configuration.numbers[identifier]
        segments = week_of(plan, record.number, world, monday)
        found.append(
            NumberWeek(
                number_id=identifier,
                name=record.name,
                number=record.number,
                rings=any(segment.answer.first in SOMEBODY for segment in segments),
                stretches=tuple(_stretch(segment, segment.answer) for segment in segments),
            )
        )
    return tuple(found)


def _stretch(segment: Segment, found: Answer) -> Stretch:
    return Stretch(
        start=segment.start.isoformat(timespec="seconds"),
        end=segment.end.isoformat(timespec="seconds"),
        first=found.first,
        who=found.who,
        last=found.last,
        way=found.way,
        hole=found.hole,
    )


ROUTES = (
    Route(
        "GET",
        "/week",
        read_week,
        Access.ADMINISTRATOR,
        "Who answers when",
        "hours",
        gives=WeekAnswers,
        query={"number": "id of a number; all when absent", "day": "a day of the week; today when absent"},
    ),
)
