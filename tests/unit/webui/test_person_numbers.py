"""The numbers that a person is reached by, and what each is said to be used for."""

from __future__ import annotations

from typing import Any

import pytest

from webui.pages.person_numbers import FIRST, LATER, RESPONSIBLE, numbers_of

pytestmark = pytest.mark.feature("PEOPLE-1")
BRUNO, ALICE, GROUP = (
    {"kind": "person", "person_id": "bruno"},
    {"kind": "person", "person_id": "alice"},
    {"kind": "group", "group_id": "sales"},
)


def number(identifier: str, *steps: dict[str, str], **fields: Any) -> dict[str, Any]:
    routes = {"open": {"steps": [{"destination": each} for each in steps]}}
    return {"id": identifier, "routes": routes, **fields}


def used(*numbers: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["use"] for each in numbers_of("bruno", list(numbers), {})}


def test_a_number_is_theirs_when_it_leads_to_them_or_they_are_responsible():
    closed = {"routes": {"open": {"steps": []}, "closed": {"steps": [{"destination": BRUNO}]}}}
    assert used(
        number("other", ALICE),
        number("sales", GROUP, owner_id="bruno"),
        number("after", ALICE, BRUNO),
        number("night", **closed),
        number("direct", BRUNO, ALICE),
        number("owner", GROUP, owner_id="bruno", owner_first="number"),
        number("contact", GROUP, owner_id="alice", owner_first="number"),
    ) == {
        "direct": FIRST,
        "owner": FIRST,
        "after": LATER,
        "night": LATER,
        "sales": RESPONSIBLE,
    }


def test_those_that_ring_them_first_stand_first():
    both = numbers_of("bruno", [number("after", ALICE, BRUNO), number("direct", BRUNO)], {})
    assert [each["id"] for each in both] == ["direct", "after"]


@pytest.mark.parametrize(
    ("own", "office", "shown"),
    [
        ("+33100000001", {"backup_number": "+33100000002"}, ("+33100000001", False)),
        (None, {"backup_number": "+33100000002"}, ("+33100000002", True)),
        (None, {"backup_number": None}, (None, True)),
    ],
)
def test_the_backup_of_a_number_is_its_own_or_the_offices(own, office, shown):
    (found,) = numbers_of("bruno", [number("direct", BRUNO, backup_number=own)], office)
    assert (found["backup"], found["backup_is_office"]) == shown
