"""Call-backs by the API: asked for, listed to those they concern, called off, tried, refused at the field."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import PASSWORD, Api
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("OUT-6")

WISH = {"number": "06 39 98 12 34", "name": "Mme Petit", "person_id": "bob", "number_id": "main"}


async def test_a_call_back_is_asked_for_tried_and_called_off(box: OfficeBox, staffed: Api) -> None:
    await staffed("PATCH", "/call_backs", {"attempts": 5, "delay_minutes": 20})
    made = await staffed("POST", "/call_backs/requests", {**WISH, "in_minutes": 10})
    assert made.status == 201
    told = made.json
    assert (told["number"], told["allowed"], told["delay_minutes"]) == ("+33639981234", 5, 20)
    assert told["next_at"] == told["asked_at"] + 600 and told["state"] == "waiting"
    listed = (await staffed("GET", "/call_backs/requests")).json
    assert [each["id"] for each in listed["open"]] == [told["id"]] and listed["ended"] == []
    one = f"/call_backs/requests/{told['id']}"
    assert (await staffed("POST", f"{one}/try")).status == 202
    assert box.call_backs.tried == [told["id"]]
    assert (await staffed("DELETE", one)).status == 204
    assert (await staffed("DELETE", one)).status == 404
    assert (await staffed("POST", f"{one}/try")).status == 404
    listed = (await staffed("GET", "/call_backs/requests")).json
    assert listed["open"] == [] and [each["state"] for each in listed["ended"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"number": ""}, {"number": "number_empty"}),
        ({"number": "whoever"}, {"number": "number_characters"}),
        ({"number": "15"}, {"number": "number_is_emergency"}),
        ({"number": "01 23 45 67 89"}, {"number": "number_is_own"}),
        ({"number": "0899 10 20 30"}, {"number": "call_back_barred"}),
        ({"number": "9" * 1000}, {"number": "string_too_long"}),
        ({"name": "n" * 10_000}, {"name": "string_too_long"}),
        ({"person_id": None}, {"person_id": "call_back_by_nobody"}),
        ({"person_id": "gone"}, {"person_id": "unknown_person"}),
        ({"person_id": None, "group_id": "gone"}, {"group_id": "unknown_group"}),
        ({"number_id": "gone"}, {"number_id": "unknown_number"}),
        ({"attempts": 11}, {"attempts": "less_than_equal"}),
        ({"delay_minutes": 0}, {"delay_minutes": "greater_than_equal"}),
        ({"in_minutes": -1}, {"in_minutes": "greater_than_equal"}),
        ({"in_minutes": "soon"}, {"in_minutes": "int_parsing"}),
    ],
)
async def test_what_is_refused(box: OfficeBox, staffed: Api, change: dict, codes: dict[str, str]) -> None:
    refused = await staffed("POST", "/call_backs/requests", {**WISH, **change})
    assert (refused.status, refused.codes) == (422, codes)
    assert box.call_backs.open() == ()


async def test_the_settings_are_refused_at_their_field(staffed: Api) -> None:
    refused = await staffed("PATCH", "/call_backs", {"attempts": 0, "delay_minutes": "often"})
    assert refused.codes == {"attempts": "greater_than_equal", "delay_minutes": "int_parsing"}


async def test_people_see_and_ask_for_their_own(api: Api, staffed: Api) -> None:
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    await staffed("POST", "/users", account)
    session = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    bob = api.as_signed_in(session.json["token"])
    mine = await bob("POST", "/call_backs/requests", {**WISH, "number_id": None})
    assert mine.status == 201
    others = await bob("POST", "/call_backs/requests", {**WISH, "person_id": "alice"})
    assert (others.status, others.codes) == (403, {"person_id": "call_back_not_allowed"})
    other = (await staffed("POST", "/call_backs/requests", {**WISH, "person_id": "alice"})).json["id"]
    assert [each["person_id"] for each in (await bob("GET", "/call_backs/requests")).json["open"]] == ["bob"]
    for method, path in (("DELETE", ""), ("POST", "/try")):
        assert (await bob(method, f"/call_backs/requests/{other}{path}")).status in (403, 404)
    assert (await bob("DELETE", f"/call_backs/requests/{mine.json['id']}")).status == 204
