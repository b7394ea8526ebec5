"""Manual overrides: opening, closing or sending calls elsewhere by hand, and the banners of every page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from webui import creating, destinations
from webui.client import Refused
from webui.forms import Form, nest
from webui.language import now
from webui.page import go_to, only_inside, render
from webui.pages.opening_hours import PAGES, override_choices
from webui.records import Json
from webui.session import visit_of


async def banners(request: web.Request) -> web.Response:
    """The banners alone, fetched again from time to time."""
    return render(request, "banners.html", {})


async def set_override(request: web.Request) -> web.StreamResponse:
    """Override the hours as the form says, or show it again with what is wrong."""
    visit = visit_of(request)
    posted = nest((name, value) for name, value in (await request.post()).items() if isinstance(value, str))
    wish = str(posted.pop("do", ""))
    form = Form(posted)
    if (status := await creating.create(visit, form, wish)) is not None:
        return await _show(request, form, status)
    try:
        await visit.send("PUT", "/overrides", _wish(posted))
    except Refused as refusal:
        if refusal.status in (401, 403, 404):
            raise
        form.errors = refusal.errors
        return await _show(request, form, 422)
    return go_to("/opening-hours", "override")


async def _show(request: web.Request, form: Form, status: int) -> web.StreamResponse:
    visit = visit_of(request)
    items = (await visit.get("/calendars"))["items"]
    form.choices = await override_choices(visit, items)
    around = {**await PAGES.list_surroundings(visit, items), "override": form}
    response = render(request, "opening_hours_list.html", {"items": items, **around})
    response.set_status(status)
    return response


def _wish(posted: Json) -> Json:
    until = posted.get("until") if isinstance(posted.get("until"), dict) else {}
    state = str(posted.get("state") or "closed")
    return {
        "calendar_id": posted.get("calendar_id") or None,
        "state": state,
        "destination": destinations.from_values(posted.get("destination"))
        if state == "destination"
        else None,
        "until": _until(until or {}),
    }


def _until(until: Json) -> Any:
    kind = until.get("kind")
    if kind == "moment":
        date = until.get("date") or f"{now():%Y-%m-%d}"
        return f"{date}T{until.get('time') or ''}"
    return "tomorrow" if kind == "tomorrow" else None


async def end_override(request: web.Request) -> web.StreamResponse:
    """End an override, and go back to the page the banner was on."""
    form = await request.post()
    calendar_id = str(form.get("calendar_id") or "")
    query = f"?{urlencode({'calendar_id': calendar_id})}" if calendar_id else ""
    await visit_of(request).send("DELETE", f"/overrides{query}")
    return go_to(only_inside(str(form.get("back") or "/")).partition("?")[0], "override_ended")


async def trust_clock(request: web.Request) -> web.StreamResponse:
    """Somebody has looked at the time and says that it is right."""
    form = await request.post()
    await visit_of(request).send("POST", "/clock/trust")
    return go_to(only_inside(str(form.get("back") or "/")).partition("?")[0], "clock")


ROUTES = (
    web.get("/banners", banners),
    web.post("/override", set_override),
    web.post("/override/end", end_override),
    web.post("/clock/trust", trust_clock),
)
