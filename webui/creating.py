"""Records created in place: what a picker leads to is made within the form that picks it (IN-7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webui import destinations
from webui.client import FieldError, Refused
from webui.forms import Form, several
from webui.group_words import NEW_GROUP, NEW_QUEUE
from webui.session import Visit

Json = dict[str, Any]
Names = dict[str, str]

# The button beside a picker: "create:routes.open.steps.0.destination".
WISH = "create:"
PICK = "new:"
KEYS = "1234567890"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be created: its collection, and how what was typed becomes a record.

    `build` is given what was typed and the name of everything that can be picked. `fields`: the input that
    shows an error of the API's field.
    """

    collection: str
    build: Callable[[Json, Names], Json]
    fields: Names


def _group(typed: Json, names: Names) -> Json:
    people = [pick.partition(":")[2] for pick in _ticked(typed) if pick.startswith("person:")]
    members = [{"person_id": person} for person in people]
    return {
        **NEW_GROUP,
        "name": typed.get("name") or "",
        "members": members,
        "queue": NEW_QUEUE if typed.get("queue_on") else None,
    }


def _menu(typed: Json, names: Names) -> Json:
    keys = [*KEYS, *("" for _ in _ticked(typed))]
    options = [
        {
            "key": key,
            "name": names.get(pick, "")[:60],
            "destination": destinations.from_values({"pick": pick}),
        }
        for key, pick in zip(keys, _ticked(typed), strict=False)
    ]
    return {"name": typed.get("name") or "", "options": options}


def _mailbox(typed: Json, names: Names) -> Json:
    return {"name": typed.get("name") or "", "owner": "office", "emails": several(typed.get("email"))}


def _contact(typed: Json, names: Names) -> Json:
    return {"name": typed.get("name") or "", "numbers": [typed.get("number") or ""]}


KINDS = {
    "group": Kind("groups", _group, {"members": "who"}),
    "menu": Kind("menus", _menu, {"options": "who"}),
    "mailbox": Kind("mailboxes", _mailbox, {"emails": "email"}),
    "contact": Kind("contacts", _contact, {"numbers": "number"}),
}


async def create(visit: Visit, form: Form, wish: str) -> int | None:
    """Make what the pickers of a form ask for, or that one alone whose button was pressed.

    Each picker then has what was made for it, and `form.made` its name. Returns the status with which the
    form is shown again, where something is wrong or a record alone was to be created; None: it can be saved.
    """
    alone = wish.startswith(WISH)
    wanted = [
        (path, picker)
        for path, picker in destinations.pickers(form.values)
        if picker["pick"].startswith(PICK) and (not alone or wish == f"{WISH}{path}")
    ]
    names = {one.value: one.label for one in await destinations.choices(visit)} if wanted else {}
    for path, picker in wanted:
        kind = KINDS.get(picker["pick"].removeprefix(PICK))
        if kind is None:
            continue
        typed = picker.get("new")
        record = kind.build(typed if isinstance(typed, dict) else {}, names)
        try:
            answer = await visit.send("POST", f"/{kind.collection}", record)
        except Refused as refusal:
            if refusal.status != 422:
                raise
            form.errors = tuple(_at(path, kind, error) for error in refusal.errors)
            # What a button beside the picker changes is swapped in by htmx, which takes no error.
            return 200 if alone else 422
        _pick(picker, answer.data)
        form.made = {**form.made, path: str(answer.data["name"])}
    return 200 if alone else None


def _pick(picker: Json, record: Json) -> None:
    kind = picker["pick"].removeprefix(PICK)
    picker.pop("new", None)
    if kind == "contact":
        picker.update(pick="external", number=record["numbers"][0], follows_contact="on", confirm="on")
    else:
        picker["pick"] = f"{kind}:{record['id']}"


def _ticked(typed: Json) -> list[str]:
    ticked = typed.get("who")
    return [str(pick) for pick in ticked if pick] if isinstance(ticked, list) else []


def _at(path: str, kind: Kind, error: FieldError) -> FieldError:
    first = error.field.partition(".")[0]
    return FieldError(
        f"{path}.new.{kind.fields.get(first, first)}", error.code, error.parameters, error.message
    )
