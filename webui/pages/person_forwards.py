"""What a person's page says of forwards, second calls and who passes do-not-disturb, as the form's values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from webui import destinations
from webui.language import N_
from webui.phone_numbers import write_number
from webui.records import Json

STATES = {
    "open": N_("During opening hours"),
    "closed": N_("When closed"),
    "holiday": N_("On holidays"),
}
CONDITIONS = {
    "no_answer": N_("They do not answer"),
    "not_connected": N_("No phone of theirs is connected"),
    "busy": N_("They are busy: no further call fits, or their phone says so"),
}
# Settings that hold a destination under each of some keys.
KEYED: Mapping[str, Mapping[str, str]] = {
    "when_unanswered": STATES,
    "when_busy": STATES,
    "forwards": CONDITIONS,
}
_BETWEEN_NUMBERS = re.compile(r"[,;\n]")


def to_values(record: Json) -> Json:
    """The form's values of these settings."""
    passing = record.get("do_not_disturb_except") or []
    return {
        "forward_to": destinations.to_values(record.get("forward_to")),
        "do_not_disturb_except": "\n".join(write_number(str(number)) for number in passing),
        **{name: _pickers(record.get(name) or {}, keys) for name, keys in KEYED.items()},
    }


def from_values(values: Json) -> Json:
    """The settings that were on the page, as the API wants them."""
    record: Json = {}
    if "forward_to" in values:
        record["forward_to"] = destinations.from_values(values["forward_to"])
    if "do_not_disturb_except" in values:
        typed = _BETWEEN_NUMBERS.split(str(values["do_not_disturb_except"]))
        record["do_not_disturb_except"] = [one.strip() for one in typed if one.strip()]
    for name, keys in KEYED.items():
        if isinstance(picked := values.get(name), dict):
            chosen = {key: destinations.from_values(picked.get(key)) for key in keys}
            record[name] = {key: one for key, one in chosen.items() if one is not None}
    return record


def forwards_set(values: Json) -> str:
    """How many of the forwards of unanswered calls are set: "all", "some" or "none" (FWD-4)."""
    pickers: Any = values.get("forwards")
    pickers = pickers if isinstance(pickers, dict) else {}
    chosen = [destinations.from_values(pickers.get(key)) is not None for key in CONDITIONS]
    return "all" if all(chosen) else "some" if any(chosen) else "none"


def _pickers(chosen: Json, keys: Mapping[str, str]) -> Json:
    return {key: destinations.to_values(chosen.get(key)) for key in keys}
