"""The live state as pages show it: phones, lines and calls with the names of what they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webui.session import Visit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """The directory by collection and id."""

    entries: Mapping[str, Mapping[str, Json]]

    def of(self, collection: str, identifier: str | None) -> str:
        """The name of a record; its id when it is gone, "" for none."""
        if not identifier:
            return ""
        entry = self.entries.get(collection, {}).get(identifier)
        return str(entry["name"]) if entry else identifier

    def person_of_extension(self, extension: str) -> str:
        """The name of whoever has an extension, "" when nobody has."""
        for collection in ("people", "groups", "menus"):
            for entry in self.entries.get(collection, {}).values():
                if entry.get("extension") == extension:
                    return str(entry["name"])
        return ""


@dataclass(frozen=True, slots=True)
class LiveState:
    """What /state told, phones and lines by id, and the names."""

    state: Json
    phones: Mapping[str, Json]
    lines: Mapping[str, Json]
    names: Names
    people: Mapping[str, Json]

    def phone(self, identifier: str) -> Json:
        """A phone's live state; offline when the box does not speak of it."""
        return self.phones.get(identifier) or {"online": False, "in_call": False, "bindings": []}

    def person(self, identifier: str) -> Json:
        """A person's live state; not connected when the box does not speak of them."""
        unknown = {"state": "not_connected", "day": "started", "uses_day": False, "forwards": False}
        return self.people.get(identifier) or unknown

    def line(self, identifier: str) -> Json:
        """A line's live state."""
        unknown = {
            "state": "disabled",
            "reason": "",
            "sip_status": None,
            "outside": "",
            "outside_problem": "",
        }
        return self.lines.get(identifier) or unknown


async def read_names(visit: Visit) -> Names:
    """The directory, by id."""
    directory = await visit.get("/directory")
    return Names({name: {entry["id"]: entry for entry in entries} for name, entries in directory.items()})


async def read_live(visit: Visit) -> LiveState:
    """What goes on now."""
    state = await visit.get("/state")
    return LiveState(
        state=state,
        phones={phone["phone_id"]: phone for phone in state["phones"]},
        lines={line["line_id"]: line for line in state["lines"]},
        names=await read_names(visit),
        people={person["person_id"]: person for person in state["people"]},
    )
