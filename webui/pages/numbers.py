"""Numbers: the call path of each, drawn and tried, and its settings."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui import destinations, speeches, starting
from webui.forms import Choice, Field, Form
from webui.language import N_, fill, gettext
from webui.page import go_to, render
from webui.pages.claim import language_choices
from webui.pages.office import ring_choices
from webui.pages.people import STATES
from webui.pages.week import asked_day, read_weeks
from webui.phone_numbers import write_number
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of
from webui.trying import STRANGER, try_call

OUTCOMES = ("no_answer", "busy", "declined", "unreachable")

FIELDS = (
    Field(
        "name",
        N_("Name"),
        N_("Such as “Sales” or “Emergencies”; shown to whoever answers."),
        required=True,
        empty="text",
    ),
    Field("number", N_("Number"), N_("As people dial it."), kind="tel", required=True, empty="text"),
    Field("line_id", N_("Line it arrives on"), kind="select", choices="lines", required=True, empty="text"),
    Field(
        "language",
        N_("Language"),
        N_("What callers hear from the box."),
        kind="select",
        choices="languages",
        empty="absent",
    ),
    Field(
        "calendar_id",
        N_("Opening hours"),
        N_("Decides which of the paths below a call takes."),
        kind="select",
        choices="calendars",
    ),
    Field(
        "unknown_time",
        N_("When the box does not know the time"),
        N_("After a power cut without network, calls follow this path until the time is known again."),
        kind="select",
        choices="unknown_times",
        empty="absent",
    ),
    Field("owner_id", N_("Responsible person"), kind="select", choices="people"),
    Field(
        "backup_number",
        N_("Backup number"),
        N_("Rung when nobody can be reached because something has failed; else the office's."),
        kind="tel",
    ),
    Field(
        "human_answer",
        N_("Who must press 1 to take a call"),
        N_("Until somebody has pressed it, the caller hears ringing and the others ring on."),
        kind="select",
        choices="human_answers",
        empty="absent",
    ),
    Field(
        "whisper",
        N_("Said to who picks up, before the caller is connected"),
        N_("Only the one who picks up hears it; the caller still hears ringing."),
        kind="select",
        choices="whispers",
    ),
    Field(
        "owner_first",
        N_("The person responsible rings first"),
        N_("During opening hours, before the steps below; unknown callers take these at once."),
        kind="select",
        choices="owners_first",
        empty="absent",
    ),
    Field(
        "owner_unanswered",
        N_("When that person does not answer"),
        kind="select",
        choices="owner_unanswered",
        empty="absent",
    ),
    Field(
        "caller_filter",
        N_("The caller filter applies"),
        N_("Blocked callers and those the office does not want do not reach this number."),
        kind="checkbox",
    ),
    Field(
        "max_calls",
        N_("Calls at once"),
        N_("Callers from outside beyond that go where is chosen here. Empty: as many as come."),
        kind="number",
    ),
    Field(
        "direct_dial",
        N_("Meanwhile, callers may dial an extension"),
        N_("They reach it at once. Who dials none goes on with the steps below, a moment after the words."),
        kind="checkbox",
    ),
    Field(
        "direct_dial_unanswered",
        N_("When nobody answers at that extension"),
        N_("A ring group has no mobile: its callers then take the steps below."),
        kind="select",
        choices="direct_dial_unanswered",
        empty="absent",
    ),
    Field("comment", N_("Comment"), empty="text"),
    Field(
        "display",
        N_("Phones show"),
        N_("So that whoever picks up knows which number was called."),
        kind="select",
        choices="displays",
        empty="absent",
    ),
    Field(
        "display_words",
        N_("Words of your own"),
        N_("Shown before the caller's name when that is chosen beside, such as “Sales”."),
        empty="text",
    ),
    Field(
        "ring_tone",
        N_("How this number rings"),
        N_("Phones that know several rings tell this number from the others."),
        kind="select",
        choices="rings",
    ),
    Field(
        "forwards_show_number_id",
        N_("Calls sent on outside show"),
        N_(
            "What a mobile sees when a call to this number rings there. "
            "A line set to show callers shows the caller's own number instead."
        ),
        kind="select",
        choices="shown",
    ),
)


# What is folded on the form until one of them says something else than this.
RARELY_NEEDED = {
    "language": "",
    "unknown_time": "open",
    "owner_id": "",
    "owner_first": "nobody",
    "owner_unanswered": "route",
    "backup_number": "",
    "human_answer": "outside",
    "whisper": "",
    "max_calls": "",
    "overflow": "",
    "announcement": "",
    "announcement_other_language": "",
    "direct_dial": "",
    "direct_dial_unanswered": "route",
    "comment": "",
    "caller_filter": "on",
}


class NumberPages(RecordPages):
    """The pages of numbers; a number's own page is its call path, its settings are one click away."""

    collection = "numbers"
    path = "/numbers"
    template = "number"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        person = request.query.get("person", "")
        first = {"destination": {"pick": f"person:{person}"}} if person else {}
        return {
            "start": {"who": f"person:{person}"} if person else {},
            "owner_id": person,
            "language": (visit_of(request).office or {}).get("language", "fr"),
            "caller_filter": True,
            "routes": {"open": {"steps": [first]}},
        }

    def to_values(self, record: Json) -> Json:
        routes = record.get("routes") or {}
        return {
            **record,
            "language": ("ask:" if record.get("ask_language") else "") + record.get("language", "fr"),
            "whisper": ",".join(record.get("whisper") or ()),
            "overflow": destinations.to_values(record.get("overflow")),
            "routes": {state: _to_rows(routes.get(state)) for state in STATES},
        }

    def tidy(self, values: Json) -> None:
        starting.without_own_steps(values)

    def from_values(self, values: Json, before: Json) -> Json:
        posted = values.get("routes") if isinstance(values.get("routes"), dict) else {}
        routes = {}
        for state in STATES:
            steps = [
                row for row in _rows((posted or {}).get(state)) if (row.get("destination") or {}).get("pick")
            ]
            if steps:
                values["routes"][state]["steps"] = steps
                routes[state] = {"steps": [_step(row) for row in steps]}
        record = {**super().from_values(values, before), "routes": routes}
        record.update(_language(values))
        for words in ("announcement", "announcement_other_language"):
            if words in values:
                record[words] = speeches.from_values(values[words])
        if not before and starting.chosen(values):
            record[starting.PART] = values[starting.PART]
        if "overflow" in values:
            record["overflow"] = destinations.from_values(values["overflow"])
        if "whisper" in values:
            record["whisper"] = [part for part in str(values["whisper"] or "").split(",") if part]
        return record

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        lines, calendars = (await visit.get("/lines"))["items"], (await visit.get("/calendars"))["items"]
        people = (await visit.get("/people"))["items"]
        form.choices = {
            "lines": [Choice(one["id"], one["name"]) for one in lines],
            "calendars": [
                Choice("", gettext("The office's")),
                *(Choice(one["id"], one["name"]) for one in calendars),
            ],
            "people": [
                Choice("", gettext("Nobody in particular")),
                *(Choice(one["id"], one["name"]) for one in people),
            ],
            "languages": _languages(),
            "audios": await speeches.choices(visit),
            "owners_first": [
                Choice("nobody", gettext("No")),
                Choice("contact", gettext("Yes: the person responsible for the contact who calls")),
                Choice("number", gettext("Yes: the person responsible for this number")),
            ],
            "owner_unanswered": [
                Choice("route", gettext("The steps below")),
                Choice("mobile", gettext("That person's mobile, then the steps below")),
                Choice("mailbox", gettext("That person's voicemail")),
            ],
            "direct_dial_unanswered": [
                Choice("route", gettext("The steps below")),
                Choice("mobile", gettext("That person's mobile, then the steps below")),
                Choice("mailbox", gettext("The voicemail there")),
            ],
            "unknown_times": [
                Choice("open", gettext("The path of opening hours")),
                Choice("closed", gettext("The path when closed")),
                Choice("holiday", gettext("The path on holidays")),
            ],
            "human_answers": [
                Choice("outside", gettext("Mobiles and numbers outside")),
                Choice("everybody", gettext("Everybody, on every phone")),
                Choice("nobody", gettext("Nobody")),
            ],
            "whispers": [
                Choice("", gettext("Nothing")),
                Choice("caller", gettext("Who calls")),
                Choice("called", gettext("Which number was called")),
                Choice("caller,called", gettext("Who calls, and which number")),
            ],
            "displays": _displays(form),
            "rings": ring_choices(),
            "shown": [Choice("", gettext("This number")), *await _others(visit, identifier)],
            "destinations": await destinations.choices(visit, without=f"number:{identifier}"),
        }
        ready = {} if identifier else await starting.ask(visit, form, "/starting-point", starting.PART)
        return {
            **ready,
            "states": STATES,
            "outcomes": OUTCOMES,
            "no_lines": not lines,
            "more_is_open": form.errors_at(*RARELY_NEEDED) or _says_more(form.values, visit.office or {}),
        }

    async def store(self, visit: Visit, identifier: str, record: Json, version: str) -> Json:
        if starting.PART in record:
            return await starting.add(visit, record)
        return await super().store(visit, identifier, record, version)

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {
            "state": await visit.get("/state"),
            "lines": (await visit.get("/lines"))["items"],
            "calendars": {one["id"]: one for one in (await visit.get("/calendars"))["items"]},
            "office_calendar": (await visit.get("/office"))["calendar_id"],
            "office_override": next((one for one in visit.overrides if one["calendar_id"] is None), None),
        }

    def routes(self) -> tuple[web.RouteDef, ...]:
        one = f"{self.path}/{{id}}"
        return (
            web.get(self.path, self.list_page),
            web.get(f"{self.path}/new", self.new_page),
            web.post(f"{self.path}/new", self.create),
            web.get(one, path_page),
            web.get(f"{one}/edit", self.edit_page),
            web.post(f"{one}/edit", self.save),
            web.post(f"{one}/delete", self.delete),
        )


