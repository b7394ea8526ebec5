"""Ring groups: up to seven people who ring for one call."""

from __future__ import annotations

from aiohttp import web

from webui import destinations
from webui.drawing.call_path import DEVICE_WORDS
from webui.forms import Choice, Field, Form
from webui.group_hints import hints
from webui.group_words import NEW_GROUP, NEW_QUEUE, ORDERS, SHORT_ORDERS
from webui.language import N_, gettext
from webui.live_state import LiveState, read_live
from webui.page import render
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of

MOST_MEMBERS = 7

QUEUE_FIELDS = (
    (
        "max_wait",
        N_("They wait at most"),
        N_("Then the call goes on to what follows the group."),
        "number",
        N_("seconds"),
    ),
    (
        "max_waiting",
        N_("So many may wait"),
        N_("Whoever calls when as many wait goes on at once to what follows the group. 50 at most."),
        "number",
        N_("callers"),
    ),
    ("say_position", N_("Say their place"), N_("“You are number 3 in the queue.”"), "checkbox", ""),
    (
        "say_wait",
        N_("Say how long it will take"),
        N_("In minutes, by how long others have waited lately."),
        "checkbox",
        "",
    ),
    (
        "offer_call_back",
        N_("Offer a call-back"),
        N_(
            "“To be called back instead of waiting, press 1.” Members are asked to call them once they are "
            "free, in the order chosen above, as often as the page of call-backs says. Who withholds their "
            "number is not offered it."
        ),
        "checkbox",
        "",
    ),
    ("every_seconds", N_("Say it every"), "", "number", N_("seconds")),
)

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
    Field(
        "queue_on",
        N_("Callers wait while everybody is on the phone"),
        N_("They hear music, and the next who is free is rung for whoever waits longest."),
        kind="checkbox",
    ),
    *(
        Field(f"queue.{name}", label, hint, kind=kind, unit=unit, empty="absent")
        for name, label, hint, kind, unit in QUEUE_FIELDS
    ),
)


class RingGroupPages(RecordPages):
    """The pages of ring groups."""

    collection = "groups"
    path = "/ring-groups"
    template = "ring_group"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        return {**NEW_GROUP, "members": [{}, {}], "queue": NEW_QUEUE}

    def to_values(self, record: Json) -> Json:
        return {
            **record,
            "when_unanswered": destinations.to_values(record.get("when_unanswered")),
            "queue_on": record.get("queue") is not None,
            "queue": record.get("queue") or NEW_QUEUE,
        }

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
            "name": values.get("name") or "",
            "extension": values.get("extension") or None,
            **{name: values[name] for name in ("order", "max_wait") if values.get(name)},
            "queue": _queue(values, before),
            "members": members,
            "when_unanswered": destinations.from_values(values.get("when_unanswered")),
        }

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        if form.errors and not form.rows("members"):
            form.values["members"] = [{}, {}]
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
        waiting: list[Json] = []
        live = await read_live(visit) if identifier else None
        if live is not None:
            calls = [
                call for call in live.state["calls"] if (call["queue"] or {}).get("group_id") == identifier
            ]
            waiting = sorted(calls, key=lambda call: int(call["queue"]["place"]))
        saved = await visit.get(f"/groups/{identifier}") if identifier else None
        return {
            "hints": await hints(visit, saved) if saved else [],
            "live": live,
            "members": members_of(live, identifier) if live else [],
            "device_labels": DEVICE_WORDS,
            "most": MOST_MEMBERS,
            "nobody": not people,
            "queue_fields": [name for name, *_ in QUEUE_FIELDS],
            "waiting": waiting,
        }

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"live": await read_live(visit), "orders": SHORT_ORDERS}


def _queue(values: Json, before: Json) -> Json | None:
    """What was set of the queue; None without one. What a form did not have stays as it was."""
    if not values.get("queue_on"):
        return None
    given = values.get("queue") or {}
    queue = {**NEW_QUEUE, **(before.get("queue") or {})}
    for name, _, _, kind, _ in QUEUE_FIELDS:
        if name in given:
            queue[name] = bool(given[name]) if kind == "checkbox" else given[name]
    return queue


def members_of(live: LiveState, identifier: str) -> list[tuple[Json, Json]]:
    """The members of a group as they are now, each with their membership."""
    return [
        (person, one)
        for person in live.people.values()
        for one in person.get("groups") or []
        if one["group_id"] == identifier
    ]


async def members_part(request: web.Request) -> web.Response:
    """The part of a group's page that shows who is signed in, fetched again when something changes."""
    live = await read_live(visit_of(request))
    members = members_of(live, request.match_info["id"])
    return render(request, "group_members.html", {"live": live, "members": members})


PAGES = RingGroupPages()
ROUTES = (web.get("/ring-groups/{id}/members", members_part), *PAGES.routes())
