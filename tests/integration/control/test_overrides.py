"""Overrides by the API: set, told, ended, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appliance.control.overriding import toggle_override
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("TIME-4")


async def test_an_override_is_set_told_and_ended(box: OfficeBox, staffed: Api) -> None:
    until = (box.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    (calendar_id,) = box.configuration.calendars
    wish = {"calendar_id": calendar_id, "state": "closed", "until": until}
    set_ = await staffed("PUT", "/overrides", wish)
    assert set_.status == 200, set_.json
    (told,) = set_.json["items"]
    assert (told["calendar_id"], told["state"], told["by"]) == (calendar_id, "closed", "Ada")
    assert told["until"].startswith(until)
    assert (await staffed("GET", "/me")).json["overrides"] == [told]
    path = (await staffed("POST", "/explain", {"number_id": "main"})).json
    reasons = [place["reason"]["code"] for each in path["decisions"] for place in each["trail"]]
    assert "override_closed" in reasons
    state = (await staffed("GET", "/state")).json
    assert state["calendars"][calendar_id]["state"] == "closed"
    assert (await staffed("DELETE", f"/overrides?calendar_id={calendar_id}")).status == 204
    assert (await staffed("GET", "/overrides")).json["items"] == []


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"state": "closed", "until": "2020-01-01T10:00"}, "until", "moment_past"),
        ({"state": "closed", "until": "soon"}, "until", "malformed_date"),
        ({"state": "destination"}, "destination", "union_tag_not_found"),
        ({"state": "shut"}, "state", "literal_error"),
        ({"state": "closed", "calendar_id": "nowhere"}, "calendar_id", "unknown_calendar"),
        ({"state": "closed", "calendar_id": "x" * 10_000}, "calendar_id", "string_too_long"),
        (
            {"state": "destination", "destination": {"kind": "person", "person_id": "nobody"}},
            "destination.person_id",
            "unknown_person",
        ),
        (
            {"state": "destination", "destination": {"kind": "external", "number": "12"}},
            "destination.number",
            "number_too_short",
        ),
    ],
)
async def test_what_is_refused(
    box: OfficeBox, staffed: Api, wish: dict[str, Any], field: str, code: str
) -> None:
    version = box.version
    refused = await staffed("PUT", "/overrides", wish)
    assert refused.status == 422
    assert code in refused.codes.values(), refused.json
    assert field in refused.codes
    assert box.version == version


async def test_a_person_sees_overrides_and_sets_none(box: OfficeBox, staffed: Api, api: Api) -> None:
    account = {"name": "Bob", "password": "a long enough password", "role": "person", "person_id": "bob"}
    await staffed("POST", "/users", account)
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "Bob", "password": account["password"]})
    bob = api.as_signed_in(signed_in.json["token"])
    assert (await bob("PUT", "/overrides", {"state": "closed"})).status == 403
    assert (await bob("DELETE", "/overrides")).status == 403
    assert (await bob("GET", "/overrides")).status == 200


async def test_a_key_switches_on_and_off(box: OfficeBox, staffed: Api) -> None:
    assert await toggle_override(box, None, "closed", "Bob")
    (told,) = (await staffed("GET", "/overrides")).json["items"]
    assert (told["calendar_id"], told["name"], told["until"], told["by"]) == (None, "Atelier", None, "Bob")
    assert not await toggle_override(box, None, "closed", "Bob")
    assert (await staffed("GET", "/overrides")).json["items"] == []


@pytest.mark.feature("TIME-7")
async def test_the_clock_is_vouched_for(box: OfficeBox, staffed: Api) -> None:
    box.clock_trusted = False
    assert (await staffed("GET", "/me")).json["clock_trusted"] is False
    what = {"number_id": "main"}
    path = (await staffed("POST", "/explain", what)).json
    assert any(place["reason"]["code"] == "time_unknown" for place in path["decisions"][0]["trail"])
    assert (await staffed("POST", "/clock/trust")).status == 204
    assert (await staffed("GET", "/me")).json["clock_trusted"] is True
