"""The operator's forward of a line by the API: said, tested, judged; by administrators alone."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import PASSWORD, Api
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("BACKUP-2")

TRUNK = {"name": "Operator", "server": "sip.example.net", "user": "u", "password": "p"}
FORWARD = "/lines/operator/forward"


@pytest.fixture
async def lined(staffed: Api) -> Api:
    """The staffed office with a line of an operator, a number on it, and another phone system."""
    assert (await staffed("POST", "/lines", TRUNK)).status == 201
    pbx = {"name": "Lyon", "kind": "pbx", "mode": "trusted", "server": "192.168.2.10"}
    assert (await staffed("POST", "/lines", pbx)).status == 201
    steps = [{"destination": {"kind": "person", "person_id": "bob"}}, {"destination": {"kind": "busy"}}]
    number = {"name": "Front", "number": "+33199001234", "line_id": "operator"}
    added = await staffed("POST", "/numbers", {**number, "routes": {"open": {"steps": steps}}})
    assert added.status == 201, added.json
    return staffed


async def test_a_forward_is_said_tested_and_judged(lined: Api, box: OfficeBox) -> None:
    before = (await lined("GET", "/operator-forwards")).json["items"]
    states = {each["line_id"]: each["state"] for each in before}
    assert states["operator"] == "not_set_up" and "lyon" not in states
    early = await lined("POST", f"{FORWARD}/test", {})
    assert (early.status, early.codes) == (409, {"": "forward_not_set_up"})
    said = await lined("PUT", FORWARD, {"number": "06 39 98 12 34", "set_up": True})
    assert (said.status, said.json["number"], said.json["state"]) == (200, "+33639981234", "untested")
    started = await lined("POST", f"{FORWARD}/test", {})
    assert (started.status, started.json["state"]) == (202, "testing")
    assert 0 < started.json["seconds_left"] <= 180
    again = await lined("POST", f"{FORWARD}/test", {})
    assert (again.status, again.codes) == (409, {"": "forward_being_tested"})
    changed = await lined("PUT", FORWARD, {"number": "06 39 98 56 78", "set_up": True})
    assert (changed.status, changed.codes) == (409, {"": "forward_being_tested"})
    box.operator_forwards.turned_away("operator", "+33639981234")
    ended = await lined("POST", f"{FORWARD}/end", {})
    assert (ended.json["state"], ended.json["seconds_left"]) == ("unjudged", 0)
    assert [each["caller"] for each in ended.json["turned_away"]] == ["+33639981234"]
    judged = await lined("POST", f"{FORWARD}/verdict", {"works": True})
    assert (judged.json["state"], judged.json["tested_number"]) == ("works", "+33639981234")
    moved = await lined("PUT", FORWARD, {"number": "06 39 98 56 78", "set_up": True})
    assert moved.json["state"] == "changed"


async def test_a_verdict_ends_the_test(lined: Api, box: OfficeBox) -> None:
    await lined("PUT", FORWARD, {"number": "+33639981234", "set_up": True})
    nothing = await lined("POST", f"{FORWARD}/verdict", {"works": True})
    assert (nothing.status, nothing.codes) == (409, {"": "no_test_to_judge"})
    await lined("POST", f"{FORWARD}/test", {})
    judged = await lined("POST", f"{FORWARD}/verdict", {"works": False})
    assert (judged.json["state"], judged.json["seconds_left"]) == ("failed", 0)
    assert box.operator_forwards.seconds_left("operator") == 0


@pytest.mark.parametrize(
    ("wish", "codes"),
    [
        ({"set_up": True}, {"number": "forward_number_missing"}),
        ({"number": "01 99 00 12 34"}, {"number": "number_is_ours"}),
        ({"number": "12"}, {"number": "number_too_short"}),
        ({"number": "+33639981234", "set_up": "perhaps"}, {"set_up": "bool_parsing"}),
        ({"line": "other"}, {"line": "extra_forbidden"}),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(lined: Api, wish: dict, codes: dict) -> None:
    refused = await lined("PUT", FORWARD, wish)
    assert (refused.status, refused.codes) == (422, codes)
    assert (await lined("GET", FORWARD)).json["number"] is None


async def test_a_line_that_is_down_and_one_without_operator_are_not_tested(lined: Api) -> None:
    await lined("PUT", FORWARD, {"number": "+33639981234", "set_up": True})
    await lined("PATCH", "/lines/operator", {"enabled": False})
    down = await lined("POST", f"{FORWARD}/test", {})
    assert (down.status, down.codes) == (409, {"": "line_not_up"})
    assert (await lined("GET", "/lines/lyon/forward")).status == 404
    assert (await lined("POST", "/lines/gone/forward/test", {})).status == 404


async def test_only_administrators_see_and_test_forwards(lined: Api, api: Api) -> None:
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    assert (await lined("POST", "/users", account)).status == 201
    session = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    bob = api.as_signed_in(session.json["token"])
    for method, path in (
        ("GET", "/operator-forwards"),
        ("GET", FORWARD),
        ("PUT", FORWARD),
        *(("POST", f"{FORWARD}/{what}") for what in ("test", "end", "verdict")),
    ):
        assert (await bob(method, path, None if method == "GET" else {})).status == 403
