"""The button that has a line which is down tried at once."""

from __future__ import annotations

from aiohttp import web

from webui.page import go_to
from webui.session import visit_of


async def try_now(request: web.Request) -> web.StreamResponse:
    """Have the line tried, and show it again."""
    identifier = request.match_info["id"]
    await visit_of(request).send("POST", f"/lines/{identifier}/try")
    return go_to(f"/lines/{identifier}", "line_tried")


ROUTES = (web.post("/lines/{id}/try", try_now),)
