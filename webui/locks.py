"""Padlocks: which settings of a person's own pages only an administrator changes."""

from __future__ import annotations

from collections.abc import Mapping

from webui.client import Refused
from webui.language import N_
from webui.session import Visit

# Where a setting is locked, in words.
LEVELS: Mapping[str, str] = {
    "office": N_("Locked for everybody"),
    "group": N_("Locked for a group of theirs"),
    "person": N_("Locked for this person"),
}


async def read_locks(visit: Visit, collection: str, person_id: str) -> dict[str, str]:
    """The locked fields of a person's record of that collection, each with the words that say so."""
    if not person_id:
        return {}
    try:
        told = (await visit.get(f"/people/{person_id}/locks"))["locks"]
    except Refused:
        return {}
    prefix = f"{collection}."
    return {
        str(name).removeprefix(prefix): LEVELS[level]
        for name, level in told.items()
        if name.startswith(prefix)
    }
