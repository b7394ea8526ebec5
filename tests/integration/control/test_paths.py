"""Where calls would go, where they went, and the drawing of both."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.routing.explain import as_document, explain
from appliance.routing.facts import Direction, Facts
from appliance.storage.history import CallRecord
from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox

MONDAY_MORNING, CHRISTMAS = "2026-11-23T10:00", "2026-12-25T10:00"


@pytest.fixture
async def office(staffed: Api) -> Api:
    """The number rings Alice in hours, and takes a message else."""
    mailbox = {"steps": [{"destination": {"kind": "mailbox", "mailbox_id": "office"}}]}
    alice = {"steps": [{"destination": {"kind": "person", "person_id": "alice"}}, *mailbox["steps"]]}
    calendar = (await staffed("GET", "/calendars")).json["items"][0]["id"]
    changes = {"calendar_id": calendar, "routes": {"open": alice, "closed": mailbox}}
    assert (await staffed("PATCH", "/numbers/main", changes)).status == 200
    return staffed


def _kinds(path: dict[str, Any]) -> list[str]:
    return [decision["step"]["kind"] for decision in path["decisions"]]


@pytest.mark.feature("TIME-5")
async def test_a_call_is_explained_at_any_time(office: Api) -> None:
    question = {"number_id": "main", "caller": "06 12 34 56 78"}
    working = (await office("POST", "/explain", {**question, "at": MONDAY_MORNING})).json
    assert _kinds(working) == ["ring", "take_message"]
    holiday = (await office("POST", "/explain", {**question, "at": CHRISTMAS})).json
    assert _kinds(holiday) == ["take_message"]
    reasons = [place["reason"] for place in holiday["decisions"][0]["trail"]]
    assert "holiday" in {reason["code"] for reason in reasons}
    assert any("Noël" in reason["sentence"] for reason in reasons)
    assert holiday["at"] == "2026-12-25T10:00:00+01:00"
    assert holiday["facts"]["caller"] == "+33612345678"


@pytest.mark.parametrize("called", ["01 23 45 67 89", "+33123456789", "0033123456789"])
async def test_a_number_is_named_in_any_form(office: Api, called: str) -> None:
    path = (await office("POST", "/explain", {"called": called, "at": CHRISTMAS})).json
    assert path["entry"] == ["number", "main"]


async def test_another_world_may_be_supposed(office: Api) -> None:
    question = {"number_id": "main", "at": MONDAY_MORNING}
    waiting = await office("POST", "/explain", {**question, "what_if": {"busy": ["alice"]}})
    assert _kinds(waiting.json) == ["ring", "take_message"], "call waiting"
    await office("PATCH", "/people/alice", {"max_calls": 1})
    busy = await office("POST", "/explain", {**question, "what_if": {"busy": ["alice"]}})
    assert _kinds(busy.json) == ["take_message"]
    answered = await office("POST", "/explain", {**question, "what_if": {"outcomes": ["answered"]}})
    assert _kinds(answered.json) == ["ring"]
    assert answered.json["answered_at"] in answered.json["lit_nodes"]
    nobody_there = await office("POST", "/explain", {**question, "what_if": {"all_well": False}})
    assert _kinds(nobody_there.json) == ["take_message"]


async def test_a_call_inside_is_explained(office: Api) -> None:
    inside = (await office("POST", "/explain", {"extension": "101", "caller": "102", "at": CHRISTMAS})).json
    assert inside["facts"]["direction"] == "internal"
    assert inside["facts"]["caller_person_id"] == "bob"
    outside = (
        await office("POST", "/explain", {"called": "0612345678", "caller": "102", "at": CHRISTMAS})
    ).json
    assert (outside["facts"]["direction"], outside["entry"]) == ("outbound", ["outbound"])
    emergency = (await office("POST", "/explain", {"called": "112", "caller": "102", "at": CHRISTMAS})).json
    assert emergency["entry"] == ["emergency"]


async def test_questions_without_sense_are_refused(office: Api) -> None:
    for question, codes in (
        ({"number_id": "none"}, {"number_id": "unknown_called"}),
        ({"called": "0999999999"}, {"called": "unknown_called"}),
        ({"number_id": "main", "at": "Sunday"}, {"at": "malformed_date"}),
        ({"number_id": "main", "what_if": {"outcomes": ["magic"]}}, {"what_if.outcomes.0": "enum"}),
    ):
        answer = await office("POST", "/explain", question)
        assert (answer.status, answer.codes) == (422, codes)


async def test_the_drawing_is_lit_where_the_call_goes(office: Api) -> None:
    drawing = (await office("GET", f"/graph?number=main&at={MONDAY_MORNING}")).json
    nodes = {node["id"] for node in drawing["nodes"]}
    edges = {edge["id"] for edge in drawing["edges"]}
    assert set(drawing["lit_nodes"]) <= nodes and set(drawing["lit_edges"]) <= edges
    assert drawing["nodes"][0]["record"] == ["numbers", "main"]
    other = (await office("GET", f"/graph?number=main&at={CHRISTMAS}")).json
    assert other["nodes"] == drawing["nodes"], "the drawing is the same at any time"
    assert other["lit_edges"] != drawing["lit_edges"]
    inside = (await office("GET", f"/graph?extension=101&at={CHRISTMAS}")).json
    assert inside["nodes"][0]["kind"] == "extension"
    assert (await office("GET", "/graph")).status == 404
    assert (await office("GET", "/graph?number=none")).status == 422


async def _past_call(box: OfficeBox, version: int = 0) -> None:
    facts = Facts(Direction.INBOUND, "+33612345678", "", "+33123456789", "trunk")
    path = explain(box.plan, facts, box.world(), box.now())
    trail = tuple(dict(place) for place in as_document(path.trail))
    await box.history.add(
        CallRecord(
            id="past",
            direction="inbound",
            started_at=box.epoch(),
            caller="+33612345678",
            called="+33123456789",
            number_id="main",
            person_ids=("alice",),
            outcome="unanswered",
            trail=trail,
            configuration_version=version,
        )
    )


async def test_a_past_call_is_lit_on_the_drawing_of_now(box: OfficeBox, office: Api) -> None:
    await _past_call(box)
    past = (await office("GET", "/history/past/path")).json
    assert set(past["lit_nodes"]) <= {node["id"] for node in past["nodes"]}
    assert past["missing"] == []
    assert all(place["reason"]["sentence"] for place in past["trail"])
    bob = {"steps": [{"destination": {"kind": "person", "person_id": "bob"}}]}
    await office("PATCH", "/numbers/main", {"routes": {"open": bob, "closed": bob}})
    changed = (await office("GET", "/history/past/path")).json
    assert changed["missing"], "a place that the settings no longer have is said to be missing"


@pytest.mark.feature("TIME-5")
async def test_a_past_call_replays_on_its_own_settings_and_is_compared_with_today(
    box: OfficeBox, office: Api
) -> None:
    await _past_call(box, box.version)
    same = (await office("GET", "/history/past/path")).json
    assert (same["replayed"], same["today_differs"], same["version"]) == (True, False, box.version)
    version = box.version
    bob = {"steps": [{"destination": {"kind": "person", "person_id": "bob"}}]}
    await office("PATCH", "/numbers/main", {"routes": {"open": bob, "closed": bob}})
    for place in range(40):
        # The version of the call is beyond those kept whole by then.
        assert (await office("PATCH", "/numbers/main", {"comment": f"{place}"})).status == 200
    past = (await office("GET", "/history/past/path")).json
    assert (past["replayed"], past["version"], past["missing"]) == (True, version, [])
    assert set(past["lit_nodes"]) <= {node["id"] for node in past["nodes"]}
    assert past["today_differs"]
    rung = past["today"]["decisions"][0]["step"]
    assert [target["person_id"] for target in rung["targets"]] == ["bob"]


async def test_history_is_searched(box: OfficeBox, office: Api) -> None:
    await _past_call(box)
    today = box.now().date().isoformat()
    for query, found in (
        ("", 1),
        ("q=06%2012%2034%2056%2078", 1),
        ("q=0699", 0),
        (f"from={today}&to={today}", 1),
        ("to=2020-01-01", 0),
        ("direction=outbound", 0),
        ("number_id=main&person_id=alice&outcome=unanswered", 1),
        ("page=2", 0),
    ):
        listed = (await office("GET", f"/history?{query}")).json
        assert len(listed["records"]) == found, query
    assert (await office("GET", "/history?from=lately")).codes == {"from": "malformed_date"}
    assert (await office("GET", "/history?page=0")).status == 422
    assert (await office("GET", "/history/unknown")).status == 404


async def test_calls_are_placed_and_ended(box: OfficeBox, office: Api) -> None:
    offline = await office("POST", "/calls", {"person_id": "alice", "number": "102"})
    assert (offline.status, offline.codes) == (409, {"": "no_phone"})
    assert (await office("POST", "/calls", {"person_id": "x", "number": "102"})).codes == {
        "person_id": "unknown_caller"
    }
    assert (await office("POST", "/calls", {"person_id": "bob", "number": "hello"})).codes == {
        "number": "unknown_called"
    }
    box.registered = {"desk-of-alice"}
    placed = await office("POST", "/calls", {"person_id": "alice", "number": "102"})
    assert (placed.status, box.calls[0].called) == (202, "102")
    assert (await office("DELETE", f"/calls/{placed.json['id']}")).status == 204
    assert (await office("DELETE", f"/calls/{placed.json['id']}")).codes == {"": "no_such_call"}
