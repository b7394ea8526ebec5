"""Contacts: the list, one contact, and taking them in from a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.web_request import FileField

from webui.client import FieldError, Refused
from webui.forms import Choice, Field, Form, nest
from webui.language import N_, gettext
from webui.page import go_to, render
from webui.records import Json, RecordPages
from webui.session import visit_of

PAGE_SIZE = 50
MOST_NUMBERS = 10
SUGGESTED = 8

FIELDS = (
    Field("name", N_("Name"), N_("Shown on phones when they call."), required=True, empty="text"),
    Field("company", N_("Company"), empty="text"),
    Field("email", N_("E-mail address"), kind="email"),
    Field(
        "owner_id",
        N_("Responsible person"),
        N_("Their phone may ring first when this contact calls: each number says so."),
        kind="select",
        choices="people",
    ),
    Field("source", N_("Where they come from"), empty="text"),
    Field(
        "vip",
        N_("Always gets through"),
        N_("The caller filter does not stop them, and who does not want to be disturbed is rung."),
        kind="checkbox",
    ),
)
# What a column of a file may be.
COLUMNS = (
    ("name", N_("Name")),
    ("first_name", N_("First name")),
    ("company", N_("Company")),
    ("number", N_("Number")),
    ("email", N_("E-mail address")),
    ("owner", N_("Responsible person")),
    ("source", N_("Where they come from")),
    ("vip", N_("Always gets through")),
    ("note", N_("Note")),
)


class ContactPages(RecordPages):
    """The pages of contacts."""

    collection = "contacts"
    path = "/contacts"
    template = "contact"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        number = request.query.get("number", "")
        return {"name": request.query.get("name", ""), "numbers": [number] if number else []}

    def from_values(self, values: Json, before: Json) -> Json:
        posted = values.get("numbers")
        values["numbers"] = [str(each) for each in posted if each] if isinstance(posted, list) else []
        record = super().from_values(values, before)
        record.pop("id", None)
        return {**record, "numbers": values["numbers"], "note": values.get("note") or ""}

    async def surroundings(self, visit: Any, form: Form, identifier: str) -> Json:
        people = (await visit.get("/directory"))["people"]
        form.choices = {"people": [Choice("", gettext("Nobody")), *_people(people)]}
        filled = len(form.rows("numbers"))
        blocked = {entry["number"] for entry in (await visit.get("/caller_filter"))["blocked_numbers"]}
        return {
            "number_rows": range(min(MOST_NUMBERS, max(2, filled + 1))),
            "blocked": blocked & set(form.rows("numbers")) if identifier else (),
        }

    async def list_page(self, request: web.Request) -> web.Response:
        """A page of contacts by what was looked for."""
        visit = visit_of(request)
        page, wanted = request.query.get("page", "1"), request.query.get("q", "")[:100]
        page = page if page.isdigit() and 0 < int(page[:6]) < 10_000 else "1"
        query = {"page": page, "page_size": str(PAGE_SIZE)}
        told = await visit.get("/contacts", **({"q": wanted} if wanted else {}), **query)
        context = {
            "items": told["items"],
            "total": told["total"],
            "page": told["page"],
            "pages": max(1, -(-told["total"] // PAGE_SIZE)),
            "q": wanted,
            "query": urlencode({"q": wanted}) if wanted else "",
        }
        return render(request, "contact_list.html", context)

    def after_save(self, record: Json, created: bool) -> web.Response:
        return go_to(self.path, "created" if created else "saved")


def _people(people: list[Json]) -> list[Choice]:
    return [Choice(str(one["id"]), str(one["name"])) for one in people]


async def import_page(request: web.Request) -> web.StreamResponse:
    """Where a file is chosen."""
    return render(request, "contact_import.html", {"preview": None, "form": Form({})})


async def upload(request: web.Request) -> web.StreamResponse:
    """Send the file to the box, and show what it found."""
    visit, file = visit_of(request), (await request.post()).get("file")
    content = file.file.read() if isinstance(file, FileField) else b""
    try:
        if not content:
            raise Refused(422, (FieldError("file", "not_an_upload", {}),))
        preview = (await visit.send("POST", "/contacts/imports", data=content)).data
    except Refused as refusal:
        if refusal.status not in (413, 422):
            raise
        form = Form({}, errors=refusal.errors)
        response = render(request, "contact_import.html", {"preview": None, "form": form})
        response.set_status(422)
        return response
    return go_to(f"/contacts/import/{preview['id']}")


async def mapping_page(request: web.Request) -> web.StreamResponse:
    """What each column seems to be, to be said otherwise."""
    preview = await visit_of(request).get(f"/contacts/imports/{request.match_info['id']}")
    form = Form({"mapping": list(preview["mapping"]), "known": "update"})
    return _show_mapping(request, preview, form)


def _show_mapping(request: web.Request, preview: Json, form: Form, told: Json | None = None) -> web.Response:
    columns = [Choice("", gettext("Leave out")), *(Choice(key, gettext(label)) for key, label in COLUMNS)]
    form.choices = {"columns": columns}
    faults = [
        {"line": fault["line"], "error": _fault(fault["error"])} for fault in (told or {}).get("faults", ())
    ]
    context = {"preview": preview, "form": form, "told": told, "faults": faults}
    return render(request, "contact_import.html", context)


def _fault(error: Json) -> FieldError:
    return FieldError(error["field"], error["code"], error["parameters"], error.get("message", ""))


async def take_in(request: web.Request) -> web.StreamResponse:
    """Take the contacts in, or say line by line what is wrong."""
    visit, one = visit_of(request), f"/contacts/imports/{request.match_info['id']}"
    preview = await visit.get(one)
    values = nest((name, str(value)) for name, value in (await request.post()).items())
    wish = {
        "mapping": values.get("mapping") or [],
        "known": values.get("known") or "update",
        "only_good": values.get("do") == "only_good",
    }
    form = Form(values)
    try:
        told = (await visit.send("POST", one, wish)).data
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.errors = refusal.errors
        response = _show_mapping(request, preview, form)
        response.set_status(422)
        return response
    if told["done"]:
        return go_to("/contacts", "imported")
    return _show_mapping(request, preview, form, told)


async def suggestions(request: web.Request) -> web.StreamResponse:
    """The numbers of contacts that match what is typed into a field, whatever its name is."""
    typed = next(iter(request.query.values()), "")[:100]
    found = []
    if any(character.isalpha() for character in typed):
        found = (await visit_of(request).get("/contacts", q=typed, page_size=str(SUGGESTED)))["items"]
    return render(request, "contact_suggestions.html", {"contacts": found})


PAGES = ContactPages()
ROUTES = (
    web.get("/contacts/suggestions", suggestions),
    web.get("/contacts/import", import_page),
    web.post("/contacts/import", upload),
    web.get("/contacts/import/{id}", mapping_page),
    web.post("/contacts/import/{id}", take_in),
    *PAGES.routes(),
)
