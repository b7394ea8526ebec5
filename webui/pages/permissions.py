"""Permissions: the padlocks of everybody, of groups and of people, and what new people begin with."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui.forms import Choice, Form
from webui.language import N_, gettext
from webui.page import render
from webui.pages import mailboxes, people
from webui.records import Json
from webui.session import Visit
from webui.settings_pages import SettingsPage

# Settings that are more than one input on their page.
LABELS = {
    "people.devices": N_("On which devices they are reached"),
    "people.when_unanswered": N_("When they do not answer"),
    "people.devices_by_hours": N_("Which of them ring, by hours"),
    "people.forward_to": N_("Where all their calls are forwarded to"),
    "people.forwards": N_("Forwards of calls they do not take"),
    "people.scheduled_forwards": N_("Scheduled forwards"),
    "people.when_busy": N_("Where a second call goes"),
    "people.short_numbers": N_("Their short numbers"),
    "phone.hours": N_("Open and close the office by star code"),
    "phone.block_callers": N_("Block callers"),
    "phone.click_to_call": N_("Call with a click"),
    "phone.groups": N_("Sign in and out of ring groups"),
    "phone.pick_up": N_("Pick up calls of colleagues outside their own groups"),
    "mailboxes.greetings": N_("Greetings"),
    "mailboxes.emails": N_("E-mail addresses"),
}
DEVICE_KINDS = ("deskphone", "softphone", "external")


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
    return word if collection != "mailboxes" else f"{gettext('Mailbox')} · {word}"


class PermissionsPage(SettingsPage):
    """The padlocks, and what new people begin with."""

    path = "/permissions"

    def to_values(self, record: Json) -> Json:
        return _to_values(record)

    def from_values(self, values: Json, before: Json) -> Json:
        return _from_values(values)

    async def show(self, request: web.Request, visit: Visit, form: Form) -> web.Response:
        return await _show(request, visit, form)

    async def store(self, visit: Visit, record: Json, version: str, wish: str) -> None:
        await super().store(visit, record, version, wish)
        if wish == "apply":
            await visit.send("POST", "/permissions/defaults/apply")


ROUTES = PermissionsPage().routes()
