"""The part of a form where what a picker leads to is created, fetched when that is chosen."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from webui import creating, destinations
from webui.forms import Form, nest
from webui.page import only_inside, render
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
    context = {"form": form, "at": at, "kind": kind, "form_id": form_id, "here": _page(request)}
    return render(request, "new_record.html", context)


def _page(request: web.Request) -> str:
    """The page whose form this is a part of: the form is posted there."""
    try:
        return only_inside(URL(request.headers.get("HX-Current-URL", "/")).raw_path_qs)
    except ValueError:
        return "/"


ROUTES = (web.get("/destinations/new", new_record),)
