"""People: extension, devices, what happens when they do not answer; their phones and mailbox beside."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import destinations, short_numbers
from webui.client import Refused
from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import read_live
from webui.locks import read_locks
from webui.page import go_to, render
from webui.pages import person_forwards, person_numbers, person_schedule, person_shown
from webui.pages.claim import language_choices
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of
from webui.trying import try_call

STATES = tuple(person_forwards.STATES)

DEVICES = {
    "deskphone": N_("Desk phone"),
    "softphone": N_("Softphone (computer or mobile app)"),
    "external": N_("Mobile, by a call to the outside"),
}

FIELDS = (
    Field(
        "name",
        N_("Name"),
        N_("Shown on colleagues' phones when this person calls."),
        required=True,
        empty="text",
    ),
    Field(
        "extension",
        N_("Extension"),
        N_("The short number colleagues dial: 2 to 6 digits."),
        required=True,
        kind="digits",
        empty="text",
    ),
    Field("email", N_("E-mail"), kind="email"),
    Field(
        "mobile",
        N_("Mobile number"),
        N_("Rung only when “Mobile” is ticked above. Any way of writing it will do."),
        kind="tel",
    ),
    Field(
        "mobile_rings",
        N_("Their mobile rings"),
        N_("Not at all: untick “Mobile” above."),
        kind="select",
        choices="mobile_moments",
        empty="absent",
    ),
    Field(
        "max_calls",
        N_("Calls at once"),
        N_("Who calls beyond that finds them busy. One: no second call ever reaches them."),
        kind="number",
        empty="absent",
    ),
    Field(
        "forward_active",
        N_("Forward all calls"),
        N_("Nothing of theirs rings: callers go at once where is chosen here, until this is switched off."),
        kind="checkbox",
    ),
    Field("do_not_disturb_except", N_("Callers who ring all the same"), kind="numbers"),
    Field(
        "confirm_mobile",
        N_("On the mobile, press 1 to take the call"),
        N_(
            "They hear who calls, then press 1. Off: whatever answers has the call, "
            "be it the operator's voicemail."
        ),
        kind="checkbox",
    ),
    Field(
        "language",
        N_("Language"),
        N_("What this person's callers hear from the box; else the number's language."),
        kind="select",
        choices="languages",
    ),
    Field("ring_order", N_("How their devices ring"), kind="select", choices="orders", empty="absent"),
    Field(
        "ring_seconds",
        N_("Ring for"),
        N_("Then the call goes on as set below."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "do_not_disturb",
        N_("Do not disturb"),
        N_("Nothing rings; callers go on at once as if nobody had answered."),
        kind="checkbox",
    ),
    Field(
        "working_day",
        N_("Starts and ends their day"),
        N_(
            "Rung only between the start and the end of their day, and not during breaks. "
            "The buttons are on this page and on the overview; off: always counts as there."
        ),
        kind="checkbox",
    ),
    Field(
        "calendar_id",
        N_("Opening hours"),
        N_("Decides which of the choices below applies."),
        kind="select",
        choices="calendars",
    ),
    Field(
        "presented_number_id",
        N_("Number shown when calling out"),
        N_("What people outside see: one of the numbers that this person may show."),
        kind="select",
        choices="numbers",
    ),
    Field(
        "withholds_number",
        N_("Hide their number when they call out"),
        N_("People outside see no number. For one call alone, dial *31* before the number."),
        kind="checkbox",
    ),
    Field(
        "shows_mobile",
        N_("Show their mobile when they call out"),
        N_(
            "On lines that let it pass; by the others, people outside see a number of the office. "
            "Emergency services always do."
        ),
        kind="checkbox",
    ),
    Field(
        "outside_allowed",
        N_("Their phones may connect from outside the office"),
        N_("From home or on the road, when the office's setting allows it at all. They need good passwords."),
        kind="checkbox",
    ),
    Field("comment", N_("Comment"), empty="text"),
)


class PeoplePages(RecordPages):
    """The pages of people."""

    collection = "people"
    path = "/people"
    template = "person"
    fields = FIELDS
    delete_query = "?with=phones,mailboxes"

    def blank(self, request: web.Request) -> Json:
        return self.to_values(
            {
                "ring_seconds": 20,
                "max_calls": 2,
                "confirm_mobile": True,
                "give_mailbox": "on",
                "devices": _first_devices(),
            }
        )

    async def new_page(self, request: web.Request) -> web.Response:
        """An empty form, with what the office's people begin with."""
        defaults = (await visit_of(request).get("/permissions"))["defaults"]
        values = {**self.blank(request), **defaults, "devices": _device_rows(defaults["devices"])}
        return await self._show(request, Form(values, self.fields), "", {})

    def to_values(self, record: Json) -> Json:
        return {
            **record,
            "devices": _device_rows(record.get("devices") or []),
            **person_forwards.to_values(record),
            **person_shown.to_values(record),
            "devices_by_hours": person_schedule.devices_to_values(
                record.get("devices_by_hours") or {}, DEVICES, _kinds(record), STATES
            ),
            "scheduled_forwards": [person_schedule.to_row(one) for one in _rows(record)],
        }

    def from_values(self, values: Json, before: Json) -> Json:
        rows = values.get("devices") or []
        rows.sort(key=lambda row: not row.get("on"))
        devices = [
            {"kind": row.get("kind"), "ring_seconds": row.get("ring_seconds") or 20}
            for row in rows
            if row.get("on")
        ]
        flat = super().from_values(values, before)
        record = {**flat, **person_forwards.from_values(values), **person_shown.from_values(values)}
        if "devices" in values:
            record["devices"] = devices
        if "devices_by_hours" in values:
            record["devices_by_hours"] = person_schedule.devices_from_values(
                values["devices_by_hours"], _kinds(record), STATES
            )
        if "schedule_shown" in values:
            values["scheduled_forwards"] = [row for row in _rows(values) if person_schedule.is_filled(row)]
            record["scheduled_forwards"] = [person_schedule.from_row(row) for row in _rows(values)]
        short = short_numbers.from_rows(values)
        if short is not None:
            record["short_numbers"] = short
        return record

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        administrator = visit.is_administrator
        form.locks, form.may_unlock = await read_locks(visit, "people", identifier), administrator
        calendars = (await visit.get("/calendars"))["items"] if administrator else []
        form.choices = {
            "languages": [Choice("", gettext("As the number")), *language_choices()],
            "orders": [
                Choice("together", gettext("All at once")),
                Choice("in_order", gettext("One after the other, in the order above")),
            ],
            "repeats": [
                Choice("every", gettext("Every day")),
                Choice("weekdays", gettext("From Monday to Friday")),
                Choice("days", gettext("Each week, on chosen days")),
                Choice("rule", gettext("By a rule of a calendar")),
            ],
            "mobile_moments": [
                Choice("at_once", gettext("At once, with the others")),
                Choice("on_no_answer", gettext("When nobody has answered on the other devices")),
            ],
            "calendars": [Choice("", gettext("The office's")), *_named(calendars)],
            "destinations": destinations.with_chosen(
                await destinations.choices(visit, without=f"person:{identifier}"), form.values
            ),
        }
        person_schedule.pad(_rows(form.values))
        return {
            **(await person_shown.read(visit, form, identifier)),
            "device_labels": DEVICES,
            "weekdays": person_schedule.day_names(),
            "schedule": [
                person_schedule.in_words(row, form.choices["destinations"]) for row in _rows(form.values)
            ],
            "states": person_forwards.STATES,
            "conditions": person_forwards.CONDITIONS,
            "forwards_set": person_forwards.forwards_set(form.values),
            **({"live": await read_live(visit)} if identifier else {}),
            **(await _of_administrators(visit, identifier) if identifier and administrator else {}),
        }

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"live": await read_live(visit), "phones": (await visit.get("/phones"))["items"]}

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        if created and "give_mailbox" in await request.post():
            await _give_mailbox(visit_of(request), record)
        return go_to(f"/people/{record['id']}", "created" if created else "saved")


