"""Callers blocked and let through by the API: in one request, undone in one, refused at the field."""

from __future__ import annotations

import pytest

from appliance.control.caller_filter import block_number
from tests.integration.control.conftest import PASSWORD, Api
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("IN-9")

CALLER = "+33612345699"


async def _reasons(api: Api, caller: str = CALLER) -> list[str]:
    path = (await api("POST", "/explain", {"number_id": "main", "caller": caller})).json
    return [place["reason"]["code"] for each in path["decisions"] for place in each["trail"]]


async def test_a_caller_is_blocked_and_let_in_again(box: OfficeBox, staffed: Api) -> None:
    made = await staffed("POST", "/caller_filter/blocked", {"number": "06 12 34 56 99", "note": "Windows"})
    entry = {"number": CALLER, "note": "Windows", "since": f"{box.now():%Y-%m-%d}"}
    assert (made.status, made.json) == (201, entry)
    assert (await staffed("GET", "/caller_filter")).json["blocked_numbers"] == [entry]
    assert "filter_blocked" in await _reasons(staffed)
    assert (await staffed("DELETE", f"/caller_filter/{CALLER}")).status == 204
    assert (await staffed("GET", "/caller_filter")).json["blocked_numbers"] == []
    assert "filter_blocked" not in await _reasons(staffed)
    assert (await staffed("DELETE", f"/caller_filter/{CALLER}")).status == 404


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "number_empty"),
        ("whoever", "number_characters"),
        ("06 12", "number_too_short"),
        ("112", "number_is_emergency"),
        ("01 23 45 67 89", "number_is_own"),
        ("9" * 1000, "string_too_long"),
    ],
)
async def test_what_is_refused(box: OfficeBox, staffed: Api, number: str, code: str) -> None:
    version = box.version
    for listed in ("blocked", "allowed"):
        refused = await staffed("POST", f"/caller_filter/{listed}", {"number": number})
        assert (refused.status, refused.codes) == (422, {"number": code})
    assert box.version == version


async def test_the_rules_are_set_and_a_destination_that_is_missing_is_told_at_its_field(staffed: Api) -> None:
    gone = {"enabled": True, "destination": {"kind": "person", "person_id": "gone"}}
    refused = await staffed("PATCH", "/caller_filter", {"anonymous": gone})
    assert refused.codes == {"anonymous.destination.person_id": "unknown_person"}
    malformed = {"enabled": True, "destination": {"kind": "external", "number": "12"}}
    refused = await staffed("PATCH", "/caller_filter", {"telemarketing": malformed})
    assert refused.codes == {"telemarketing.destination.number": "number_too_short"}
    rung = {"enabled": True, "destination": {"kind": "person", "person_id": "bob"}}
    assert (await staffed("PATCH", "/caller_filter", {"telemarketing": rung})).status == 200
    assert "filter_telemarketing" in await _reasons(staffed, "01 62 12 34 56")
    # Somebody whom the filter sends callers to is in use.
    assert (await staffed("DELETE", "/people/bob?with=phones")).status == 409


async def test_who_is_no_administrator_blocks_unless_that_is_locked(
    box: OfficeBox, staffed: Api, api: Api
) -> None:
    account = {"name": "Bob", "password": PASSWORD, "role": "person", "person_id": "bob"}
    assert (await staffed("POST", "/users", account)).status == 201
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": PASSWORD})
    bob = api.as_signed_in(signed_in.json["token"])
    assert (await bob("POST", "/caller_filter/blocked", {"number": CALLER})).status == 201
    assert (await bob("POST", "/caller_filter/allowed", {"number": CALLER})).status == 403
    assert (await bob("PATCH", "/caller_filter", {"anonymous": {"enabled": True}})).status == 403
    locks = {"everybody": ["phone.block_callers"]}
    assert (await staffed("PATCH", "/permissions", locks)).status == 200
    refused = await bob("POST", "/caller_filter/blocked", {"number": CALLER})
    assert (refused.status, refused.codes) == (403, {"": "locked"})
    assert (await bob("DELETE", f"/caller_filter/{CALLER}")).status == 403


async def test_a_phone_blocks_through_the_same_door(box: OfficeBox, staffed: Api) -> None:
    entry = await block_number(box, CALLER, "By phone", "bob")
    assert entry.number == CALLER
    assert [each.note for each in box.configuration.caller_filter.blocked_numbers] == ["By phone"]
