"""Phones: adding one to a person, and what to type into it."""

from __future__ import annotations

import secrets

from aiohttp import web

from webui import sip_door
from webui.client import Refused
from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import read_live
from webui.page import go_to, render
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of

FIELDS = (
    Field(
        "name",
        N_("Name of the phone"),
        N_("So that you know it again: “Desk by the window”, “Claire's laptop”."),
        required=True,
        empty="text",
    ),
    Field("person_id", N_("Whose phone it is"), kind="select", choices="people", required=True, empty="text"),
    Field("kind", N_("Kind"), kind="select", choices="kinds", empty="absent"),
    Field(
        "sip_user",
        N_("User name (SIP)"),
        N_("Typed into the phone. Left empty, the box makes one from the extension."),
        empty="absent",
    ),
    Field(
        "encrypted_audio",
        N_("Encrypted audio"),
        N_("Automatic: nobody can listen in to a phone connected by TLS, where the phone can do that."),
        kind="select",
        choices="encryptions",
        empty="absent",
    ),
    Field("enabled", N_("In use"), N_("Unticked, the phone is refused and never rings."), kind="checkbox"),
)


def encryptions() -> list[Choice]:
    """What may be asked of the audio of a phone or a line."""
    return [
        Choice("automatic", gettext("Automatic (SRTP over TLS)")),
        Choice("always", gettext("Always: calls fail without it")),
        Choice("never", gettext("Only if the other end insists")),
    ]


class PhonePages(RecordPages):
    """The pages of phones; a new phone's password is shown once, on the answer to its form."""

    collection = "phones"
    path = "/phones"
    template = "phone"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        return {"person_id": request.query.get("person", ""), "kind": "deskphone", "enabled": "on"}

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        people = (await visit.get("/people"))["items"]
        form.choices = {
            "people": [Choice(one["id"], f"{one['name']} ({one['extension']})") for one in people],
            "kinds": [
                Choice("deskphone", gettext("Desk phone")),
                Choice("softphone", gettext("Softphone (computer or mobile app)")),
            ],
            "encryptions": encryptions(),
        }
        return {"live": await read_live(visit)}

    def seen_from(self, request: web.Request) -> Json:
        return {"host": request.url.host, "sip_door": sip_door.address(request)}

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        if not created:
            return go_to(f"/people/{record['person_id']}", "saved")
        return await _show_password(request, record)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        identifier = request.match_info["id"]
        visit = visit_of(request)
        person = (await visit.get(f"/phones/{identifier}"))["person_id"]
        await visit.send("DELETE", f"/phones/{identifier}")
        return go_to(f"/people/{person}", "deleted")


async def _show_password(request: web.Request, phone: Json) -> web.Response:
    live = await read_live(visit_of(request))
    return render(request, "phone_password.html", {"phone": phone, "live": live, **PAGES.seen_from(request)})


async def new_password(request: web.Request) -> web.StreamResponse:
    """Give a phone a new password and show it, this once."""
    visit, identifier = visit_of(request), request.match_info["id"]
    password = secrets.token_hex(8)
    try:
        answer = await visit.send("PATCH", f"/phones/{identifier}", {"sip_password": password})
    except Refused:
        return go_to(f"/phones/{identifier}")
    return await _show_password(request, {**answer.data, "sip_password": password})


async def _to_people(request: web.Request) -> web.StreamResponse:
    return go_to("/people")


PAGES = PhonePages()
ROUTES = (
    web.get("/phones", _to_people),
    *(route for route in PAGES.routes() if route.path != "/phones"),
    web.post("/phones/{id}/password", new_password),
)
