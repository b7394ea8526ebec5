"""Ready paths of a number: said before the click, laid out by it, edited afterwards (IN-1, IN-2)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import destinations
from webui.client import Refused
from webui.forms import Choice, Form
from webui.language import N_, gettext
from webui.page import go_to, render
from webui.session import Visit, visit_of

KINDS = {
    "menu": (
        N_("Menu"),
        N_("Callers hear a menu. Who chooses nothing, or finds nobody, leaves a message."),
    ),
    "transfer": (
        N_("Transfer only"),
        N_("Who is chosen here rings at once. When nobody answers, callers leave a message."),
    ),
    "transfer_then_menu": (
        N_("Transfer, then menu"),
        N_(
            "Who is chosen here rings for 15 s. When nobody answers, callers hear a menu, "
            "then leave a message."
        ),
    ),
    "menu_then_person": (
        N_("Menu, or else somebody"),
        N_(
            "Callers hear a menu. Who chooses nothing rings whoever is chosen here, then the backup number, "
            "then leaves a message."
        ),
    ),
}


async def _form(visit: Visit, identifier: str, values: dict[str, Any] | None) -> tuple[Form, list[Any]]:
    usual = await visit.get(f"/numbers/{identifier}/starting-point")
    if values is None:
        who = destinations.to_values(usual["who"])["pick"]
        values = {"who": who, "backup": usual["backup"] or ""}
    form = Form(values)
    form.choices = {
        "who": [
            Choice(f"{kind}:{one['id']}", str(one["name"]), gettext(heading))
            for kind, _, collection, heading in destinations.NAMED
            if kind in ("person", "group")
            for one in (await visit.get(f"/{collection}"))["items"]
        ]
    }
    return form, usual["menu"]


async def show(request: web.Request) -> web.Response:
    """What each ready path is."""
    return await _shown(request, None, ())


async def _shown(request: web.Request, values: dict[str, Any] | None, errors: Any) -> web.Response:
    visit, identifier = visit_of(request), request.match_info["id"]
    number = await visit.get(f"/numbers/{identifier}")
    form, menu = await _form(visit, identifier, values)
    form.errors = errors
    context = {"number": number, "form": form, "menu": menu, "kinds": KINDS}
    response = render(request, "starting_points.html", context)
    response.set_status(422 if errors else 200)
    return response


async def start(request: web.Request) -> web.StreamResponse:
    """Lay the chosen path out, then show it."""
    identifier, posted = request.match_info["id"], await request.post()
    values = {name: str(posted.get(name) or "") for name in ("who", "backup", "kind")}
    wish = {
        "kind": values["kind"],
        "who": destinations.from_values({"pick": values["who"]}),
        "backup": values["backup"].strip() or None,
    }
    try:
        await visit_of(request).send("POST", f"/numbers/{identifier}/starting-point", wish)
    except Refused as refusal:
        if refusal.status in (401, 403, 404):
            raise
        return await _shown(request, values, refusal.errors)
    return go_to(f"/numbers/{identifier}", "saved")


ROUTES = (
    web.get("/numbers/{id}/start", show),
    web.post("/numbers/{id}/start", start),
)
