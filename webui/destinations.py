"""The destination picker: one select for everything a call can be sent to, and what goes with a choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from webui.forms import Choice
from webui.language import N_, gettext
from webui.session import Visit

Json = dict[str, Any]

# The kinds that name a record, the field that holds its id, and the heading in the picker.
NAMED = (
    ("person", "person_id", "people", N_("People")),
    ("group", "group_id", "groups", N_("Ring groups")),
    ("menu", "menu_id", "menus", N_("Menus")),
    ("mailbox", "mailbox_id", "mailboxes", N_("Voicemail")),
    ("number", "number_id", "numbers", N_("Route of another number")),
)
# Who calls back, in the picker as "call_back:group:sales".
CALLS_BACK = (("group", "group_id", "groups"), ("person", "person_id", "people"))
# What is created where it is picked, as "new:group": see creating.
CREATED = (
    ("group", N_("A ring group or a queue")),
    ("menu", N_("A menu")),
    ("mailbox", N_("A mailbox")),
    ("contact", N_("A contact")),
)
# What may be ticked of a number outside, and whether it usually is.
_OUTSIDE = {"confirm": True, "follows_contact": False}
_ID_FIELD = {kind: field for kind, field, _, _ in NAMED}


def to_values(destination: Mapping[str, Any] | None) -> Json:
    """A destination of the API as the picker's values."""
    if not destination:
        return {"pick": ""}
    kind = str(destination["kind"])
    if kind in _ID_FIELD:
        return {"pick": f"{kind}:{destination[_ID_FIELD[kind]]}"}
    if kind == "call_back":
        who = next(((by, destination[field]) for by, field, _ in CALLS_BACK if destination.get(field)), ())
        return {"pick": ":".join((kind, *who))}
    if kind == "announcement" and destination.get("audio_id"):
        return {"pick": f"audio:{destination['audio_id']}"}
    kept = {"pick": kind, "number": destination.get("number", ""), "text": destination.get("text", "")}
    if kind != "external":
        return kept
    return {
        **kept,
        **{name: "on" if destination.get(name, usual) else "" for name, usual in _OUTSIDE.items()},
    }


def from_values(values: Any) -> Json | None:
    """What the picker posted as a destination of the API; None where nothing was chosen."""
    if not isinstance(values, Mapping):
        return None
    kind, _, identifier = str(values.get("pick") or "").partition(":")
    if kind in _ID_FIELD:
        return {"kind": kind, _ID_FIELD[kind]: identifier}
    if kind == "call_back":
        by, _, who = identifier.partition(":")
        return {"kind": kind, **{field: who for each, field, _ in CALLS_BACK if each == by}}
    if kind == "audio":
        return {"kind": "announcement", "audio_id": identifier}
    if kind == "announcement":
        return {"kind": kind, "text": values.get("text") or ""}
    if kind == "external":
        asked = {name: bool(values[name]) for name in _OUTSIDE if name in values}
        return {"kind": kind, "number": values.get("number") or "", **asked}
    return {"kind": kind} if kind else None


async def choices(visit: Visit, *, without: str = "") -> list[Choice]:
    """Everything a call can be sent to; `without` is the pick ("number:sales") that would lead to itself."""
    found, records = [], await _records(visit)
    for kind, _, collection, heading in NAMED:
        for record in records[collection]:
            pick = f"{kind}:{record['id']}"
            if pick != without:
                found.append(Choice(pick, str(record["name"]), gettext(heading)))
    offered = gettext("Offer to call back, by")
    for by, _, collection in CALLS_BACK:
        for record in records[collection]:
            found.append(Choice(f"call_back:{by}:{record['id']}", str(record["name"]), offered))
    outside = gettext("Outside")
    found.append(Choice("external", gettext("An outside number or a contact"), outside))
    spoken = gettext("Say something, then hang up")
    found.append(Choice("announcement", gettext("A text spoken by the box"), spoken))
    for audio in records["audios"]:
        if not audio.get("replaces_prompt"):
            found.append(Choice(f"audio:{audio['id']}", str(audio["name"]), spoken))
    ending = gettext("End the call")
    found.append(Choice("busy", gettext("Busy tone"), ending))
    found.append(Choice("hang_up", gettext("Hang up"), ending))
    if visit.is_administrator:
        here = gettext("Create here")
        found += (Choice(f"new:{kind}", gettext(label), here) for kind, label in CREATED)
    return found


async def _records(visit: Visit) -> dict[str, list[Json]]:
    """What can be named, by collection; who is no administrator is told the names alone, and no sounds."""
    collections = (*(collection for _, _, collection, _ in NAMED), "audios")
    if visit.is_administrator:
        return {name: (await visit.get(f"/{name}"))["items"] for name in collections}
    told = await visit.get("/directory")
    return {name: told.get(name, []) for name in collections}


def with_chosen(found: list[Choice], values: Any) -> list[Choice]:
    """The choices, and what a form's values have chosen besides: somebody else's choice must not be lost."""
    offered = {choice.value for choice in found}
    chosen = {picker["pick"] for _, picker in pickers(values)}
    missing = sorted(pick for pick in chosen if pick and pick not in offered)
    return [*found, *(Choice(pick, gettext("As an administrator has set it")) for pick in missing)]


def pickers(values: Any, above: str = "") -> Iterator[tuple[str, Json]]:
    """The pickers among a form's values, however deep, each with its path."""
    if isinstance(values, dict):
        if isinstance(values.get("pick"), str):
            yield above, values
        below: Iterable[tuple[Any, Any]] = list(values.items())
    else:
        below = enumerate(values) if isinstance(values, list) else ()
    for name, value in below:
        yield from pickers(value, f"{above}.{name}" if above else str(name))
