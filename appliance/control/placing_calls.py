"""Calls placed and ended from outside the phones."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance import numbers
from appliance.configuration.configuration import Configuration
from appliance.configuration.permissions import locks_of
from appliance.control.bodies import answer, body, country_of, nothing
from appliance.control.box import CannotCall
from appliance.control.changes import wrong
from appliance.control.errors import ApiError, refusal
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.routing.dialled import read_dialled

# What a person needs to be allowed to do; see configuration.permissions.
SETTING = "phone.click_to_call"


class NewCall(BaseModel):
    """Ring the phones of a person, then call `number` for them: an extension, or a number in any form.

    `line_id`: the line to take first, their usual one when absent.
    """

    model_config = ConfigDict(extra="forbid")

    person_id: Annotated[str, Field(max_length=40)]
    number: Annotated[str, Field(min_length=1, max_length=40)]
    line_id: Annotated[str, Field(max_length=40)] | None = None


class PlacedCall(BaseModel):
    """The call that was begun."""

    id: str


async def place_call(request: web.Request) -> web.Response:
    """Begin a call: a person for themselves, an administrator for anybody."""
    box, who, call = box_of(request), identity_of(request), await body(request, NewCall)
    if not who.is_administrator and who.person_id != call.person_id:
        raise refusal(403, "call_not_allowed", "person_id")
    if not who.is_administrator and SETTING in locks_of(box.configuration, call.person_id):
        raise refusal(403, "locked")
    if call.person_id not in box.configuration.people:
        raise refusal(422, "unknown_caller", "person_id")
    if call.line_id is not None and call.line_id not in box.configuration.lines:
        raise wrong("line_id", "unknown_line")
    number = dialled_number(box.configuration, call.number, country_of(request) or "FR", call.person_id)
    if number is None:
        raise refusal(422, "unknown_called", "number")
    try:
        return answer(PlacedCall(id=await box.place_call(call.person_id, number, call.line_id)), 202)
    except CannotCall as error:
        raise _refused(error) from None


def dialled_number(
    configuration: Configuration, typed: str, country: str, person_id: str | None = None
) -> str | None:
    """The extension or the number that somebody means, or what they dial for it; None when it is neither."""
    plain = typed.strip()
    read = read_dialled(configuration, plain, person_id)
    if is_extension(configuration, plain) or read.line_id or read.short:
        return plain
    # Short public numbers (3900); nobody calls for help by a click that slipped.
    compact = plain.replace(" ", "")
    if numbers.is_short_number(compact, country) and not numbers.is_emergency(compact, country):
        return compact
    return numbers.dialled(typed, country)


def is_extension(configuration: Configuration, text: str) -> bool:
    """Whether somebody here has that extension."""
    return text in configuration.extensions()


async def end_call(request: web.Request) -> web.Response:
    """End a call that goes on."""
    try:
        await box_of(request).hang_up(request.match_info["id"])
    except CannotCall as error:
        raise _refused(error) from None
    return nothing()


async def _takes_part(request: web.Request, person_id: str) -> bool:
    for call in box_of(request).live().calls:
        if call.id == request.match_info["id"]:
            return person_id == call.caller_person_id or person_id in call.person_ids
    return False


def _refused(error: CannotCall) -> ApiError:
    status = {"no_such_call": 404, "not_allowed": 403}.get(error.code, 409)
    return refusal(status, "call_not_allowed" if error.code == "not_allowed" else error.code)


ROUTES = (
    Route("POST", "/calls", place_call, Access.SIGNED_IN, "Place a call", "calls", NewCall, PlacedCall, 202),
    Route("DELETE", "/calls/{id}", end_call, Access.OWN, "End a call", "calls", status=204, owns=_takes_part),
)
