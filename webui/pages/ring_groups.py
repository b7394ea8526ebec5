"""Ring groups: up to seven people who ring for one call."""

from __future__ import annotations

from aiohttp import web

from webui import destinations
from webui.drawing.call_path import DEVICE_WORDS
from webui.forms import Choice, Field, Form
from webui.group_words import ORDERS, SHORT_ORDERS
from webui.language import N_, gettext
from webui.live_state import read_live
from webui.records import Json, RecordPages
from webui.session import Visit

MOST_MEMBERS = 7

FIELDS = (
    Field("name", N_("Name"), N_("Such as “Sales” or “Everybody”."), required=True, empty="text"),
    Field(
        "extension",
        N_("Extension"),
        N_("So that colleagues can call the group too. May be left empty."),
        kind="digits",
    ),
    Field("order", N_("How they ring"), kind="select", choices="orders", empty="absent"),
    Field(
        "max_wait",
        N_("The caller waits at most"),
        N_("Then the call goes on to what follows the group."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
)


class RingGroupPages(RecordPages):
    """The pages of ring groups."""

    collection = "groups"
    path = "/ring-groups"
    template = "ring_group"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        return {"members": [{}, {}], "max_wait": 30, "order": "together"}

    def to_values(self, record: Json) -> Json:
        return {**record, "when_unanswered": destinations.to_values(record.get("when_unanswered"))}

    def from_values(self, values: Json, before: Json) -> Json:
        # Rows left empty are dropped here, in the form too: errors then name the rows that are shown.
        rows = [row for row in values.get("members") or [] if row.get("person_id")]
        values["members"] = rows
        members = [
            {
                "person_id": row["person_id"],
                "devices": [kind for kind in row.get("devices") or [] if kind] or None,
                "ring_seconds": row.get("ring_seconds") or 20,
            }
            for row in rows
        ]
        return {
            **super().from_values(values, before),
            "members": members,
            "when_unanswered": destinations.from_values(values.get("when_unanswered")),
        }

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        people = (await visit.get("/people"))["items"]
        form.choices = {
            "people": [
                Choice("", gettext("Choose somebody")),
                *(Choice(one["id"], f"{one['name']} ({one['extension']})") for one in people),
            ],
            "orders": [
                *(Choice(order, gettext(words)) for order, words in ORDERS.items()),
            ],
            "destinations": await destinations.choices(visit, without=f"group:{identifier}"),
        }
        return {"device_labels": DEVICE_WORDS, "most": MOST_MEMBERS, "nobody": not people}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"live": await read_live(visit), "orders": SHORT_ORDERS}


PAGES = RingGroupPages()
ROUTES = PAGES.routes()
