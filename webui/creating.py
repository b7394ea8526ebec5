"""Records created in place: what a picker leads to is made within the form that picks it (IN-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from webui import destinations
from webui.client import FieldError, Refused
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


@dataclass(slots=True)
class Creation:
    """What came of it: errors at the inputs, and the name of each record made, by its picker's path."""

    errors: tuple[FieldError, ...] = ()
    made: Names = field(default_factory=dict)


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
    emails = str(typed.get("email") or "").replace(",", " ").replace(";", " ").split()
    return {"name": typed.get("name") or "", "owner": "office", "emails": emails}


def _contact(typed: Json, names: Names) -> Json:
    return {"name": typed.get("name") or "", "numbers": [typed.get("number") or ""]}


KINDS = {
    "group": Kind("groups", _group, {"members": "who"}),
    "menu": Kind("menus", _menu, {"options": "who"}),
    "mailbox": Kind("mailboxes", _mailbox, {"emails": "email"}),
    "contact": Kind("contacts", _contact, {"numbers": "number"}),
}


async def create(visit: Visit, values: Any, wish: str) -> Creation:
    """Make what the pickers of a form ask for, or that one alone whose button was pressed.

    Each picker then has what was made for it; `values` changes. Ends at the first that the API refuses.
    """
    asked = wish.removeprefix(WISH) if wish.startswith(WISH) else None
    wanted = [each for each in _wanted(values, ()) if asked in (None, each[0])]
    creation = Creation()
    names = {one.value: one.label for one in await destinations.choices(visit)} if wanted else {}
    for path, picker in wanted:
        kind = KINDS[picker["pick"].removeprefix(PICK)]
        typed = picker.get("new") if isinstance(picker.get("new"), dict) else {}
        try:
            answer = await visit.send("POST", f"/{kind.collection}", kind.build(typed or {}, names))
        except Refused as refusal:
            if refusal.status != 422:
                raise
            creation.errors = tuple(_at(path, kind, error) for error in refusal.errors)
            return creation
        _pick(picker, answer.data)
        creation.made[path] = str(answer.data["name"])
    return creation


def stays(creation: Creation, wish: str) -> bool:
    """Whether the form is shown again: something is wrong, or a record alone was to be created."""
    return bool(creation.errors) or wish.startswith(WISH)


def status(creation: Creation, wish: str) -> int:
    """The status of the form shown again; what a button beside the picker changes is swapped in by htmx."""
    return 422 if creation.errors and not wish.startswith(WISH) else 200


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


def _wanted(values: Any, above: Sequence[str]) -> Iterator[tuple[str, Json]]:
    """The pickers that ask for something to be created, each with its path."""
    if isinstance(values, dict):
        if str(values.get("pick") or "").removeprefix(PICK) in KINDS and values["pick"].startswith(PICK):
            yield ".".join(above), values
        below = list(values.items())
    else:
        below = (
            [(str(index), value) for index, value in enumerate(values)] if isinstance(values, list) else []
        )
    for name, value in below:
        yield from _wanted(value, (*above, name))
