"""The caller filter: who does not get through, where they go instead, and the lists of numbers."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import destinations
from webui.client import FieldError, Refused
from webui.forms import Form
from webui.language import N_
from webui.page import go_to, only_inside, render
from webui.records import Json
from webui.session import Visit, visit_of
from webui.settings_pages import SettingsPage

# The kinds of callers: what each is, what ticking it does, and what a caller without destination meets.
RULES = (
    (
        "blocked",
        N_("Blocked numbers"),
        N_("Callers whose number is in the list below."),
        N_("Say that the call is not taken, then hang up"),
    ),
    (
        "anonymous",
        N_("Callers who withhold their number"),
        N_("Doctors, banks and some switchboards withhold theirs too."),
        N_("Ask them to call again and show their number"),
    ),
    (
        "telemarketing",
        N_("Numbers set apart for telemarketing"),
        N_(
            "Sales calls must come from these ranges (France: 01 62, 01 63, 02 70, 02 71, 03 77, 03 78, "
            "04 24, 04 25, 05 68, 05 69, 09 48, 09 49)."
        ),
        N_("Say that the call is not taken, then hang up"),
    ),
)
LISTS = {"blocked": "blocked_numbers", "allowed": "allowed_numbers"}


async def _show(request: web.Request, visit: Visit, form: Form, added: Json | None = None) -> web.Response:
    if not visit.is_administrator:
        raise web.HTTPForbidden
    form.choices = {"destinations": await destinations.choices(visit)}
    filter_ = await visit.get("/caller_filter")
    numbers = (await visit.get("/numbers"))["items"]
    context = {
        "form": form,
        "rules": RULES,
        "lists": {name: sorted(filter_[field], key=_newest_first) for name, field in LISTS.items()},
        "added": added or {},
        "unfiltered": [each for each in numbers if not each.get("caller_filter", True)],
    }
    return render(request, "caller_filter.html", context)


def _newest_first(entry: Json) -> tuple[int, str]:
    since = str(entry.get("since") or "0")
    return -int(since.replace("-", "")), str(entry["number"])


class CallerFilterPage(SettingsPage):
    """What happens to each kind of caller."""

    path = "/caller-filter"
    resource = "/caller_filter"

    def to_values(self, record: Json) -> Json:
        return {
            kind: {
                "enabled": record[kind]["enabled"],
                "destination": destinations.to_values(record[kind]["destination"]),
            }
            for kind, *_ in RULES
        }

    def from_values(self, values: Json, before: Json) -> Json:
        rules = {kind: values.get(kind) or {} for kind, *_ in RULES}
        chosen = {
            kind: {
                "enabled": bool(rule.get("enabled")),
                "destination": destinations.from_values(rule.get("destination")),
            }
            for kind, rule in rules.items()
        }
        return {**before, **chosen}

    async def show(self, request: web.Request, visit: Visit, form: Form) -> web.Response:
        return await _show(request, visit, form)


PAGE = CallerFilterPage()


async def add(request: web.Request) -> web.StreamResponse:
    """Put a number into one of the lists; from another page, go back there."""
    visit, posted = visit_of(request), await request.post()
    name = request.match_info["list"]
    entry: dict[str, Any] = {key: str(posted.get(key, "")) for key in ("number", "note")}
    try:
        await visit.send("POST", f"/caller_filter/{name}", entry)
    except Refused as refusal:
        if refusal.status != 422 or not visit.is_administrator:
            raise
        errors = tuple(FieldError(f"{name}.{one.field}", one.code, one.parameters) for one in refusal.errors)
        record = await visit.get("/caller_filter")
        response = await _show(request, visit, Form(PAGE.to_values(record), errors=errors), {name: entry})
        response.set_status(422)
        return response
    return go_to(_back(posted), name)


async def forget(request: web.Request) -> web.StreamResponse:
    """Take a number off the lists."""
    posted = await request.post()
    try:
        await visit_of(request).send("DELETE", f"/caller_filter/{posted.get('number', '')}")
    except Refused as refusal:
        if refusal.status != 404:
            raise
    return go_to(_back(posted), "unblocked")


def _back(posted: Any) -> str:
    return only_inside(str(posted.get("back", "")), PAGE.path).partition("?")[0]


ROUTES = (
    *PAGE.routes(),
    web.post("/caller-filter/{list:blocked|allowed}", add),
    web.post("/caller-filter/forget", forget),
)
