"""Sign-ins: who may open these pages, and as what."""

from __future__ import annotations

from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.live_state import read_names
from webui.pages.claim import language_choices
from webui.records import Json, RecordPages
from webui.session import Visit

FIELDS = (
    Field("name", N_("Name"), N_("They sign in with it."), required=True, empty="text"),
    Field(
        "password",
        N_("Password"),
        N_("At least 8 characters; they can change it themselves."),
        kind="secret",
    ),
    Field("role", N_("What they may do"), kind="select", choices="roles", empty="absent"),
    Field(
        "person_id",
        N_("Which person they are"),
        N_("They then see this person's calls and voicemail."),
        kind="select",
        choices="people",
    ),
    Field("language", N_("Language of the pages"), kind="select", choices="languages", empty="absent"),
)


class UserPages(RecordPages):
    """The pages of sign-ins."""

    collection = "users"
    path = "/users"
    template = "user"
    fields = FIELDS

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        people = (await visit.get("/people"))["items"]
        form.choices = {
            "roles": [
                Choice("person", gettext("Their own calls, voicemail and settings")),
                Choice("administrator", gettext("Everything (administrator)")),
            ],
            "people": [
                Choice("", gettext("Nobody in particular")),
                *(Choice(one["id"], one["name"]) for one in people),
            ],
            "languages": language_choices(),
        }
        return {}

    async def list_surroundings(self, visit: Visit, items: list[Json]) -> Json:
        return {"names": await read_names(visit)}


PAGES = UserPages()
ROUTES = PAGES.routes()
