"""Call-backs: who is to be called, what came of it, and how often it is tried (OUT-6)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import call_back_words
from webui.client import Refused
from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import Names, read_names
from webui.page import go_to, only_inside, render
from webui.records import Json
from webui.session import Visit, visit_of
from webui.settings_pages import SettingsPage

KINDS = {"waiting": "waiting", "trying": "good", "done": "good", "given_up": "bad", "cancelled": "off"}

FIELDS = (
    Field(
        "attempts",
        N_("Attempts"),
        N_("So many times their phone rings before it is given up. From 1 to 10."),
        kind="number",
        required=True,
    ),
    Field(
        "delay_minutes",
        N_("Time between two attempts"),
        N_(
            "After an attempt that they did not answer. Nobody is called while the number they had called "
            "is closed: the attempt is made when it opens."
        ),
        kind="number",
        required=True,
        unit=N_("minutes"),
    ),
)

# The fields of the form that has somebody called.
ADDED = ("number", "name", "number_id", "who", "in_minutes")


async def _requests(visit: Visit) -> dict[str, Any]:
    names = await read_names(visit)
    listed = await visit.get("/call_backs/requests")
    return {
        part: [{**each, "who": _who(names, each), "kind": KINDS[each["state"]]} for each in listed[part]]
        for part in ("open", "ended")
    } | {"names": names, "words": call_back_words}


def _who(names: Names, request: Json) -> str:
    return names.of("groups", request["group_id"]) or names.of("people", request["person_id"])


def _callers(visit: Visit, names: Names) -> list[Choice]:
    """Who may be asked to call: a person for themselves and their groups, an administrator for everybody."""
    own = (visit.user or {}).get("person_id")
    people = [
        Choice(f"person:{key}", str(each["name"]), gettext("People"))
        for key, each in names.entries.get("people", {}).items()
        if visit.is_administrator or key == own
    ]
    groups = [
        Choice(f"group:{key}", str(each["name"]), gettext("Ring groups"))
        for key, each in names.entries.get("groups", {}).items()
    ]
    return [*people, *(groups if visit.is_administrator else ())]


async def _show(
    request: web.Request, visit: Visit, form: Form, added: Json | None = None, adding: Form | None = None
) -> web.Response:
    form.fields = FIELDS
    told = await _requests(visit)
    numbers = (await visit.get("/numbers"))["items"] if visit.is_administrator else []
    context = {
        "form": form,
        "adding": adding or Form({}),
        "added": added or dict.fromkeys(ADDED, ""),
        "callers": _callers(visit, told["names"]),
        "numbers": numbers,
    }
    return render(request, "call_backs.html", {**context, **told})


class CallBacksPage(SettingsPage):
    """How often, how far apart."""

    path = "/call-backs"
    resource = "/call_backs"

    def to_values(self, record: Json) -> Json:
        return dict(record)

    def from_values(self, values: Json, before: Json) -> Json:
        return {**before, **{each.name: values.get(each.name) or "" for each in FIELDS}}

    async def show(self, request: web.Request, visit: Visit, form: Form) -> web.Response:
        return await _show(request, visit, form)


PAGE = CallBacksPage()


async def listed(request: web.Request) -> web.Response:
    """The part of the page that lists the requests, fetched again when something changes."""
    return render(request, "call_backs_list.html", await _requests(visit_of(request)))


async def add(request: web.Request) -> web.StreamResponse:
    """Have somebody called back; from another page, go back there."""
    visit, posted = visit_of(request), await request.post()
    sent = {key: str(posted.get(key, "")) for key in ADDED}
    kind, _, identifier = sent["who"].partition(":")
    wish: Json = {"number": sent["number"], "name": sent["name"]}
    wish |= {f"{kind}_id": identifier} if kind in ("person", "group") else {}
    wish |= {key: sent[key] for key in ("number_id", "in_minutes") if sent[key]}
    try:
        await visit.send("POST", "/call_backs/requests", wish)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        form = Form(PAGE.to_values(await visit.get("/call_backs")))
        response = await _show(request, visit, form, sent, Form({}, errors=refusal.errors))
        response.set_status(422)
        return response
    return go_to(only_inside(str(posted.get("back", "")), PAGE.path).partition("?")[0], "call_back")


async def cancel(request: web.Request) -> web.StreamResponse:
    """Call a request off."""
    return await _done(request, "DELETE", "", "call_back_off")


async def try_now(request: web.Request) -> web.StreamResponse:
    """Try a request at once."""
    return await _done(request, "POST", "/try", "call_back_tried")


async def _done(request: web.Request, method: str, what: str, told: str) -> web.StreamResponse:
    try:
        await visit_of(request).send(method, f"/call_backs/requests/{request.match_info['id']}{what}", None)
    except Refused as refusal:
        # It is over meanwhile, or goes on: the list shows which.
        if refusal.status not in (404, 409):
            raise
        told = ""
    return go_to(PAGE.path, told)


ROUTES = (
    *PAGE.routes(),
    web.get("/call-backs/list", listed),
    web.post("/call-backs/add", add),
    web.post(r"/call-backs/{id:[0-9A-Za-z_-]{1,64}}/cancel", cancel),
    web.post(r"/call-backs/{id:[0-9A-Za-z_-]{1,64}}/try", try_now),
)
