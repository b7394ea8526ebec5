"""Manual overrides of the opening hours (TIME-4), and the word of somebody who has looked at the clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Destination
from appliance.configuration.overrides import HoursOverride, Standing, standing, with_override
from appliance.control.bodies import answer, body, nothing
from appliance.control.box import Box
from appliance.control.changes import edit, wrong
from appliance.control.errors import ApiError, not_found, refusal
from appliance.control.moments import Moment
from appliance.control.representation import plain
from appliance.control.routes import Access, Route, box_of, identity_of

Typed = Annotated[str, Field(max_length=60)]
State = Literal["open", "closed", "destination"]


class Wish(BaseModel):
    """An override: of a calendar, or of the whole office without `calendar_id`.

    `until`: `tomorrow` (the coming midnight), a moment, or null until further notice.
    """

    model_config = ConfigDict(extra="forbid")

    calendar_id: Typed | None = None
    state: State
    destination: Destination | None = None
    until: Literal["tomorrow"] | Moment | None = None


class OverrideNow(BaseModel):
    """An override that holds; `name` is the calendar's, or the office's; moments in ISO 8601."""

    calendar_id: str | None
    name: str
    state: State
    destination: dict[str, Any] | None = None
    since: str | None = None
    until: str | None = None
    by: str = ""


class Overrides(BaseModel):
    """Every override that holds now."""

    items: tuple[OverrideNow, ...]


def overrides_now(configuration: Configuration, now: datetime) -> tuple[OverrideNow, ...]:
    """Every override that holds at a moment, as banners show it."""
    return tuple(_told(configuration, each, now) for each in standing(configuration, now))


def _told(configuration: Configuration, each: Standing, now: datetime) -> OverrideNow:
    calendar = configuration.calendars.get(each.calendar_id or "")
    of_office = configuration.office.name if configuration.office else ""
    override = each.override
    return OverrideNow(
        calendar_id=each.calendar_id,
        name=calendar.name if calendar else of_office,
        state=override.state,
        destination=plain(override.destination) if override.destination else None,
        since=_written(override.since, now),
        until=_written(override.until, now),
        by=override.by,
    )


def _written(moment: datetime | None, now: datetime) -> str | None:
    return moment.astimezone(now.tzinfo).isoformat(timespec="seconds") if moment else None


async def set_override(
    box: Box, calendar_id: str | None, override: HoursOverride | None, who: str, field: str = "calendar_id"
) -> None:
    """Set an override, or end it with None; raises ApiError (404 or 422), StorageError.

    For every door: the pages, the API, and the star code, whose caller makes `override` of now.
    """

    def change(configuration: Configuration) -> Configuration:
        try:
            return with_override(configuration, calendar_id, override)
        except KeyError:
            if configuration.office is None:
                raise refusal(409, "not_set_up") from None
            raise wrong(field, "unknown_calendar") from None

    record = ("office", "") if calendar_id is None else ("calendars", calendar_id)
    await edit(box, change, who=who, record=record)


async def toggle_override(box: Box, calendar_id: str | None, state: State, who: str) -> bool:
    """What a key does: the override of that state until further notice, or its end; whether it holds then."""
    now = box.now()
    held = {each.calendar_id: each.override for each in standing(box.configuration, now)}
    present = held.get(calendar_id)
    ends = present is not None and present.state == state
    override = None if ends else HoursOverride(state=state, since=now, by=who[:200])
    await set_override(box, calendar_id, override, who)
    return not ends


async def list_overrides(request: web.Request) -> web.Response:
    """Every override that holds now."""
    box = box_of(request)
    return answer(Overrides(items=overrides_now(box.configuration, box.now())))


async def put_override(request: web.Request) -> web.Response:
    """Override the opening hours from now on."""
    box, who, wish = box_of(request), identity_of(request), await body(request, Wish)
    now = box.now().replace(microsecond=0)
    until = _end(wish, now)
    if until is not None and until <= now:
        raise refusal(422, "moment_past", "until")
    if wish.state == "destination" and wish.destination is None:
        raise wrong("destination", "union_tag_not_found")
    override = HoursOverride(
        state=wish.state,
        destination=wish.destination if wish.state == "destination" else None,
        since=now,
        until=until,
        by=who.user.name if who.user else "",
    )
    try:
        await set_override(box, wish.calendar_id, override, who.name)
    except ApiError as error:
        raise error.below("override") from None
    return answer(Overrides(items=overrides_now(box.configuration, now)))


def _end(wish: Wish, now: datetime) -> datetime | None:
    if wish.until is None:
        return None
    if wish.until == "tomorrow":
        return datetime.combine(now.date() + timedelta(days=1), time(0), now.tzinfo)
    return wish.until.at(now.tzinfo)


async def end_override(request: web.Request) -> web.Response:
    """End an override: `?calendar_id=...`, or the whole office's."""
    box, calendar_id = box_of(request), request.query.get("calendar_id") or None
    if calendar_id is not None and calendar_id not in box.configuration.calendars:
        raise not_found()
    await set_override(box, calendar_id, None, identity_of(request).name)
    return nothing()


async def trust_clock(request: web.Request) -> web.Response:
    """Take the word of somebody who has looked at the time: it counts until the next power cut."""
    box_of(request).trust_clock()
    return nothing()


TAG = "hours"

ROUTES = (
    Route("GET", "/overrides", list_overrides, Access.SIGNED_IN, "Overrides that hold", TAG, gives=Overrides),
    Route(
        "PUT",
        "/overrides",
        put_override,
        Access.ADMINISTRATOR,
        "Override opening hours",
        TAG,
        takes=Wish,
        gives=Overrides,
    ),
    Route(
        "DELETE",
        "/overrides",
        end_override,
        Access.ADMINISTRATOR,
        "End an override",
        TAG,
        status=204,
        query={"calendar_id": "id of a calendar; the whole office's override when absent"},
    ),
    Route(
        "POST",
        "/clock/trust",
        trust_clock,
        Access.ADMINISTRATOR,
        "Say that the box's time is right",
        TAG,
        status=204,
    ),
)
