"""The working day of a person: what they are doing now, and the buttons to start, pause and end it."""

from __future__ import annotations

from aiohttp import web

from webui.client import Refused
from webui.live_state import read_live
from webui.page import asks_for_part, go_to, only_inside, render
from webui.session import visit_of


async def day_part(request: web.Request) -> web.Response:
    """The part of a page that shows one person's day, fetched again when something changes."""
    identifier = request.match_info["id"]
    live = await read_live(visit_of(request))
    return render(request, "working_day.html", {"identifier": identifier, "live": live})


async def set_day(request: web.Request) -> web.StreamResponse:
    """Start, pause or end the day of a person, then go back to where the button was."""
    identifier = request.match_info["id"]
    posted = await request.post()
    state = posted.get("state")
    await visit_of(request).send("PUT", f"/people/{identifier}/day", {"state": state})
    if asks_for_part(request):
        return await day_part(request)
    return go_to(only_inside(str(posted.get("back") or "/")))


async def sign(request: web.Request) -> web.StreamResponse:
    """Sign a person into a ring group, or out of it, then go back to where the button was."""
    identifier, posted = request.match_info["id"], await request.post()
    path = f"/people/{identifier}/groups/{request.match_info['group']}"
    try:
        await visit_of(request).send("PUT", path, {"signed_in": posted.get("signed_in") == "1"})
    except Refused as refusal:
        if refusal.status != 403 or not any(one.code == "locked" for one in refusal.errors):
            raise
        return go_to(f"{only_inside(str(posted.get('back') or '/'))}?refused=locked")
    return go_to(only_inside(str(posted.get("back") or "/")))


ROUTES = (
    web.get("/people/{id}/day", day_part),
    web.post("/people/{id}/day", set_day),
    web.post("/people/{id}/groups/{group}", sign),
)
