"""Lines: the ways outside, SIP trunks for now."""

from __future__ import annotations

from aiohttp import web

from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import read_live
from webui.page import render
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of

FIELDS = (
    Field("name", N_("Name"), N_("Such as your provider's name."), required=True, empty="text"),
    Field("enabled", N_("In use"), N_("Unticked, no call comes or goes by this line."), kind="checkbox"),
    Field("mode", N_("How the provider knows the box"), kind="select", choices="modes", empty="absent"),
    Field(
        "server",
        N_("Server"),
        N_("The provider's SIP server, as in its letter: sip.example.net."),
        required=True,
        empty="text",
    ),
    Field("port", N_("Port"), N_("Usually left empty."), kind="number"),
    Field(
        "transport",
        N_("Transport"),
        N_("Automatic asks the provider's DNS."),
        kind="select",
        choices="transports",
        empty="absent",
    ),
    Field("user", N_("User name"), N_("Often the number itself."), empty="text"),
    Field("password", N_("Password"), kind="secret"),
    Field(
        "authentication_user",
        N_("Authentication name"),
        N_("Only when the provider gave one besides the user name."),
        empty="text",
    ),
    Field("outbound_proxy", N_("Outbound proxy"), N_("Only when the provider names one.")),
    Field(
        "dialled_format",
        N_("How numbers are sent to the provider"),
        kind="select",
        choices="formats",
        empty="absent",
    ),
    Field(
        "main_number_id",
        N_("Main number"),
        N_("Shown to the people called, unless the caller has a number of their own."),
        kind="select",
        choices="numbers",
    ),
    Field(
        "register_seconds",
        N_("Sign in again every"),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
)


class LinePages(RecordPages):
    """The pages of lines."""

    collection = "lines"
    path = "/lines"
    template = "line"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        return {"enabled": "on", "mode": "registered", "transport": "auto", "register_seconds": 600}

    def to_values(self, record: Json) -> Json:
        return {**record, "trusted_addresses": "\n".join(record.get("trusted_addresses") or [])}

    def from_values(self, values: Json, before: Json) -> Json:
        addresses = str(values.get("trusted_addresses") or "").replace(",", " ").split()
        return {**super().from_values(values, before), "kind": "sip_trunk", "trusted_addresses": addresses}

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        numbers = (await visit.get("/numbers"))["items"]
        own = [one for one in numbers if one["line_id"] == identifier]
        form.choices = {
            "modes": [
                Choice("registered", gettext("By user name and password")),
                Choice("trusted", gettext("By the address calls come from")),
            ],
            "transports": [Choice("auto", gettext("Automatic")), Choice("udp", "UDP"), Choice("tcp", "TCP")],
            "formats": [
                Choice("plus", "+33 1 23 45 67 89"),
                Choice("double_zero", "00 33 1 23 45 67 89"),
                Choice("national", "01 23 45 67 89"),
            ],
            "numbers": [
                Choice("", gettext("The first of this line")),
                *(Choice(one["id"], one["name"]) for one in own),
            ],
        }
        return {"live": await read_live(visit), "numbers": own}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"live": await read_live(visit), "numbers": (await visit.get("/numbers"))["items"]}


async def live_list(request: web.Request) -> web.Response:
    """The list of lines, fetched again when one goes up or down."""
    visit = visit_of(request)
    items = (await visit.get("/lines"))["items"]
    return render(request, "line_rows.html", {"items": items, **await PAGES.list_surroundings(visit, items)})


PAGES = LinePages()
ROUTES = (web.get("/lines/live", live_list), *PAGES.routes())
