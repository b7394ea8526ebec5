"""The office's own settings: name, country, time zone, language, and the number of last resort."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui.client import Refused
from webui.forms import Choice, Field, Form, nest, record_of
from webui.language import N_, fill, gettext
from webui.page import go_to, render
from webui.pages.claim import SETUP_FIELDS, country_choices, language_choices, zone_choices
from webui.records import CHANGED_MEANWHILE
from webui.session import Visit, visit_of

FIELDS = (
    *SETUP_FIELDS,
    Field(
        "calendar_id",
        N_("Opening hours of the office"),
        N_("Followed by every number and person without hours of their own."),
        kind="select",
        choices="calendars",
    ),
    Field(
        "backup_number",
        N_("Backup number"),
        N_("Rung when a number's people can't be reached because something has failed."),
        kind="tel",
    ),
    Field(
        "outbound_ring_seconds",
        N_("A call to the outside rings for"),
        N_("Then the caller is told that nobody answers."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "answer_seconds",
        N_("Who must press 1 to take a call has"),
        N_(
            "On mobiles and other numbers outside: so that an operator's voicemail never takes a call. "
            "The caller hears ringing meanwhile."
        ),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "park_seconds",
        N_("A parked call comes back after"),
        N_("Whoever parked it is rung again; until then the caller hears music."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "park_places",
        N_("Places for parked calls"),
        N_("As many calls may wait in parking at once."),
        kind="number",
        empty="absent",
    ),
    Field(
        "hold_music_id",
        N_("Music on hold"),
        N_("What callers hear while they are put aside; sounds are added on the page of sounds."),
        kind="select",
        choices="music",
    ),
    Field(
        "transfer_changes_owner",
        N_("A transfer changes who is responsible for a contact"),
        N_("Whoever takes their call by a transfer is rung first next time, where a number says so."),
        kind="checkbox",
    ),
    Field(
        "internal_ring_tone",
        N_("How colleagues' calls ring"),
        N_("Phones that know several rings tell colleagues from callers outside."),
        kind="select",
        choices="rings",
    ),
    Field(
        "phones_outside",
        N_("Phones may connect from outside the office"),
        N_(
            "Only those of people who are allowed to. Unticked, whoever knocks from outside gets no answer; "
            "your provider still does."
        ),
        kind="checkbox",
    ),
)


def ring_choices() -> list[Choice]:
    """The distinct rings that a phone may be asked for."""
    rings = (Choice(str(ring), fill(N_("Distinct ring {ring}"), {"ring": ring})) for ring in range(1, 6))
    return [Choice("", gettext("As usual")), *rings]


async def _show(request: web.Request, visit: Visit, form: Form) -> web.Response:
    calendars = (await visit.get("/calendars"))["items"]
    sounds = (await visit.get("/audios"))["items"]
    form.choices = {
        "music": [
            Choice("", gettext("The box's own melody")),
            *(Choice(one["id"], one["name"]) for one in sounds),
        ],
        "rings": ring_choices(),
        "countries": country_choices(),
        "zones": zone_choices(),
        "languages": language_choices(),
        "calendars": [
            Choice("", gettext("None: always open")),
            *(Choice(one["id"], one["name"]) for one in calendars),
        ],
    }
    return render(request, "office.html", {"form": form})


async def office_page(request: web.Request) -> web.Response:
    """The form of the office."""
    visit = visit_of(request)
    answer = await visit.read("/office")
    return await _show(request, visit, Form(answer.data, FIELDS, version=answer.etag or ""))


async def save_office(request: web.Request) -> web.StreamResponse:
    """Keep the office's settings."""
    visit = visit_of(request)
    before = await visit.read("/office")
    values: dict[str, Any] = nest((await request.post()).items())
    version = str(values.pop("version", "")) or before.etag
    try:
        await visit.send("PUT", "/office", {**before.data, **record_of(FIELDS, values)}, etag=version)
    except Refused as refusal:
        form = Form(values, FIELDS, errors=refusal.errors, version=before.etag or "")
        if refusal.status == CHANGED_MEANWHILE:
            form.current = before.data
        response = await _show(request, visit, form)
        response.set_status(422)
        return response
    return go_to("/office", "saved")


ROUTES = (web.get("/office", office_page), web.post("/office", save_office))
