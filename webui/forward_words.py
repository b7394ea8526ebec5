"""How an operator's forward stands, in words, and with which colour (BACKUP-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webui.language import N_, gettext, moment, write_day

WORDS: Mapping[str, str] = {
    "not_set_up": N_("No forward at the operator for a dead box"),
    "untested": N_("The operator's forward has never been tested"),
    "testing": N_("The line plays dead: the operator's forward is being tested"),
    "unjudged": N_("The operator's forward was tested ({day}): say whether the number rang"),
    "changed": N_("The number of the operator's forward has changed since its test"),
    "works": N_("The operator's forward works (tested: {day})"),
    "failed": N_("The operator's forward did not work (tested: {day})"),
}
COLOURS: Mapping[str, str] = {"works": "good", "failed": "bad", "not_set_up": "off"}


def say_forward(told: Mapping[str, Any]) -> str:
    """How a line's forward stands, as /operator-forwards tells it."""
    at = told.get("tested_at")
    day = write_day(moment(at).date()) if at is not None else ""
    return gettext(WORDS.get(str(told["state"]), "")).format(day=day)


def colour_forward(told: Mapping[str, Any]) -> str:
    """The kind of status that it is shown as."""
    return COLOURS.get(str(told["state"]), "waiting")
