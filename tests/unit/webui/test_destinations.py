"""The destination picker: what the API says and what the form posts are the same destination."""

from __future__ import annotations

import pytest

from webui.destinations import from_values, to_values, with_chosen
from webui.forms import Choice

DESTINATIONS = [
    {"kind": "person", "person_id": "alice"},
    {"kind": "group", "group_id": "sales"},
    {"kind": "mailbox", "mailbox_id": "office"},
    {"kind": "number", "number_id": "main"},
    {"kind": "external", "number": "+33612345678", "confirm": False, "follows_contact": False},
    {"kind": "external", "number": "+33612345678", "confirm": True, "follows_contact": True},
    {"kind": "announcement", "text": "Closed."},
    {"kind": "announcement", "audio_id": "summer"},
    {"kind": "call_back", "group_id": "sales"},
    {"kind": "call_back", "person_id": "alice"},
    {"kind": "busy"},
    {"kind": "hang_up"},
]


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_a_destination_goes_through_the_form_unchanged(destination: dict[str, str]) -> None:
    assert from_values(to_values(destination)) == destination


def test_nothing_chosen_is_no_destination() -> None:
    assert from_values(to_values(None)) is None
    assert from_values({"pick": "", "number": "12"}) is None
    assert from_values("text") is None


def test_what_somebody_else_has_chosen_stays_a_choice() -> None:
    offered = [Choice("person:alice", "Alice"), Choice("busy", "Busy tone")]
    rows = [
        {"destination": {"pick": "audio:summer"}},
        {"destination": {"pick": "busy"}},
        {"destination": None},
    ]
    values = {"forward_to": {"pick": ""}, "forwards": {"busy": {"pick": "person:alice"}}, "rows": rows}
    assert [choice.value for choice in with_chosen(offered, values)] == [
        "person:alice",
        "busy",
        "audio:summer",
    ]