def _says_more(values: Json, office: Json) -> bool:
    """Whether a number says something of what is rarely needed."""
    usual = {**RARELY_NEEDED, "language": office.get("language", "fr")}
    return any(_chosen(values.get(name), usual[name]) != usual[name] for name in usual)


def _chosen(value: Any, usual: str) -> str:
    """A value of the form or of the API as one word, "" for nothing chosen; what is absent is as usual."""
    if isinstance(value, dict):
        return str(value.get("pick") or value.get("audio_id") or value.get("text") or "")
    if isinstance(value, bool):
        return "on" if value else ""
    return usual if value is None else str(value)


def _displays(form: Form) -> list[Choice]:
    """What phones show of a call of Jean Dupont."""
    first = {
        "name": form.value("name") or gettext("Name"),
        "number": write_number(form.value("number") or "…"),
        "words": form.value("display_words") or gettext("Words of your own"),
    }
    named = (Choice(way, fill(N_("{name}: Jean Dupont"), {"name": words})) for way, words in first.items())
    return [Choice("caller", "Jean Dupont"), *named]


async def _others(visit: Visit, identifier: str) -> list[Choice]:
    """The office's other numbers."""
    numbers = (await visit.get("/numbers"))["items"]
    return [
        Choice(one["id"], f"{one['name']}, {write_number(one['number'])}")
        for one in numbers
        if one["id"] != identifier
    ]


