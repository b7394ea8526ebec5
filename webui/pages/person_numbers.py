"""Every number that a person is reached by, and what each of them is used for."""

from __future__ import annotations

from webui.language import N_
from webui.records import Json

FIRST = N_("Rings them first during opening hours.")
LATER = N_("Comes to them after others, or at other hours.")
RESPONSIBLE = N_("They are responsible for it; its calls go elsewhere.")


def numbers_of(person_id: str, numbers: list[Json], office: Json) -> list[Json]:
    """The numbers that lead to a person or are their responsibility, those first that ring them first.

    Each with `use`, a msgid, the `backup` rung when something has failed, or None, and whether that is the
    office's: `backup_is_office`.
    """
    default = office.get("backup_number")
    found = [
        {
            **number,
            "use": use,
            "backup": number.get("backup_number") or default,
            "backup_is_office": not number.get("backup_number"),
        }
        for number in numbers
        if (use := _use(person_id, number)) is not None
    ]
    return sorted(found, key=lambda each: (FIRST, LATER, RESPONSIBLE).index(each["use"]))


def _use(person_id: str, number: Json) -> str | None:
    owned = number.get("owner_id") == person_id
    if owned and number.get("owner_first") == "number":
        return FIRST
    ways = {state: _people(route) for state, route in (number.get("routes") or {}).items()}
    if ways.get("open", [None])[:1] == [person_id]:
        return FIRST
    if any(person_id in way for way in ways.values()):
        return LATER
    return RESPONSIBLE if owned else None


def _people(route: Json) -> list[str | None]:
    """The people of a route's steps, in order; None for a step that leads elsewhere."""
    return [(step.get("destination") or {}).get("person_id") for step in route.get("steps") or []]
