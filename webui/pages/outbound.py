"""Calls to the outside: by which lines they leave, what is allowed, and where a call would go."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import short_numbers
from webui.call_paths import ShownPath, show, wished_moment
from webui.client import Refused
from webui.forms import Choice, Form
from webui.live_state import read_live
from webui.page import go_to, render
from webui.pages.claim import country_choices
from webui.records import Json
from webui.session import Visit, visit_of
from webui.settings_pages import SettingsPage

# Before the id of a number in the name of an input: ids made of digits alone would be taken for rows.
ROW = "of-"


def _to_values(record: Json) -> Json:
    reserved = {f"{ROW}{key}": people for key, people in record["reserved"].items()}
    return {**record, "reserved": reserved, "alert_emails": "\n".join(record["alert_emails"])}


def _from_values(values: Json) -> Json:
    emails = str(values.get("alert_emails") or "").replace(",", " ").split()
    chosen: Json = {
        "line_order": values.get("line_order") or [],
        "alert_emails": emails,
        "reserved": {
            key.removeprefix(ROW): each for key, each in (values.get("reserved") or {}).items() if each
        },
    }
    short = short_numbers.from_rows(values)
    if short is not None:
        chosen["short_numbers"] = short
    return {**chosen, "limits": _limits_of(values.get("limits") or {})}


def _limits_of(posted: Json) -> Json:
    """The limits as the API wants them: what is left empty is no limit."""
    night = posted.get("night") or {}
    given = any(night.get(end) for end in ("start", "end"))
    return {
        "enabled": bool(posted.get("enabled")),
        "all_countries": bool(posted.get("all_countries")),
        "premium": bool(posted.get("premium")),
        "countries": [each for each in posted.get("countries") or [] if each],
        "calls_per_day": posted.get("calls_per_day") or None,
        "minutes_per_day": posted.get("minutes_per_day") or None,
        "night": {"start": night.get("start", ""), "end": night.get("end", "")} if given else None,
    }


async def _show(request: web.Request, visit: Visit, form: Form) -> web.Response:
    if not visit.is_administrator:
        raise web.HTTPForbidden
    lines = (await visit.get("/lines"))["items"]
    people = (await visit.get("/people"))["items"]
    _name_every_line(form, lines)
    form.choices = {
        "countries": country_choices(),
        "people": [Choice(one["extension"], one["name"]) for one in people],
    }
    context = {
        "form": form,
        "lines": {one["id"]: one for one in lines},
        "live": await read_live(visit),
        "alerts": (await visit.get("/alerts"))["alerts"][:20],
        "people": people,
        "numbers": (await visit.get("/numbers"))["items"],
        **await _tried(request, visit),
    }
    return render(request, "outbound.html", context)


def _name_every_line(form: Form, lines: list[Json]) -> None:
    """Show every line in the order: those that it does not name yet come last."""
    known = {one["id"] for one in lines}
    order = [each for each in form.values.get("line_order") or [] if each in known]
    form.values["line_order"] = [*order, *(one["id"] for one in lines if one["id"] not in order)]


async def _tried(request: web.Request, visit: Visit) -> dict[str, Any]:
    """The path of a call that somebody asks about: who calls, what they dial, when."""
    query = {name: request.query.get(name, "") for name in ("caller", "called", "date", "time")}
    told: dict[str, Any] = {"asked": query, "drawn": None, "asked_errors": ()}
    if not query["called"]:
        return told
    question: Json = {"caller": query["caller"], "called": query["called"]}
    moment = wished_moment(query["date"], query["time"])
    if moment is not None:
        question["at"] = moment.isoformat()
    try:
        told["drawn"] = await _drawn(request, visit, question)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        told["asked_errors"] = Form({}, errors=refusal.errors).errors_at("caller", "called", "at")
    return told


async def _drawn(request: web.Request, visit: Visit, question: Json) -> ShownPath:
    path = await visit.send("POST", "/explain", question)
    graph = await visit.send("POST", "/explain/drawing", question)
    trail = [place for decision in path.data["decisions"] for place in decision["trail"]]
    icons = str(request.app.router["static"].url_for(filename="icons.svg"))
    return show(visit, graph.data, trail, path.data, icons)


async def see_alert(request: web.Request) -> web.StreamResponse:
    """Take the banner of an alert down."""
    visit = visit_of(request)
    try:
        await visit.send("DELETE", f"/alerts/{int(request.match_info['id'])}")
    except Refused as refusal:
        if refusal.status != 404:
            raise
    return go_to("/outbound" if request.query.get("from") == "outbound" else "/", "seen")


class OutboundPage(SettingsPage):
    """The settings of calls to the outside."""

    path = "/outbound"

    def to_values(self, record: Json) -> Json:
        return _to_values(record)

    def from_values(self, values: Json, before: Json) -> Json:
        return {**before, **_from_values(values)}

    async def show(self, request: web.Request, visit: Visit, form: Form) -> web.Response:
        return await _show(request, visit, form)


ROUTES = (
    *OutboundPage().routes(),
    web.post(r"/alerts/{id:-?\d{1,12}}/seen", see_alert),
)
