"""Permissions: the padlocks of everybody, of groups and of people, and what new people begin with."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui.client import Refused
from webui.forms import Choice, Form, nest, rearrange
from webui.language import N_, gettext
from webui.page import go_to, render
from webui.pages import mailboxes, people
from webui.records import CHANGED_MEANWHILE, Json
from webui.session import Visit, visit_of

# Settings that are more than one input on their page.
LABELS = {
    "people.devices": N_("On which devices they are reached"),
    "people.when_unanswered": N_("When they do not answer"),
    "people.devices_by_hours": N_("Which of them ring, by hours"),
    "people.forward_to": N_("Where all their calls are forwarded to"),
    "people.forwards": N_("Forwards of calls they do not take"),
    "people.scheduled_forwards": N_("Scheduled forwards"),
    "people.when_busy": N_("Where a second call goes"),
    "mailboxes.greetings": N_("Greetings"),
    "mailboxes.emails": N_("E-mail addresses"),
}
DEVICE_KINDS = ("deskphone", "softphone", "external")


async def permissions_page(request: web.Request) -> web.Response:
    """The form."""
    visit = visit_of(request)
    answer = await visit.read("/permissions")
    return await _show(request, visit, Form(_to_values(answer.data), version=answer.etag or ""))


async def save_permissions(request: web.Request) -> web.StreamResponse:
    """Keep the permissions, or show them again with what is wrong."""
    visit = visit_of(request)
    before = await visit.read("/permissions")
    posted = await request.post()
    values = nest((name, value) for name, value in posted.items() if isinstance(value, str))
    wish = str(values.pop("do", "save"))
    form = Form(values, version=str(values.pop("version", "")) or before.etag or "")
    if rearrange(values, wish):
        return await _show(request, visit, form)
    try:
        await visit.send("PUT", "/permissions", _from_values(values), etag=form.version)
        if wish == "apply":
            await visit.send("POST", "/permissions/defaults/apply")
    except Refused as refusal:
        if refusal.status in (401, 403):
            raise
        form.errors, form.version = refusal.errors, before.etag or ""
        if refusal.status == CHANGED_MEANWHILE:
            form.current = _to_values(before.data)
        response = await _show(request, visit, form)
        response.set_status(422)
        return response
    return go_to("/permissions", "saved")


def _to_values(record: Json) -> Json:
    rows = [
        {"of": f"{collection}:{identifier}", "locks": locks}
        for collection in ("groups", "people")
        for identifier, locks in record[collection].items()
    ]
    defaults = record["defaults"]
    devices = [one["kind"] for one in defaults["devices"]]
    return {"everybody": record["everybody"], "rows": rows, "defaults": {**defaults, "kinds": devices}}


def _from_values(values: Json) -> Json:
    record: dict[str, Any] = {"everybody": _ticked(values.get("everybody")), "groups": {}, "people": {}}
    for row in values.get("rows") or []:
        collection, _, identifier = str(row.get("of") or "").partition(":")
        if identifier and collection in ("groups", "people"):
            record[collection].setdefault(identifier, []).extend(_ticked(row.get("locks")))
    defaults = values.get("defaults") or {}
    record["defaults"] = {
        "ring_seconds": defaults.get("ring_seconds") or 20,
        "ring_order": defaults.get("ring_order") or "together",
        "devices": [{"kind": kind} for kind in _ticked(defaults.get("kinds"))],
    }
    return record


def _ticked(value: Any) -> list[str]:
    return [str(one) for one in value if one] if isinstance(value, list) else []


async def _show(request: web.Request, visit: Visit, form: Form) -> web.Response:
    settings = (await visit.get("/permissions/settings"))["items"]
    groups, everybody = (await visit.get("/groups"))["items"], (await visit.get("/people"))["items"]
    form.choices = {
        "of": [
            Choice("", gettext("Choose a group or a person")),
            *(Choice(f"groups:{one['id']}", one["name"], gettext("Ring groups")) for one in groups),
            *(Choice(f"people:{one['id']}", one["name"], gettext("People")) for one in everybody),
        ],
        "orders": [
            Choice("together", gettext("All at once")),
            Choice("in_order", gettext("One after the other, in the order above")),
        ],
    }
    context = {
        "form": form,
        "settings": {name: _label(name) for name in settings},
        "device_labels": {kind: people.DEVICES[kind] for kind in DEVICE_KINDS},
    }
    return render(request, "permissions.html", context)


def _label(name: str) -> str:
    """A setting as its page calls it."""
    collection, _, field = name.partition(".")
    fields = people.FIELDS if collection == "people" else mailboxes.FIELDS
    found = LABELS.get(name) or next((one.label for one in fields if one.name == field), field)
    word = gettext(found)
    return word if collection == "people" else f"{gettext('Mailbox')} · {word}"


ROUTES = (web.get("/permissions", permissions_page), web.post("/permissions", save_permissions))
