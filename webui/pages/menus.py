"""Menus: what callers are asked, and where each key leads."""

from __future__ import annotations

from aiohttp import web

from webui import destinations, speeches
from webui.forms import Choice, Field, Form
from webui.language import N_, gettext
from webui.pages.claim import language_choices
from webui.records import Json, RecordPages
from webui.session import Visit

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#")

FIELDS = (
    Field("name", N_("Name"), N_("Such as “Main menu”."), required=True, empty="text"),
    Field(
        "extension",
        N_("Extension"),
        N_("To try the menu from any phone, and to send callers there. May be left empty."),
        kind="digits",
    ),
    Field(
        "wait_seconds",
        N_("Time to choose"),
        N_("After the words; keys are taken while they are said too."),
        kind="number",
        unit=N_("seconds"),
        empty="absent",
    ),
    Field(
        "repeats",
        N_("Said again"),
        N_("After a wrong key, or none."),
        kind="number",
        unit=N_("times"),
        empty="absent",
    ),
    Field(
        "direct_dial",
        N_("A colleague's extension may be dialled too"),
        N_("For callers who know it: the person then rings as if a colleague called."),
        kind="checkbox",
    ),
)


class MenuPages(RecordPages):
    """The pages of menus."""

    collection = "menus"
    path = "/menus"
    template = "menu"
    fields = FIELDS

    def blank(self, request: web.Request) -> Json:
        options = _first_options()
        name = ""
        if request.query.get("ready") == "operator":
            name = gettext("Operator menu")
            options = [
                {"key": "0", "name": gettext("an operator")},
                {"key": "1", "name": gettext("leaving a message"), "destination": {"pick": ""}},
            ]
        return {"name": name, "options": options, "repeats": 2, "wait_seconds": 5}

    def to_values(self, record: Json) -> Json:
        options = [
            {**option, "destination": destinations.to_values(option.get("destination"))}
            for option in record["options"]
        ]
        ways = {way: destinations.to_values(record.get(way)) for way in ("when_wrong", "when_silent")}
        return {**record, **ways, "options": options}

    def from_values(self, values: Json, before: Json) -> Json:
        rows = [row for row in values.get("options") or [] if row.get("name") or _picked(row)]
        values["options"] = rows
        prompts = values.get("prompts") if isinstance(values.get("prompts"), dict) else {}
        said = {language: speeches.from_values(one) for language, one in (prompts or {}).items()}
        return {
            **super().from_values(values, before),
            "prompts": {language: one for language, one in said.items() if one is not None},
            "options": [
                {
                    "key": row.get("key"),
                    "name": row.get("name") or "",
                    "destination": destinations.from_values(row.get("destination")),
                }
                for row in rows
            ],
            **{way: destinations.from_values(values.get(way)) for way in ("when_wrong", "when_silent")},
        }

    async def surroundings(self, visit: Visit, form: Form, identifier: str) -> Json:
        form.choices = {
            "keys": [Choice(key, key) for key in KEYS],
            "destinations": await destinations.choices(visit),
            "audios": await speeches.choices(visit),
        }
        if form.errors and not form.rows("options"):
            form.values["options"] = _first_options()
        return {"languages": language_choices(), "most": len(KEYS)}


def _first_options() -> list[Json]:
    return [{"key": "1"}, {"key": "2"}]


def _picked(row: Json) -> bool:
    return bool((row.get("destination") or {}).get("pick"))


PAGES = MenuPages()
ROUTES = PAGES.routes()
