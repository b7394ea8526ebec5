"""Security: what was refused at the doors, and who is shut out."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from webui.client import Refused
from webui.page import go_to, render
from webui.session import visit_of


async def security_page(request: web.Request) -> web.Response:
    """The addresses that are not heard, and what was refused lately."""
    visit = visit_of(request)
    if not visit.is_administrator:
        raise web.HTTPForbidden
    told = await visit.get("/security")
    return render(request, "security.html", {"bans": told["bans"], "events": told["events"]})


async def unban(request: web.Request) -> web.StreamResponse:
    """Hear an address again."""
    address = str((await request.post()).get("address", ""))
    try:
        await visit_of(request).send("DELETE", f"/security/bans/{quote(address, safe='')}")
    except Refused as refusal:
        if refusal.status != 404:
            raise
    return go_to("/security", "unbanned")


ROUTES = (web.get("/security", security_page), web.post("/security/unban", unban))
