"""Trying a line at once: whoever has just had the provider mend something need not wait for the next try."""

from __future__ import annotations

from aiohttp import web

from appliance.control.bodies import answer
from appliance.control.errors import not_found
from appliance.control.live import LineLive
from appliance.control.routes import Access, Route, box_of


async def try_line(request: web.Request) -> web.Response:
    """Have a line looked for and registered now; 404 for one that is not in use."""
    box, line_id = box_of(request), request.match_info["id"]
    if not box.try_line(line_id):
        raise not_found()
    return answer(next(one for one in box.live().lines if one.line_id == line_id), 202)


ROUTES = (
    Route(
        "POST",
        "/lines/{id}/try",
        try_line,
        Access.ADMINISTRATOR,
        "Try a line that is down at once",
        "lines",
        gives=LineLive,
        status=202,
    ),
)
