"""Trying a call: who calls, when, and what is supposed of the world; the path that the call would take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from aiohttp import web

from webui.call_paths import ShownPath, show, wished_moment
from webui.client import FieldError, Refused
from webui.forms import Form
from webui.language import N_, now
from webui.session import visit_of

Json = dict[str, Any]

# What may be supposed of a call that is tried, as checkboxes.
SUPPOSITIONS = {
    "withheld": N_("the caller withholds their number"),
    "nobody": N_("no phone is connected"),
    "offline": N_("the internet is down"),
    "disk_full": N_("the disk is full"),
    "clock_lost": N_("the box does not know the time"),
    "full": N_("the number has all the calls it may have at once"),
}
# Who calls when nobody is named: a number of those kept free for works of fiction.
STRANGER = "+33199009900"


async def try_call(
    request: web.Request,
    source: str,
    target: dict[str, str],
    *,
    caller: str = "",
    without: Collection[str] = (),
) -> Json:
    """What the templates of `try_call.html` show: the path of a call by the page's query.

    `source` and `target`: the API's path and query that say where the call goes; `caller` calls when nobody
    is named, somebody of the office when it is empty; `without`: the suppositions that mean nothing there.
    An impossible wish shows the path of now.
    """
    query, visit = request.query, visit_of(request)
    date, time, typed = query.get("date", ""), query.get("time", ""), query.get("caller", "").strip()
    moment = wished_moment(date, time)
    wanted = {name: query.get(name, "") for name in (*SUPPOSITIONS, "busy", "undisturbed", "keys")}
    supposed = {name: value for name, value in _supposed(wanted).items() if value}
    errors: tuple[FieldError, ...] = ()
    if (date or time) and moment is None:
        errors = (FieldError("date", "malformed_date", {}),)
    asked = {
        "at": moment.isoformat() if moment else "",
        "caller": "" if wanted["withheld"] else typed or caller,
    }
    try:
        path = await _path(request, source, {**target, **asked, **supposed})
    except Refused as refusal:
        if refusal.status != 422:
            raise
        errors = refusal.errors
        path = await _path(request, source, {**target, "caller": caller})
    present = now()
    path = replace(path, date=date or f"{present:%Y-%m-%d}", time=time or f"{present:%H:%M}", caller=typed)
    return {
        "drawn": replace(path, keys=wanted["keys"]),
        "tried": bool(date or time or typed or supposed or wanted["withheld"]),
        "supposed": bool(supposed.keys() - {"keys"} or wanted["withheld"]),
        "suppositions": {name: words for name, words in SUPPOSITIONS.items() if name not in without},
        "wanted": wanted,
        "people": (await visit.get("/people"))["items"] if visit.is_administrator else [],
        "moment": moment,
        "at": moment or present,
        "form": Form({}, errors=errors),
    }


def _supposed(wanted: dict[str, str]) -> dict[str, str]:
    """What the page supposes, as the API's query."""
    ticked = {name: wanted[name] and "true" for name in ("nobody", "offline", "clock_lost", "full")}
    failed = "disk" if wanted["disk_full"] else ""
    typed = {name: wanted[name].strip() for name in ("busy", "undisturbed", "keys")}
    return {**ticked, "failed": failed, **typed}


async def _path(request: web.Request, source: str, asked: dict[str, str]) -> ShownPath:
    query = {key: value for key, value in asked.items() if value}
    visit = visit_of(request)
    told = await visit.get(source, **query)
    icons = str(request.app.router["static"].url_for(filename="icons.svg"))
    trail = [
        place for decision in (told.get("path") or {}).get("decisions", ()) for place in decision["trail"]
    ]
    return show(visit, told, trail, told, icons)
