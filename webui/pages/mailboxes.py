"""Mailboxes: greetings, e-mail, how long messages are kept."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from webui.client import FieldError, Refused
from webui.forms import Choice, Field, Form, several
from webui.language import N_, gettext
from webui.locks import read_locks
from webui.page import go_to
from webui.pages.claim import language_choices
from webui.pages.people import STATES
from webui.pages.sounds import keep_file
from webui.records import Json, RecordPages, one_error
from webui.session import Visit, visit_of

FIELDS = (
    Field("name", N_("Name"), required=True, empty="text"),
    Field(
        "enabled",
        N_("Takes messages"),
        N_("Unticked, callers are told that nobody can answer."),
        kind="checkbox",
    ),
    Field(
        "members_hear",
        N_("Members of the group hear its messages"),
        N_("On their phones, whose message lamps they light, and in their browsers."),
        kind="checkbox",
    ),
    Field(
        "language",
        N_("Language"),
        N_("Of the greeting and the beep's announcement; else the number's."),
        kind="select",
        choices="languages",
    ),
    Field(
        "announce_number",
        N_("Say the number called"),
        N_("The greeting begins with the number, so that callers know they dialled right."),
        kind="checkbox",
    ),
    Field(
        "attach", N_("Attach the sound"), N_("Unticked, the e-mail only says who called."), kind="checkbox"
    ),
    Field("mail_format", N_("Sound format"), kind="select", choices="formats", empty="absent"),
    Field(
        "delete_after_email",
        N_("Delete once e-mailed"),
        N_("Only after the mail server has accepted the e-mail."),
        kind="checkbox",
    ),
    Field(
        "keep_days",
        N_("Keep messages for"),
        N_("Left empty, they stay until somebody deletes them."),
        kind="number",
        unit=N_("days"),
    ),
    Field("max_seconds", N_("A message lasts at most"), kind="number", unit=N_("seconds"), empty="absent"),
    Field(
        "silence_seconds",
        N_("It ends after a silence of"),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
)

OWNERS = (
    ("person", "people", N_("People")),
    ("group", "groups", N_("Ring groups")),
    ("number", "numbers", N_("Numbers")),
)


class MailboxPages(RecordPages):
    """The pages of mailboxes; a greeting's file is uploaded with the form, as a sound of the library."""

    collection = "mailboxes"
    path = "/mailboxes"
    template = "mailbox"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        owner, owner_id = request.query.get("owner", "office"), request.query.get("owner_id", "")
        return {
            "owned_by": f"{owner}:{owner_id}" if owner_id else "office",
            "name": request.query.get("name", ""),
            "enabled": "on",
            "attach": "on",
            "members_hear": "on",
            "max_seconds": 180,
            "silence_seconds": 8,
        }

    def to_values(self, record: Json) -> Json:
        owner = str(record.get("owner", "office"))
        return {
            **record,
            "owned_by": f"{owner}:{record['owner_id']}" if record.get("owner_id") else owner,
            "emails": "\n".join(record.get("emails") or []),
        }

    def from_values(self, values: Json, before: Json) -> Json:
        record = {**super().from_values(values, before)}
        if "emails" in values:
            record["emails"] = several(values["emails"])
        if "owned_by" in values:
            owner, _, owner_id = str(values["owned_by"] or "office").partition(":")
            record |= {"owner": owner, "owner_id": owner_id or None}
        if isinstance(values.get("greetings"), dict):
            record["greetings"] = {
                state: greeting
                for state in STATES
                if (greeting := _greeting(values["greetings"].get(state))) is not None
            }
        return record

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        owner, _, person = str(form.value("owned_by")).partition(":")
        if not visit.is_administrator:
            owner, person = "person", str((visit.user or {}).get("person_id") or "")
        form.locks = await read_locks(visit, "mailboxes", person) if owner == "person" else {}
        form.may_unlock = visit.is_administrator
        form.choices = {
            "languages": [Choice("", gettext("As the number")), *language_choices()],
            "formats": [Choice("mp3", "MP3"), Choice("wav", "WAV")],
            "audios": [Choice("", gettext("Words of the box")), Choice("text", gettext("The text below"))],
            "owners": [Choice("office", gettext("The office"))],
        }
        if visit.is_administrator:
            for one in (await visit.get("/audios"))["items"]:
                form.choices["audios"].append(Choice(one["id"], one["name"], gettext("Recordings")))
            for owner, collection, heading in OWNERS:
                for record in (await visit.get(f"/{collection}"))["items"]:
                    form.choices["owners"].append(
                        Choice(f"{owner}:{record['id']}", record["name"], gettext(heading))
                    )
        return {"states": STATES}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"counts": (await visit.get("/state"))["mailboxes"]}

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        """Uploads go in once the mailbox itself is right; a file that is refused leaves the rest saved."""
        errors = await _take_uploads(request, record)
        if errors:
            answer = await visit_of(request).read(f"/mailboxes/{record['id']}")
            form = Form(self.to_values(answer.data), self.fields, errors=errors, version=answer.etag or "")
            return await self._show(request, form, record["id"], answer.data, status=422)
        return go_to(f"{self.path}/{record['id']}", "created" if created else "saved")


def _greeting(values: Any) -> Json | None:
    """One state's greeting: words of the box (None), a text, or a sound of the library."""
    if not isinstance(values, dict):
        return None
    choice = values.get("audio_id") or ""
    if choice == "text":
        return {"text": values.get("text") or "", "audio_id": None} if values.get("text") else None
    return {"audio_id": choice, "text": ""} if choice else None


async def _take_uploads(request: web.Request, mailbox: Json) -> tuple[FieldError, ...]:
    visit, posted = visit_of(request), await request.post()
    greetings = dict(mailbox.get("greetings") or {})
    changed = False
    for state in STATES:
        upload = posted.get(f"greetings.{state}.file")
        if not isinstance(upload, FileField) or not upload.filename:
            continue
        try:
            audio = await _keep_sound(visit, mailbox, state, upload)
        except Refused as refusal:
            first = refusal.errors[0]
            return one_error(f"greetings.{state}.file", first.code, **first.parameters)
        greetings[state] = {"audio_id": audio["id"], "text": ""}
        changed = True
    if changed:
        await visit.send("PATCH", f"/mailboxes/{mailbox['id']}", {"greetings": greetings})
    return ()


async def _keep_sound(visit: Visit, mailbox: Json, state: str, upload: FileField) -> Json:
    """Make a sound of the library from an upload; nothing is left of it when the file is refused."""
    name = f"{mailbox['name']}: {upload.filename}"[:80]
    audio: Json = (await visit.send("POST", "/audios", {"name": name, "source": "upload"})).data
    try:
        await keep_file(visit, audio["id"], upload)
    except Refused:
        await visit.send("DELETE", f"/audios/{audio['id']}")
        raise
    return audio


PAGES = MailboxPages()
ROUTES = PAGES.routes()
