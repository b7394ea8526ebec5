"""Padlocks: locked for everybody, for a group, for one person; enforced whichever door is taken."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.control.changes import change_fields
from tests.integration.control.conftest import PASSWORD, Api
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("PERM-1")


@pytest.fixture
async def bob(staffed: Api, api: Api) -> Api:
    """Bob, signed in; he is no administrator."""
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    assert (await staffed("POST", "/users", account)).status == 201
    assert (
        await staffed("POST", "/groups", {"name": "Sales", "members": [{"person_id": "bob"}]})
    ).status == 201
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    return api.as_signed_in(signed_in.json["token"])


@pytest.mark.parametrize(
    ("locks", "level"),
    [
        ({"everybody": ["people.ring_seconds"]}, "office"),
        ({"groups": {"sales": ["people.ring_seconds"]}}, "group"),
        ({"people": {"bob": ["people.ring_seconds"]}}, "person"),
    ],
)
async def test_what_is_locked_only_an_administrator_changes(
    staffed: Api, bob: Api, locks: dict[str, Any], level: str
) -> None:
    assert (await bob("PATCH", "/people/bob", {"ring_seconds": 30})).status == 200
    assert (await staffed("PATCH", "/permissions", locks)).status == 200
    assert (await bob("GET", "/people/bob/locks")).json == {"locks": {"people.ring_seconds": level}}
    refused = await bob("PATCH", "/people/bob", {"ring_seconds": 40, "email": "bob@example.com"})
    assert (refused.status, refused.codes) == (403, {"ring_seconds": "locked"})
    assert (await staffed("GET", "/people/bob")).json["email"] is None, "nothing is half saved"
    whole = {**(await bob("GET", "/people/bob")).json, "email": "bob@example.com"}
    assert (await bob("PUT", "/people/bob", whole)).status == 200, "what stays as it is is no change"
    assert (await staffed("PATCH", "/people/bob", {"ring_seconds": 40})).status == 200
    others = (await staffed("GET", "/people/alice/locks")).json["locks"]
    assert bool(others) == (level == "office")


async def test_a_lock_holds_for_star_codes_and_for_mailboxes_too(
    box: OfficeBox, staffed: Api, bob: Api
) -> None:
    box_of_bob = {"name": "Bob", "owner": "person", "owner_id": "bob"}
    assert (await staffed("POST", "/mailboxes", box_of_bob)).status == 201
    everybody = ["people.do_not_disturb", "mailboxes.emails"]
    assert (await staffed("PATCH", "/permissions", {"everybody": everybody})).status == 200
    assert not await change_fields(box, "people", "bob", {"do_not_disturb": True})
    assert await change_fields(box, "people", "bob", {"language": "en"})
    refused = await bob("PATCH", "/mailboxes/bob", {"emails": ["bob@example.com"]})
    assert (refused.status, refused.codes) == (403, {"emails": "locked"})
    assert (await bob("PATCH", "/mailboxes/bob", {"attach": False})).status == 200


async def test_a_person_sees_their_own_locks_and_no_others(bob: Api) -> None:
    assert (await bob("GET", "/people/alice/locks")).status == 404
    assert (await bob("GET", "/permissions")).status == 403
    assert (await bob("PATCH", "/permissions", {"everybody": []})).status == 403
    assert (await bob("POST", "/permissions/defaults/apply")).status == 403
    assert (await bob("PATCH", "/people/alice", {"ring_seconds": 30})).status == 404


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"everybody": ["people.shoe_size"]}, "everybody.0", "unknown_setting"),
        ({"everybody": ["numbers.name"]}, "everybody.0", "unknown_setting"),
        ({"everybody": ["x" * 10_000]}, "everybody.0", "string_too_long"),
        ({"people": {"Bob!": []}}, "people.Bob!", "string_pattern_mismatch"),
        ({"defaults": {"ring_seconds": 1}}, "defaults.ring_seconds", "greater_than_equal"),
        ({"defaults": {"devices": []}}, "defaults.devices", "too_short"),
    ],
)
async def test_what_is_refused(staffed: Api, sent: dict[str, Any], field: str, code: str) -> None:
    refused = await staffed("PATCH", "/permissions", sent)
    assert refused.status == 422
    assert code in refused.codes.values(), refused.json
    assert any(name.startswith(field) for name in refused.codes), refused.codes


async def test_new_people_begin_with_the_defaults_which_may_be_given_to_everybody(staffed: Api) -> None:
    defaults = {"ring_seconds": 35, "ring_order": "in_order", "devices": [{"kind": "softphone"}]}
    assert (await staffed("PATCH", "/permissions", {"defaults": defaults})).status == 200
    carl = (await staffed("POST", "/people", {"name": "Carl", "extension": "103"})).json
    assert (carl["ring_seconds"], carl["ring_order"]) == (35, "in_order")
    own = {"name": "Dora", "extension": "104", "ring_seconds": 12}
    assert (await staffed("POST", "/people", own)).json["ring_seconds"] == 12
    assert (await staffed("POST", "/permissions/defaults/apply")).status == 204
    seconds = {one["ring_seconds"] for one in (await staffed("GET", "/people")).json["items"]}
    assert seconds == {35}


async def test_the_locks_of_who_has_left_go_with_them(box: OfficeBox, staffed: Api, bob: Api) -> None:
    locks = {"people": {"bob": ["people.mobile"]}, "groups": {"sales": ["people.mobile"]}}
    await staffed("PATCH", "/permissions", locks)
    assert (await staffed("DELETE", "/groups/sales")).status == 204
    assert (await staffed("DELETE", "/users/bob")).status == 204
    assert (await staffed("DELETE", "/people/bob?with=phones,mailboxes")).status == 204
    assert (box.configuration.permissions.people, box.configuration.permissions.groups) == ({}, {})