async def _give_mailbox(visit: Visit, person: Json) -> None:
    mailbox = {
        "name": person["name"],
        "owner": "person",
        "owner_id": person["id"],
        "emails": [person["email"]] if person.get("email") else [],
    }
    try:
        await visit.send("POST", "/mailboxes", mailbox)
    except Refused:
        # The person is there; their page offers the mailbox again.
        return


def _kinds(record: Json) -> list[str]:
    return [str(device["kind"]) for device in record.get("devices") or []]


def _rows(values: Json) -> list[Json]:
    rows = values.get("scheduled_forwards")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _named(items: list[Json]) -> list[Choice]:
    return [Choice(str(item["id"]), str(item["name"])) for item in items]


def _first_devices() -> list[Json]:
    return [{"kind": kind, "ring_seconds": 20} for kind in ("deskphone", "softphone")]


def _device_rows(devices: list[Json]) -> list[Json]:
    """One row for each kind of device: those chosen first, in their order."""
    rows: list[Json] = [{**device, "on": "on"} for device in devices]
    have = {row["kind"] for row in rows}
    return rows + [{"kind": kind, "ring_seconds": 20, "on": ""} for kind in DEVICES if kind not in have]


async def _of_administrators(visit: Visit, identifier: str) -> Json:
    numbers, office = (await visit.get("/numbers"))["items"], await visit.get("/office")
    reached_by = person_numbers.numbers_of(identifier, numbers, office)
    return {"reached_by": reached_by, **await _belongings(visit, identifier)}


