"""Calls: what happened, and each call's way lit on the drawing."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from webui.call_paths import ShownPath, say_trail, show
from webui.client import Refused
from webui.drawing.ladder import ladder, said
from webui.language import gettext
from webui.live_state import read_names
from webui.page import render
from webui.records import Json
from webui.session import Visit, visit_of

PAGE_SIZE = 40
FILTERS = ("q", "from", "to", "direction", "number_id")


async def history(request: web.Request) -> web.Response:
    """A page of calls, newest first, by what was asked for."""
    visit = visit_of(request)
    page = request.query.get("page", "1")
    wanted = {name: request.query[name] for name in FILTERS if request.query.get(name)}
    query = {**wanted, "page": page if page.isdigit() and page != "0" else "1", "page_size": str(PAGE_SIZE)}
    unreadable = False
    try:
        told = await visit.get("/history", **query)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        unreadable, wanted = True, {}
        told = await visit.get("/history", page_size=str(PAGE_SIZE))
    context = {
        "records": told["records"],
        "total": told["total"],
        "page": told["page"],
        "pages": max(1, -(-told["total"] // PAGE_SIZE)),
        "wanted": wanted,
        "query": urlencode(wanted),
        "unreadable": unreadable,
        "names": await read_names(visit),
    }
    return render(request, "history.html", context)


async def call_page(request: web.Request) -> web.Response:
    """One call: who, when, how it ended, and its way with the reasons."""
    visit = visit_of(request)
    call = await visit.get(f"/history/{request.match_info['id']}")
    told = await visit.get(f"/history/{call['id']}/path")
    path = _drawn(request, told)
    context = {
        "call": call,
        "past": told,
        "today": _today(told),
        "listed": await _listed(visit, call),
        "call_back_in": await _first_attempt_in(visit, call),
        "drawn": path,
        "reasons": path.reasons if path else say_trail(call["trail"]),
        "names": await read_names(visit),
    }
    return render(request, "call.html", context)


async def _first_attempt_in(visit: Visit, call: Json) -> int:
    """In how many minutes somebody is called back: whoever has just not answered is given time."""
    if call["direction"] == "inbound":
        return 0
    return int((await visit.get("/call_backs"))["delay_minutes"])


async def _listed(visit: Visit, call: Json) -> str:
    """Whether the caller's number is blocked, always let through, neither, or "" where none may be listed."""
    if call["direction"] != "inbound" or not str(call["caller"]).startswith("+"):
        return ""
    filter_ = await visit.get("/caller_filter")
    for name in ("blocked", "allowed"):
        if any(entry["number"] == call["caller"] for entry in filter_[f"{name}_numbers"]):
            return name
    return "neither"


async def messages_page(request: web.Request) -> web.Response:
    """The SIP messages of one call, drawn and word for word."""
    visit = visit_of(request)
    if not visit.is_administrator:
        raise web.HTTPForbidden
    call = await visit.get(f"/history/{request.match_info['id']}")
    messages = (await visit.get(f"/history/{call['id']}/messages"))["messages"]
    drawn = ladder(messages, title=gettext("Who said what to whom"), box=gettext("the box"))
    context = {"call": call, "messages": messages, "drawn": drawn, "said": said}
    return render(request, "call_messages.html", context)


def _drawn(request: web.Request, told: Json) -> ShownPath | None:
    """The call's way on the drawing of its own settings; None where there is nothing to draw it on."""
    if not {node["id"] for node in told["nodes"]} & set(told["lit_nodes"]):
        return None
    return show(visit_of(request), told, told["trail"], told, _icons(request))


def _icons(request: web.Request) -> str:
    return str(request.app.router["static"].url_for(filename="icons.svg"))


def _today(told: Json) -> tuple[str, ...]:
    """The reasons of the same call by the settings of today."""
    decisions = (told.get("today") or {}).get("decisions", ())
    return say_trail([place for decision in decisions for place in decision["trail"]])


ROUTES = (
    web.get("/history", history),
    web.get("/history/{id}", call_page),
    web.get("/history/{id}/messages", messages_page),
)
