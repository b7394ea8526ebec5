"""Signing in and out of a ring group by the API: one's own, unless it is locked; told in /state."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import PASSWORD, Api

pytestmark = pytest.mark.feature("RING-5", "PERM-1")


async def groups_of(api: Api, person: str) -> list[dict]:
    people = (await api("GET", "/state")).json["people"]
    return next(each["groups"] for each in people if each["person_id"] == person)


async def test_a_member_signs_out_and_in_again(staffed: Api, api: Api) -> None:
    group = {"name": "Sales", "members": [{"person_id": "bob"}]}
    assert (await staffed("POST", "/groups", group)).status == 201
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    assert (await staffed("POST", "/users", account)).status == 201
    session = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    bob = api.as_signed_in(session.json["token"])

    told = await bob("PUT", "/people/bob/groups/sales", {"signed_in": False})
    assert (told.status, told.json["groups"]) == (200, [{"group_id": "sales", "signed_in": False}])
    assert await groups_of(staffed, "bob") == [{"group_id": "sales", "signed_in": False}]
    path = (await staffed("POST", "/explain", {"extension": "102", "caller": "101"})).json
    assert "signed_out" not in str(path["decisions"])
    assert (await bob("PUT", "/people/alice/groups/sales", {"signed_in": False})).status in (403, 404)
    assert (await staffed("PUT", "/people/alice/groups/sales", {"signed_in": False})).status == 404
    assert (await staffed("PUT", "/people/bob/groups/gone", {"signed_in": False})).status == 404
    wrong = await bob("PUT", "/people/bob/groups/sales", {"signed_in": "perhaps"})
    assert wrong.codes == {"signed_in": "bool_parsing"}

    await staffed("PATCH", "/permissions", {"everybody": ["phone.groups"]})
    locked = await bob("PUT", "/people/bob/groups/sales", {"signed_in": True})
    assert (locked.status, locked.codes) == (403, {"": "locked"})
    assert (await staffed("PUT", "/people/bob/groups/sales", {"signed_in": True})).status == 200
    assert await groups_of(staffed, "bob") == [{"group_id": "sales", "signed_in": True}]
