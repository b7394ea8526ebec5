"""The part of a form where what a picker leads to is created, fetched when that is chosen."""

from __future__ import annotations

from aiohttp import web

from webui import creating, destinations
from webui.forms import Form, nest
from webui.page import page_around, render
from webui.session import visit_of


async def new_record(request: web.Request) -> web.Response:
    """What the chosen kind needs to be created; nothing for any other choice."""
    at = request.query.get("at", "")
    kind = request.query.get(f"{at}.pick", "").removeprefix(creating.PICK)
    if kind not in creating.KINDS:
        return web.Response(content_type="text/html")
    form = Form(nest([(f"{at}.pick", f"{creating.PICK}{kind}")]))
    form.choices = {"destinations": await destinations.choices(visit_of(request))}
    form_id = "record" if request.query.get("form_id") == "record" else ""
    context = {"form": form, "at": at, "kind": kind, "form_id": form_id, "here": page_around(request)}
    return render(request, "new_record.html", context)


ROUTES = (web.get("/destinations/new", new_record),)
