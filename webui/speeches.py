"""What the box says in the words of the office: a text or a sound, as forms have it and as the API does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webui.forms import Choice
from webui.session import Visit

Json = dict[str, Any]


def from_values(values: Any) -> Json | None:
    """What a form posted as the API's `audio_id` and `text`; None where nothing of one's own is chosen."""
    if not isinstance(values, Mapping):
        return None
    choice = str(values.get("audio_id") or "")
    if not choice:
        return None
    if choice == "text":
        return {"audio_id": None, "text": values.get("text") or ""}
    return {"audio_id": choice, "text": ""}


async def choices(visit: Visit) -> list[Choice]:
    """The sounds of the library that are nobody's prompt."""
    items = (await visit.get("/audios"))["items"]
    return [Choice(one["id"], str(one["name"])) for one in items if not one.get("replaces_prompt")]
