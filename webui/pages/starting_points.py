"""Ready paths of a number: said before the click, laid out by it, edited afterwards (IN-1, IN-2)."""

from __future__ import annotations

from aiohttp import web

from webui import starting
from webui.client import Refused
from webui.forms import Form
from webui.page import go_to, render
from webui.session import visit_of


async def show(request: web.Request) -> web.Response:
    """What each ready path is."""
    return await _shown(request, Form({}))


async def _shown(request: web.Request, form: Form) -> web.Response:
    visit, identifier = visit_of(request), request.match_info["id"]
    number = await visit.get(f"/numbers/{identifier}")
    around = await starting.ask(visit, form, f"/numbers/{identifier}/starting-point")
    response = render(request, "starting_points.html", {"number": number, "form": form, **around})
    response.set_status(422 if form.errors else 200)
    return response


async def start(request: web.Request) -> web.StreamResponse:
    """Lay the chosen path out, then show it."""
    identifier, posted = request.match_info["id"], await request.post()
    form = Form({name: str(posted.get(name) or "") for name in ("who", "backup", "kind")})
    try:
        path = f"/numbers/{identifier}/starting-point"
        await visit_of(request).send("POST", path, starting.wish(form.values))
    except Refused as refusal:
        if refusal.status in (401, 403, 404):
            raise
        form.errors = refusal.errors
        return await _shown(request, form)
    return go_to(f"/numbers/{identifier}", "saved")


ROUTES = (
    web.get("/numbers/{id}/start", show),
    web.post("/numbers/{id}/start", start),
)
