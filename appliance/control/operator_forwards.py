"""The forward that a line's operator keeps for a dead box: said, tested by a call, judged (BACKUP-2)."""

from __future__ import annotations

import math
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.configuration.fields import E164
from appliance.configuration.operator_forwards import ForwardState, TurnedAway
from appliance.configuration.problems import Problem
from appliance.control.bodies import answer, body
from appliance.control.box import Box
from appliance.control.changes import problem_error
from appliance.control.errors import ApiError, not_found, refusal
from appliance.control.operator_forward_desk import NoTest
from appliance.control.routes import Access, Handler, Route, box_of


class ForwardWish(BaseModel):
    """Where the operator's forward leads, and whether somebody has set it up there."""

    model_config = ConfigDict(extra="forbid")

    number: E164 | None = None
    set_up: bool = False


class ForwardVerdict(BaseModel):
    """Whether the number rang while the line played dead."""

    model_config = ConfigDict(extra="forbid")

    works: bool


class ForwardTold(BaseModel):
    """A line's forward; `seconds_left`: the line plays dead for so long still.

    `tested_at` (epoch seconds), `tested_number` and `turned_away` are of the last test.
    """

    line_id: str
    number: str | None
    set_up: bool
    state: ForwardState
    seconds_left: int
    tested_at: float | None
    tested_number: str | None
    turned_away: tuple[TurnedAway, ...]


class ForwardsTold(BaseModel):
    """The forward of every line of an operator."""

    items: tuple[ForwardTold, ...]


def told(box: Box, line_id: str) -> ForwardTold:
    """How a line's forward stands at this moment."""
    forward = box.operator_forwards.of(line_id)
    seconds, test = box.operator_forwards.seconds_left(line_id), forward.test
    return ForwardTold(
        line_id=line_id,
        number=forward.number,
        set_up=forward.set_up,
        state=forward.state(plays_dead=seconds > 0),
        seconds_left=math.ceil(seconds),
        tested_at=test.started_at if test else None,
        tested_number=test.number if test else None,
        turned_away=test.turned_away if test else (),
    )


async def read_all(request: web.Request) -> web.Response:
    """Every line's forward; another phone system has no operator."""
    box = box_of(request)
    lines = [line.id for line in box.configuration.lines.values() if line.kind != "pbx"]
    return answer(ForwardsTold(items=tuple(told(box, line_id) for line_id in lines)))


async def read_one(request: web.Request) -> web.Response:
    """A line's forward."""
    return answer(told(*_of(request)))


async def set_up(request: web.Request) -> web.Response:
    """Say where a line's forward leads, and whether it is set up."""
    (box, line_id), wish = _of(request), await body(request, ForwardWish)
    if wish.set_up and wish.number is None:
        raise refusal(422, "forward_number_missing", "number")
    for ours in box.configuration.numbers.values():
        if ours.number == wish.number:
            problem = Problem("lines", line_id, ("number",), "number_is_ours", {"name": ours.name})
            raise ApiError(422, [problem_error(problem, ("lines", line_id))])
    try:
        await box.operator_forwards.set(line_id, wish.number, wish.set_up)
    except NoTest as error:
        raise refusal(409, error.code) from None
    return answer(told(box, line_id))


async def start_test(request: web.Request) -> web.Response:
    """Let the line play dead, so that the operator's forward can be tested by a call."""
    box, line_id = _of(request)
    try:
        await box.operator_forwards.start(line_id)
    except NoTest as error:
        raise refusal(409, error.code) from None
    return answer(told(box, line_id), 202)


async def end_test(request: web.Request) -> web.Response:
    """Have the line live again at once."""
    box, line_id = _of(request)
    await box.operator_forwards.end(line_id)
    return answer(told(box, line_id))


async def judge_test(request: web.Request) -> web.Response:
    """Say whether the number rang; a test under way is over."""
    (box, line_id), verdict = _of(request), await body(request, ForwardVerdict)
    try:
        await box.operator_forwards.judge(line_id, verdict.works)
    except NoTest as error:
        raise refusal(409, error.code) from None
    return answer(told(box, line_id))


def _of(request: web.Request) -> tuple[Box, str]:
    box, line_id = box_of(request), request.match_info["id"]
    line = box.configuration.lines.get(line_id)
    if line is None or line.kind == "pbx":
        raise not_found()
    return box, line_id


def _route(method: str, path: str, handler: Handler, summary: str, **more: Any) -> Route:
    return Route(method, path, handler, Access.ADMINISTRATOR, summary, "lines", gives=ForwardTold, **more)


ROUTES = (
    Route(
        "GET",
        "/operator-forwards",
        read_all,
        Access.ADMINISTRATOR,
        "The operators' forwards for a dead box",
        "lines",
        gives=ForwardsTold,
    ),
    _route("GET", "/lines/{id}/forward", read_one, "The operator's forward of a line"),
    _route("PUT", "/lines/{id}/forward", set_up, "Say where the forward leads", takes=ForwardWish),
    _route("POST", "/lines/{id}/forward/test", start_test, "Let the line play dead for a test", status=202),
    _route("POST", "/lines/{id}/forward/end", end_test, "End the test at once"),
    _route(
        "POST",
        "/lines/{id}/forward/verdict",
        judge_test,
        "Say whether the number rang",
        takes=ForwardVerdict,
    ),
)