async def _belongings(visit: Visit, identifier: str) -> Json:
    phones = [one for one in (await visit.get("/phones"))["items"] if one["person_id"] == identifier]
    mailboxes = [
        one
        for one in (await visit.get("/mailboxes"))["items"]
        if one["owner"] == "person" and one["owner_id"] == identifier
    ]
    return {"phones": phones, "mailboxes": mailboxes, "live": await read_live(visit)}


async def live_phones(request: web.Request) -> web.Response:
    """The part of a person's page that shows their phones, fetched again when one comes or goes."""
    identifier = request.match_info["id"]
    context: dict[str, Any] = await _belongings(visit_of(request), identifier)
    return render(request, "person_phones.html", {"identifier": identifier, **context})


async def live_list(request: web.Request) -> web.Response:
    """The list of people, fetched again when a phone comes or goes."""
    visit = visit_of(request)
    items = (await visit.get("/people"))["items"]
    around = await PAGES.list_surroundings(visit, items)
    return render(request, "person_rows.html", {"items": items, **around})


async def path_page(request: web.Request) -> web.Response:
    """What happens to a call to a person's extension: at this moment, or at the one asked for."""
    tried, person = await _tried(request), await _person(request)
    return render(request, "person_path.html", {"person": person, **tried})


async def path_now(request: web.Request) -> web.Response:
    """The part of a person's page that draws the path of a call at this moment."""
    return render(request, "person_drawing.html", await _tried(request))


async def _person(request: web.Request) -> Json:
    person: Json = await visit_of(request).get(f"/people/{request.match_info['id']}")
    return person


async def _tried(request: web.Request) -> Json:
    source = f"/people/{request.match_info['id']}/graph"
    return await try_call(request, source, {}, without=("withheld", "full"))


PAGES = PeoplePages()
ROUTES = (
    web.get("/people/live", live_list),
    web.get("/people/{id}/phones", live_phones),
    web.get("/people/{id}/path", path_page),
    web.get("/people/{id}/path/now", path_now),
    *PAGES.routes(),
)
