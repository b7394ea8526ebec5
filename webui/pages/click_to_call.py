"""Click to call: the phone of whoever clicks rings, then the number is called (OUT-7)."""

from __future__ import annotations

from aiohttp import web

from webui.client import Refused
from webui.page import go_to, only_inside, with_query
from webui.session import visit_of


async def call(request: web.Request) -> web.StreamResponse:
    """Ask the box for the call, then go back to where the button was."""
    visit, posted = visit_of(request), await request.post()
    back = only_inside(str(posted.get("back", "")), "/history")
    person_id = (visit.user or {}).get("person_id") or ""
    wish = {"person_id": person_id, "number": str(posted.get("number", ""))[:40] or "?"}
    try:
        await visit.send("POST", "/calls", wish)
    except Refused as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        code = refusal.errors[0].code if refusal.errors else ""
        return go_to(with_query(back, refused=code))
    return go_to(back, "calling")


ROUTES = (web.post("/call", call),)
