"""Closures from elsewhere: a file brought once, and how subscriptions stand."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.calendars import Calendar
from appliance.configuration.closures import AHEAD, LARGEST, NoCalendar, closures
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import HoursState
from appliance.control.bodies import answer, nothing
from appliance.control.changes import edit
from appliance.control.errors import not_found, refusal
from appliance.control.live import FeedState
from appliance.control.routes import Access, Route, box_of, identity_of

MOST_SPECIAL_DAYS = 200


class FeedStates(BaseModel):
    """How each subscription of a calendar stands."""

    items: tuple[FeedState, ...]


class Imported(BaseModel):
    """What a file brought: closures that were added, and events left out for being no whole days."""

    added: int
    left_out: int


def _calendar(configuration: Configuration, request: web.Request) -> Calendar:
    calendar = configuration.calendars.get(request.match_info["id"])
    if calendar is None:
        raise not_found()
    return calendar


async def import_closures(request: web.Request) -> web.Response:
    """Add the closures of an iCalendar file to a calendar's days that differ; those it has are left."""
    box = box_of(request)
    calendar = _calendar(box.configuration, request)
    office = box.configuration.office
    data = await request.content.read(LARGEST + 1)
    while len(data) <= LARGEST and not request.content.at_eof():
        data += await request.content.read(LARGEST + 1 - len(data))
    today = box.now().date()
    zone = ZoneInfo(office.time_zone if office else "UTC")
    last = today + AHEAD
    try:
        found = await box.in_thread(partial(closures, data, today, last, zone, HoursState.CLOSED))
    except NoCalendar as error:
        raise refusal(422, error.code, "file") from None
    added: list[int] = []

    def change(configuration: Configuration) -> Configuration:
        present = _calendar(configuration, request)
        known = {(day.first, day.last) for day in present.special_days}
        fresh = tuple(day for day in found.days if (day.first, day.last) not in known)
        if len(present.special_days) + len(fresh) > MOST_SPECIAL_DAYS:
            raise refusal(422, "too_many_days", "file", most=str(MOST_SPECIAL_DAYS))
        added[:] = [len(fresh)]
        changed = present.model_copy(update={"special_days": (*present.special_days, *fresh)})
        return configuration.with_record("calendars", present.id, changed)

    await edit(box, change, who=identity_of(request).name, record=("calendars", calendar.id))
    return answer(Imported(added=added[0], left_out=found.left_out))


async def list_feeds(request: web.Request) -> web.Response:
    """How each subscription of a calendar stands."""
    box = box_of(request)
    calendar = _calendar(box.configuration, request)
    return answer(FeedStates(items=box.feeds.states(calendar.id)))


async def refresh_feeds(request: web.Request) -> web.Response:
    """Fetch the subscriptions of a calendar now."""
    box = box_of(request)
    calendar = _calendar(box.configuration, request)
    await box.feeds.refresh(calendar.id)
    return nothing()


TAG = "hours"
ROUTES = (
    Route(
        "POST",
        "/calendars/{id}/closures",
        import_closures,
        Access.ADMINISTRATOR,
        "Add the closures of an iCalendar file",
        TAG,
        takes={"type": "string", "format": "binary"},
        takes_type="text/calendar",
        gives=Imported,
    ),
    Route(
        "GET",
        "/calendars/{id}/feeds",
        list_feeds,
        Access.ADMINISTRATOR,
        "How subscriptions stand",
        TAG,
        gives=FeedStates,
    ),
    Route(
        "POST",
        "/calendars/{id}/feeds/refresh",
        refresh_feeds,
        Access.ADMINISTRATOR,
        "Fetch the subscriptions now",
        TAG,
        status=204,
    ),
)
