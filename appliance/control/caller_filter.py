"""The lists of the caller filter: one number blocked, let through, or forgotten (IN-9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance import numbers
from appliance.configuration.caller_filter import (
    MOST_NUMBERS,
    CallerFilter,
    ListedNumber,
    with_allowed,
    with_blocked,
    without_number,
)
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Label
from appliance.configuration.permissions import locks_of
from appliance.control.bodies import answer, body, nothing
from appliance.control.box import Box
from appliance.control.changes import edit, wrong
from appliance.control.errors import not_found, refusal
from appliance.control.representation import plain
from appliance.control.routes import Access, Route, box_of, identity_of

SETTING = "phone.block_callers"
Add = Callable[[CallerFilter, ListedNumber], CallerFilter]


class CallerEntry(BaseModel):
    """A number in any form, and why it is to stand in the list."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=60)]
    note: Label = ""


async def block_number(box: Box, number: str, note: str, who: str) -> ListedNumber:
    """Block a number, for every door: the pages, the API, the star code; raises ApiError, StorageError."""
    return await _list_number(box, with_blocked, number, note, who)


async def allow_number(box: Box, number: str, note: str, who: str) -> ListedNumber:
    """Let a number through whatever the filter has against it; raises ApiError, StorageError."""
    return await _list_number(box, with_allowed, number, note, who)


async def _list_number(box: Box, add: Add, number: str, note: str, who: str) -> ListedNumber:
    today = box.now().date()
    made: list[ListedNumber] = []

    def change(configuration: Configuration) -> Configuration:
        if configuration.office is None:
            raise refusal(409, "not_set_up")
        entry = ListedNumber(number=_parsed(configuration, number), note=note, since=today)
        made[:] = [entry]
        try:
            settings = add(configuration.caller_filter, entry)
        except ValidationError:
            raise wrong("number", "too_long", max_length=str(MOST_NUMBERS)) from None
        return configuration.with_singleton("caller_filter", settings)

    await edit(box, change, who=who, record=("caller_filter", ""))
    return made[0]


def _parsed(configuration: Configuration, typed: str) -> str:
    """A number that may stand in a list: no emergency number, and none of ours."""
    country = configuration.office.country if configuration.office else "FR"
    if numbers.is_emergency(typed.strip(), country):
        raise wrong("number", "number_is_emergency")
    try:
        number = numbers.parse(typed, country)
    except numbers.NumberError as error:
        raise wrong("number", error.code) from None
    ours = next((each.name for each in configuration.numbers.values() if each.number == number), None)
    if ours is not None:
        raise wrong("number", "number_is_own", name=ours)
    return number


async def forget_number(box: Box, number: str, who: str) -> None:
    """Take a number off the lists; raises ApiError 404, StorageError."""

    def change(configuration: Configuration) -> Configuration:
        before = configuration.caller_filter
        after = without_number(before, number)
        if after == before:
            raise not_found()
        return configuration.with_singleton("caller_filter", after)

    await edit(box, change, who=who, record=("caller_filter", ""))


def _refuse_locked(request: web.Request) -> None:
    who = identity_of(request)
    if who.is_administrator:
        return
    if SETTING in locks_of(box_of(request).configuration, who.person_id or ""):
        raise refusal(403, "locked")


async def post_blocked(request: web.Request) -> web.Response:
    """Block a number."""
    _refuse_locked(request)
    wish = await body(request, CallerEntry)
    entry = await block_number(box_of(request), wish.number, wish.note, identity_of(request).name)
    return answer(plain(entry), 201)


async def post_allowed(request: web.Request) -> web.Response:
    """Let a number through always."""
    wish = await body(request, CallerEntry)
    entry = await allow_number(box_of(request), wish.number, wish.note, identity_of(request).name)
    return answer(plain(entry), 201)


async def delete_number(request: web.Request) -> web.Response:
    """Take a number (E.164) off the lists."""
    _refuse_locked(request)
    await forget_number(box_of(request), request.match_info["number"], identity_of(request).name)
    return nothing()


TAG = "caller_filter"
ROUTES = (
    Route(
        "POST",
        "/caller_filter/blocked",
        post_blocked,
        Access.SIGNED_IN,
        "Block a caller's number",
        TAG,
        takes=CallerEntry,
        gives=ListedNumber,
        status=201,
    ),
    Route(
        "POST",
        "/caller_filter/allowed",
        post_allowed,
        Access.ADMINISTRATOR,
        "Always let a caller's number through",
        TAG,
        takes=CallerEntry,
        gives=ListedNumber,
        status=201,
    ),
    Route(
        "DELETE",
        "/caller_filter/{number}",
        delete_number,
        Access.SIGNED_IN,
        "Take a number off the caller filter's lists",
        TAG,
        status=204,
    ),
)
