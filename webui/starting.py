"""Ready paths in forms: what each does to a caller, and what it asks (IN-1, IN-2).

A number that is added may begin with one: it is then made together with its path, in one save.
"""

from __future__ import annotations

from typing import Any

from webui import destinations
from webui.forms import Choice, Form
from webui.language import N_, gettext
from webui.session import Visit

Json = dict[str, Any]

KINDS = {
    "menu": (
        N_("Menu"),
        N_("Callers hear a menu. Who chooses nothing, or finds nobody, leaves a message."),
    ),
    "transfer": (
        N_("Transfer only"),
        N_("Who is chosen here rings at once. When nobody answers, callers leave a message."),
    ),
    "transfer_then_menu": (
        N_("Transfer, then menu"),
        N_(
            "Who is chosen here rings for 15 s. When nobody answers, callers hear a menu, "
            "then leave a message."
        ),
    ),
    "menu_then_person": (
        N_("Menu, or else somebody"),
        N_(
            "Callers hear a menu. Who chooses nothing rings whoever is chosen here, then the backup number, "
            "then leaves a message."
        ),
    ),
}


# What was chosen in the form of a new number: "start.kind", "start.who", "start.backup".
PART = "start"


async def ask(visit: Visit, form: Form, path: str, at: str = "") -> Json:
    """Fill in what the ready paths ask (the API's `path` knows the usual answers), below `at` in the form.

    Returns what a template needs to show them.
    """
    usual = await visit.get(path)
    values = form.values.setdefault(at, {}) if at else form.values
    if isinstance(values, dict):
        values.setdefault("who", destinations.to_values(usual["who"])["pick"])
        values.setdefault("backup", usual["backup"] or "")
    form.choices = {
        **form.choices,
        "who": [
            Choice(f"{kind}:{one['id']}", str(one["name"]), gettext(heading))
            for kind, _, collection, heading in destinations.NAMED
            if kind in ("person", "group")
            for one in (await visit.get(f"/{collection}"))["items"]
        ],
    }
    return {"kinds": KINDS, "menu": usual["menu"]}


def wish(values: Json) -> Json:
    """What was chosen, as the API's starting point."""
    return {
        "kind": str(values.get("kind") or ""),
        "who": destinations.from_values({"pick": values.get("who")}),
        "backup": str(values.get("backup") or "").strip() or None,
    }


def chosen(values: Json) -> Json | None:
    """The ready path that the form of a new number begins with; None: steps of its own."""
    part = values.get(PART)
    return part if isinstance(part, dict) and part.get("kind") else None


def without_own_steps(values: Json) -> None:
    """Forget what the steps would create that a ready path stands in for."""
    routes = values.get("routes") if chosen(values) else None
    for _, picker in destinations.pickers(routes.get("open") if isinstance(routes, dict) else None):
        if picker["pick"].startswith("new:"):
            picker["pick"] = ""


async def add(visit: Visit, record: Json) -> Json:
    """Make a number with its ready path; the number as it is then. Raises Refused."""
    start = wish(record[PART])
    routes = {state: route for state, route in record["routes"].items() if state != "open"}
    answer = await visit.send("POST", "/starting-point", {**record, "routes": routes, PART: start})
    made: Json = answer.data
    return made
