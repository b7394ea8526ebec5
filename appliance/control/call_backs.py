"""Call-backs: who is to be called, asked for, called off, tried at once (OUT-6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance import numbers
from appliance.configuration.call_backs import (
    MOST_MINUTES,
    Attempts,
    CallBackRequest,
    DelayMinutes,
)
from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Label
from appliance.control.bodies import answer, body, country_of, nothing
from appliance.control.box import Box
from appliance.control.call_back_desk import TooManyCallBacks
from appliance.control.changes import wrong
from appliance.control.errors import not_found, refusal
from appliance.control.routes import Access, Identity, Route, box_of, identity_of
from appliance.routing.limits import barred_number

Id = Annotated[str, Field(max_length=40)]


class NewCallBack(BaseModel):
    """Somebody to call: a number in any form, and the person or the ring group that calls.

    `number_id`: the number of ours to show. The office's count and delay hold where none is given;
    `in_minutes` until the first attempt.
    """

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=60)]
    name: Label = ""
    number_id: Id | None = None
    person_id: Id | None = None
    group_id: Id | None = None
    attempts: Attempts | None = None
    delay_minutes: DelayMinutes | None = None
    in_minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)] = 0


class CallBackList(BaseModel):
    """Those who are still to be called, whoever asked first first, and the last that are over."""

    open: tuple[CallBackRequest, ...]
    ended: tuple[CallBackRequest, ...]


async def list_requests(request: web.Request) -> web.Response:
    """Everybody's requests for an administrator, else those of the person and their groups."""
    box, who = box_of(request), identity_of(request)
    ended = await box.call_backs.ended()
    return answer(
        CallBackList(
            open=tuple(each for each in box.call_backs.open() if concerns(box.configuration, who, each)),
            ended=tuple(each for each in ended if concerns(box.configuration, who, each)),
        )
    )


def concerns(configuration: Configuration, who: Identity, request: CallBackRequest) -> bool:
    """Whether somebody may see a request, and what becomes of it."""
    return who.is_administrator or is_for(configuration, request, who.person_id)


def is_for(configuration: Configuration, request: CallBackRequest, person_id: str | None) -> bool:
    """Whether a person is one of those who are to call."""
    if person_id is None:
        return False
    group = configuration.groups.get(request.group_id or "")
    return request.person_id == person_id or (
        group is not None and any(member.person_id == person_id for member in group.members)
    )


async def ask_for_one(request: web.Request) -> web.Response:
    """Ask for a call-back."""
    box, who, wish = box_of(request), identity_of(request), await body(request, NewCallBack)
    asked = _request(box, wish, country_of(request) or "FR")
    if not concerns(box.configuration, who, asked):
        raise refusal(403, "call_back_not_allowed", "person_id")
    try:
        return answer(await box.call_backs.ask(asked), 201)
    except TooManyCallBacks:
        raise refusal(409, "too_many_call_backs") from None


def _request(box: Box, wish: NewCallBack, country: str) -> CallBackRequest:
    configuration, now = box.configuration, box.epoch()
    for field, code in _unknown(configuration, wish):
        raise wrong(field, code)
    if (wish.person_id is None) == (wish.group_id is None):
        raise wrong("person_id", "call_back_by_nobody")
    settings = configuration.call_backs
    return CallBackRequest(
        id=box.token(),
        number=_number(configuration, wish.number, country),
        name=wish.name,
        number_id=wish.number_id,
        person_id=wish.person_id,
        group_id=wish.group_id,
        allowed=wish.attempts or settings.attempts,
        delay_minutes=wish.delay_minutes or settings.delay_minutes,
        asked_at=now,
        next_at=now + wish.in_minutes * 60.0,
    )


def _unknown(configuration: Configuration, wish: NewCallBack) -> Iterator[tuple[str, str]]:
    if wish.person_id is not None and wish.person_id not in configuration.people:
        yield "person_id", "unknown_person"
    if wish.group_id is not None and wish.group_id not in configuration.groups:
        yield "group_id", "unknown_group"
    if wish.number_id is not None and wish.number_id not in configuration.numbers:
        yield "number_id", "unknown_number"


def _number(configuration: Configuration, typed: str, country: str) -> str:
    """The number outside that was typed, in E.164, if it may be called."""
    if numbers.is_emergency(typed.strip(), country):
        raise wrong("number", "number_is_emergency")
    try:
        number = numbers.parse(typed, country)
    except numbers.NumberError as error:
        raise wrong("number", error.code) from None
    ours = next((each.name for each in configuration.numbers.values() if each.number == number), None)
    if ours is not None:
        raise wrong("number", "number_is_own", name=ours)
    if barred_number(configuration.outbound.limits, number, country) is not None:
        raise refusal(422, "call_back_barred", "number")
    return number


async def cancel(request: web.Request) -> web.Response:
    """Call a request off."""
    if not await box_of(request).call_backs.cancel(request.match_info["id"]):
        raise not_found()
    return nothing()


async def try_now(request: web.Request) -> web.Response:
    """Try a request at once."""
    box, identifier = box_of(request), request.match_info["id"]
    if await box.call_backs.find(identifier) is None:
        raise not_found()
    if not await box.call_backs.try_now(identifier):
        raise refusal(409, "call_back_over")
    found = await box.call_backs.find(identifier)
    return answer(found, 202) if found is not None else nothing()


async def _owns(request: web.Request, person_id: str) -> bool:
    box = box_of(request)
    found = await box.call_backs.find(request.match_info["id"])
    return found is not None and is_for(box.configuration, found, person_id)


TAG = "call_backs"
ONE = "/call_backs/requests/{id}"
ROUTES = (
    Route(
        "GET",
        "/call_backs/requests",
        list_requests,
        Access.SIGNED_IN,
        "Who is to be called back",
        TAG,
        gives=CallBackList,
    ),
    Route(
        "POST",
        "/call_backs/requests",
        ask_for_one,
        Access.SIGNED_IN,
        "Have somebody called back",
        TAG,
        takes=NewCallBack,
        gives=CallBackRequest,
        status=201,
    ),
    Route("DELETE", ONE, cancel, Access.OWN, "Call a call-back off", TAG, status=204, owns=_owns),
    Route(
        "POST",
        f"{ONE}/try",
        try_now,
        Access.OWN,
        "Call somebody back at once",
        TAG,
        gives=CallBackRequest,
        status=202,
        owns=_owns,
    ),
)
