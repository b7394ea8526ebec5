"""Memberships: people sign into their ring groups and out of them, apart from their working day (RING-5)."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.configuration.permissions import locks_of
from appliance.control.bodies import answer, body
from appliance.control.errors import not_found, refusal
from appliance.control.live import PersonLive
from appliance.control.own import owns_person
from appliance.control.routes import Access, Route, box_of, identity_of

SETTING = "phone.groups"


class NewMembership(BaseModel):
    """Whether the group rings the person."""

    model_config = ConfigDict(extra="forbid")

    signed_in: bool


async def sign(request: web.Request) -> web.Response:
    """Sign a person into a group of theirs, or out of it; 404 where they are no member."""
    box, wish, identifier = box_of(request), await body(request, NewMembership), request.match_info["id"]
    if not identity_of(request).is_administrator and SETTING in locks_of(box.configuration, identifier):
        raise refusal(403, "locked")
    if not box.memberships.sign(request.match_info["group"], identifier, wish.signed_in):
        raise not_found()
    return answer(next(one for one in box.live().people if one.person_id == identifier))


ROUTES = (
    Route(
        "PUT",
        "/people/{id}/groups/{group}",
        sign,
        Access.OWN,
        "Sign into a ring group, or out of it",
        "people",
        takes=NewMembership,
        gives=PersonLive,
        owns=owns_person,
    ),
)
