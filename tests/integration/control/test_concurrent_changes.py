"""Two people change the same record: the second is told, and nothing of the first is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox

MAKES: dict[str, dict[str, Any]] = {
    "people": {"name": "Carl", "extension": "103"},
    "phones": {"name": "Desk", "person_id": "alice"},
    "groups": {"name": "Sales", "members": [{"person_id": "alice"}]},
    "menus": {
        "name": "Menu",
        "options": [{"key": "1", "name": "Alice", "destination": {"kind": "person", "person_id": "alice"}}],
    },
    "calendars": {"name": "Workshop"},
    "lines": {"name": "Second", "mode": "trusted", "server": "sip.example.org"},
    "numbers": {
        "name": "Second",
        "number": "01 23 45 67 80",
        "line_id": "trunk",
        "routes": {"open": {"steps": [{"destination": {"kind": "person", "person_id": "alice"}}]}},
    },
    "mailboxes": {"name": "Second", "owner": "office"},
    "audios": {"name": "Words", "source": "text", "text": "Bonjour"},
    "users": {"name": "Zoe", "password": "a long enough password"},
}
# A field of each record of which there is one, with two values.
FIELDS: dict[str, tuple[str, Any, Any]] = {
    "office": ("name", "First", "Second"),
    "mail_server": ("host", "one.example.com", "two.example.com"),
    "outbound": ("limits", {"most_calls": 11}, {"most_calls": 12}),
    "star_codes": ("codes", {}, {}),
    "caller_filter": ("allowed_numbers", [{"number": "+33612345678", "note": "", "since": None}], []),
    "permissions": ("everybody", ["people.mobile"], ["people.email"]),
    "call_backs": ("attempts", 4, 5),
}


def test_every_collection_is_covered() -> None:
    assert MAKES.keys() == COLLECTIONS.keys()
    assert FIELDS.keys() == SINGLETONS.keys()


@pytest.mark.parametrize("collection", sorted(MAKES))
async def test_the_second_is_told(box: OfficeBox, staffed: Api, collection: str) -> None:
    made = await staffed("POST", f"/{collection}", MAKES[collection])
    assert made.status == 201, made.json
    path = f"/{collection}/{made.json['id']}"
    seen = await staffed("GET", path)
    etag = {"If-Match": seen.headers["ETag"]}
    first = await staffed("PATCH", path, {"name": "First"}, headers=etag)
    assert first.status == 200, first.json
    version = box.version
    for method, body in (
        ("PUT", {**seen.json, "name": "Other"}),
        ("PATCH", {"name": "Other"}),
        ("DELETE", None),
    ):
        second = await staffed(method, path, body, headers=etag)
        assert (second.status, second.codes) == (412, {"": "changed_meanwhile"}), method
    assert box.version == version
    assert (await staffed("GET", path)).json["name"] == "First"
    newer = {"If-Match": first.headers["ETag"]}
    assert (await staffed("PATCH", path, {"name": "Other"}, headers=newer)).status == 200


@pytest.mark.parametrize("name", ["office", "mail_server", "permissions", "caller_filter"])
async def test_the_second_is_told_of_a_record_of_which_there_is_one(staffed: Api, name: str) -> None:
    field, one, other = FIELDS[name]
    etag = {"If-Match": (await staffed("GET", f"/{name}")).headers["ETag"]}
    assert (await staffed("PATCH", f"/{name}", {field: one}, headers=etag)).status == 200
    assert (await staffed("PATCH", f"/{name}", {field: other}, headers=etag)).status == 412
    assert (await staffed("GET", f"/{name}")).json[field] == one


async def test_changes_of_two_records_at_once_are_both_kept(staffed: Api) -> None:
    await asyncio.gather(
        *(staffed("PATCH", f"/people/{one}", {"comment": f"{one} {place}"})
          for place in range(5) for one in ("alice", "bob"))
    )  # fmt: skip
    for one in ("alice", "bob"):
        assert (await staffed("GET", f"/people/{one}")).json["comment"].startswith(one)
