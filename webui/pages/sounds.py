"""Sounds: announcements and greetings of one's own, and those that take the place of the box's words."""

from __future__ import annotations

import re

from aiohttp import FormData, web
from aiohttp.web_request import FileField

from webui.client import FieldError, Refused
from webui.forms import Choice, Field, Form
from webui.language import N_, current_language, gettext
from webui.page import go_to
from webui.pages.claim import language_choices
from webui.records import Json, RecordPages
from webui.session import Visit, visit_of

SHORTENED = 70
_GAP = re.compile(r"\{(\w+)\}")

FIELDS = (
    Field("name", N_("Name"), N_("Such as “Summer closure”."), required=True, empty="text"),
    Field("language", N_("Language"), kind="select", choices="languages", empty="absent"),
    Field(
        "replaces_prompt",
        N_("Takes the place of"),
        N_("Callers then hear this sound instead of these words of the box."),
        kind="select",
        choices="prompts",
        empty="text",
    ),
)


async def keep_file(visit: Visit, audio_id: str, upload: FileField) -> None:
    """Hand an uploaded file to the library; raises Refused with the error at `file`."""
    form = FormData()
    form.add_field("file", upload.file, filename=upload.filename, content_type=upload.content_type)
    await visit.send("POST", f"/audios/{audio_id}/file", data=form)


class SoundPages(RecordPages):
    """The pages of the audio library."""

    collection = "audios"
    path = "/sounds"
    template = "sound"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        return {
            "language": (visit_of(request).office or {}).get("language", "fr"),
            "replaces_prompt": request.query.get("prompt", ""),
        }

    def from_values(self, values: Json, before: Json) -> Json:
        # Words typed take the place of a file; without words the file stays, or one comes with this form.
        record = super().from_values(values, before)
        if values.get("text"):
            return {**record, "text": values["text"], "source": "text"}
        return {**record, "source": before.get("source", "upload")}

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        prompts = (await visit.get("/prompts"))["items"]
        form.choices = {
            "languages": language_choices(),
            "prompts": [Choice("", gettext("Nothing: it is chosen where it is wanted"))]
            + [Choice(one["name"], _shortened(_words(one))) for one in prompts],
        }
        return {}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        prompts = (await visit.get("/prompts"))["items"]
        return {"prompts": [{**one, "words": _words(one)} for one in prompts]}

    async def saved(self, request: web.Request, record: Json, created: bool) -> web.StreamResponse:
        """The file goes in once the record is right; a file that is refused leaves the rest saved."""
        visit, posted = visit_of(request), await request.post()
        upload = posted.get("file")
        errors: tuple[FieldError, ...] = ()
        if isinstance(upload, FileField) and upload.filename:
            try:
                await keep_file(visit, record["id"], upload)
            except Refused as refusal:
                errors = refusal.errors
        elif not posted.get("text") and (created or record["source"] == "text"):
            errors = (FieldError("text", "announcement_empty", {}),)
        if not errors:
            return go_to(self.path, "created" if created else "saved")
        if created:
            await visit.send("DELETE", f"/audios/{record['id']}")
            form = Form(record, self.fields, errors=errors)
            return await self._show(request, form, "", {}, status=422)
        answer = await visit.read(f"/audios/{record['id']}")
        form = Form(answer.data, self.fields, errors=errors, version=answer.etag or "")
        return await self._show(request, form, record["id"], answer.data, status=422)


# What the box fills into its words, as a reader of them sees it.
_FILLED = {
    "number": N_("(the number)"),
    "name": N_("(the name)"),
    "key": N_("(the key)"),
    "choices": N_("(the choices of the menu)"),
    "position": N_("(the place)"),
    "minutes": N_("(how many)"),
    "address": N_("(the address)"),
}


def _words(prompt: Json) -> str:
    words = str(prompt["texts"].get(current_language()) or next(iter(prompt["texts"].values()), ""))
    return _GAP.sub(lambda gap: gettext(_FILLED[gap[1]]) if gap[1] in _FILLED else "…", words)


def _shortened(text: str) -> str:
    return text if len(text) <= SHORTENED else f"{text[: SHORTENED - 1].rstrip()}…"


PAGES = SoundPages()
ROUTES = PAGES.routes()