def _languages() -> list[Choice]:
    return [
        *language_choices(),
        Choice("ask:fr", gettext("Asked of the caller; French when nothing is pressed")),
        Choice("ask:en", gettext("Asked of the caller; English when nothing is pressed")),
    ]


def _language(values: Json) -> Json:
    """The choice of a language as the API has it: "ask:fr" asks the caller, and French is the rest's."""
    chosen = str(values.get("language") or "")
    if not chosen:
        return {}
    return {"ask_language": chosen.startswith("ask:"), "language": chosen.removeprefix("ask:")}


def _rows(route: Any) -> list[Json]:
    steps = route.get("steps") if isinstance(route, dict) else None
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def _to_rows(route: Json | None) -> Json:
    steps = [{**step, "destination": destinations.to_values(step["destination"])} for step in _rows(route)]
    return {"steps": steps}


def _step(row: Json) -> Json:
    """A row of the form as a step; a row just added has no outcomes on the page yet, and takes them all."""
    step: Json = {
        "destination": destinations.from_values(row.get("destination")),
        "max_wait": row.get("max_wait") or None,
    }
    if isinstance(row.get("next_on"), list):
        step["next_on"] = [outcome for outcome in row["next_on"] if outcome]
    return step


async def path_page(request: web.Request) -> web.Response:
    """The call path of a number: as it would be taken now, or by the caller and at the time asked for."""
    visit, identifier = visit_of(request), request.match_info["id"]
    number = await visit.get(f"/numbers/{identifier}")
    tried = await try_call(request, "/graph", {"number": identifier}, caller=STRANGER)
    day = tried["at"].date() if tried["moment"] else asked_day(request)
    monday, weeks = await read_weeks(visit, day, identifier)
    return render(
        request, "number_path.html", {"number": number, **tried, "monday": monday, "week": weeks[0]}
    )


async def _first_path(request: web.Request) -> web.StreamResponse:
    """The call paths' own entry: the only number's, or the list."""
    items = (await visit_of(request).get("/numbers"))["items"]
    return go_to(f"/numbers/{items[0]['id']}" if len(items) == 1 else "/numbers")


PAGES = NumberPages()
ROUTES = (web.get("/call-path", _first_path), *PAGES.routes())
