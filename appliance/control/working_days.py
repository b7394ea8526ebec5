"""The working day: people start, pause and end it; who has not started, or pauses, is not rung (STAT-1)."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.control.bodies import answer, body
from appliance.control.errors import not_found, refusal
from appliance.control.live import PersonLive
from appliance.control.own import owns_person
from appliance.control.routes import Access, Route, box_of
from appliance.routing.world import DayState


class NewDay(BaseModel):
    """What somebody does: started, on_break or ended."""

    model_config = ConfigDict(extra="forbid")

    state: DayState


async def set_day(request: web.Request) -> web.Response:
    """Start, pause or end a person's day; 409 for somebody who does not use the working day."""
    box, wish, identifier = box_of(request), await body(request, NewDay), request.match_info["id"]
    if identifier not in box.configuration.people:
        raise not_found()
    if not box.set_day(identifier, wish.state):
        raise refusal(409, "day_not_used", "state")
    return answer(next(one for one in box.live().people if one.person_id == identifier))


ROUTES = (
    Route(
        "PUT",
        "/people/{id}/day",
        set_day,
        Access.OWN,
        "Start, pause or end a working day",
        "people",
        takes=NewDay,
        gives=PersonLive,
        owns=owns_person,
    ),
)
