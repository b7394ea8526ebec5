"""The week of the numbers, the hours that keep a change from being saved, and what is supposed of a call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.control.conftest import Api
from tests.support.calendar_files import MEETING, STOCKTAKING, SUMMER, file_of
from tests.support.office_box import OfficeBox

DAY = "2026-11-26"
RINGS_ALICE = {"steps": [{"destination": {"kind": "person", "person_id": "alice"}}]}
MESSAGE = {"steps": [{"destination": {"kind": "mailbox", "mailbox_id": "office"}}]}


@pytest.fixture
async def office(staffed: Api) -> Api:
    """The number rings Alice in hours, and takes a message else."""
    calendar = (await staffed("GET", "/calendars")).json["items"][0]["id"]
    changes = {"calendar_id": calendar, "routes": {"open": RINGS_ALICE, "closed": MESSAGE}}
    assert (await staffed("PATCH", "/numbers/main", changes)).status == 200
    return staffed


def codes(path: dict[str, Any]) -> list[str]:
    return [place["reason"]["code"] for each in path["decisions"] for place in each["trail"]]


@pytest.mark.feature("TIME-1")
async def test_the_week_says_what_explain_says(office: Api) -> None:
    week = (await office("GET", f"/week?day={DAY}")).json
    assert week["monday"] == "2026-11-23"
    (main,) = week["items"]
    assert main["rings"] is True
    assert (main["stretches"][0]["start"], main["stretches"][-1]["end"]) == (
        "2026-11-23T00:00:00+01:00",
        "2026-11-30T00:00:00+01:00",
    )
    for stretch in main["stretches"]:
        question = {"number_id": "main", "at": stretch["start"], "caller": "0199009900"}
        path = (await office("POST", "/explain", question)).json
        assert (path["decisions"][0]["step"]["kind"] == "ring") == (stretch["first"] == "rings")
        assert stretch["way"] in codes(path)
    assert (await office("GET", "/week?number=none")).status == 404
    assert (await office("GET", "/week?day=soon")).status == 422


async def test_an_hour_without_anybody_is_not_saved_and_named(box: OfficeBox, office: Api) -> None:
    carl = await office("POST", "/people", {"name": "Carl", "extension": "103"})
    assert carl.status == 201
    version = box.version
    routes = {
        "open": RINGS_ALICE,
        "closed": {"steps": [{"destination": {"kind": "person", "person_id": "carl"}}]},
    }
    refused = await office("PATCH", "/numbers/main", {"routes": routes})
    assert refused.status == 422
    (error,) = refused.json["errors"]
    assert (error["field"], error["code"]) == ("routes", "hours_nobody")
    assert error["parameters"]["name"] == "Main"
    assert error["parameters"]["since"] < error["parameters"]["until"]
    assert box.version == version
    await office("POST", "/phones", {"name": "Desk of Carl", "person_id": "carl"})
    assert (await office("PATCH", "/numbers/main", {"routes": routes})).status == 200
    taken_away = await office("DELETE", "/phones/desk-of-carl")
    assert taken_away.status == 422, "what others change counts as well"
    assert taken_away.json["errors"][0]["collection"] == "numbers"


async def test_do_not_disturb_and_overrides_never_keep_a_change_from_being_saved(office: Api) -> None:
    assert (await office("PATCH", "/people/alice", {"do_not_disturb": True})).status == 200
    assert (await office("PUT", "/overrides", {"state": "closed"})).status == 200
    assert (await office("PATCH", "/numbers/main", {"comment": "so"})).status == 200


@pytest.mark.feature("TIME-5")
@pytest.mark.parametrize(
    ("what_if", "code"),
    [
        ({"nobody_registered": True}, "nobody_registered"),
        ({"busy": ["alice"]}, "person_busy"),
        ({"undisturbed": ["alice"]}, "do_not_disturb"),
        ({"days": {"alice": "on_break"}}, "on_break"),
        ({"clock_known": False}, "time_unknown"),
        ({"number_full": True}, "number_full"),
    ],
)
async def test_what_if(office: Api, what_if: dict[str, Any], code: str) -> None:
    assert (await office("PATCH", "/people/alice", {"max_calls": 1})).status == 200
    assert (await office("PATCH", "/numbers/main", {"max_calls": 2})).status == 200
    question = {"number_id": "main", "at": "2026-11-23T10:00", "what_if": what_if}
    assert code in codes((await office("POST", "/explain", question)).json)


@pytest.mark.feature("BACKUP-1", "BACKUP-3")
async def test_what_if_the_internet_is_down_or_the_disk_full(office: Api) -> None:
    external = {"steps": [{"destination": {"kind": "external", "number": "+33639981234"}}]}
    await office("PATCH", "/numbers/main", {"routes": {"open": external}})
    question = {"number_id": "main", "at": "2026-11-23T10:00"}
    offline = await office("POST", "/explain", {**question, "what_if": {"internet_down": True}})
    assert "lines_down" in codes(offline.json)
    backed = {"routes": {"open": RINGS_ALICE}, "backup_number": "+33639981234"}
    await office("PATCH", "/numbers/main", backed)
    full = (await office("POST", "/explain", {**question, "what_if": {"failures": ["disk"]}})).json
    assert "something_failed" in codes(full)
    assert [each["step"]["kind"] for each in full["decisions"]][:2] == ["ring", "ring"]


async def test_what_is_supposed_of_nobody_is_refused(office: Api) -> None:
    for what_if, field, code in (
        ({"busy": ["zoe"]}, "what_if.busy.0", "unknown_person"),
        ({"undisturbed": ["zoe"]}, "what_if.undisturbed.0", "unknown_person"),
        ({"days": {"zoe": "ended"}}, "what_if.days.0", "unknown_person"),
        ({"failures": ["roof"]}, "what_if.failures.0", "literal_error"),
    ):
        refused = await office("POST", "/explain", {"number_id": "main", "what_if": what_if})
        assert (refused.status, refused.codes) == (422, {field: code})


async def test_the_drawing_takes_the_same_suppositions(office: Api) -> None:
    drawn = await office("GET", "/graph?number=main&at=2026-11-23T10:00&nobody=true")
    assert "nobody_registered" in codes(drawn.json["path"])
    await office("PATCH", "/people/alice", {"max_calls": 1})
    drawn = await office("GET", "/graph?number=main&at=2026-11-23T10:00&busy=alice")
    assert "person_busy" in codes(drawn.json["path"])
    assert (await office("GET", "/graph?number=main&busy=zoe")).codes == {"what_if.busy.0": "unknown_person"}


@pytest.mark.feature("TIME-2")
async def test_closures_of_a_file_are_added_once(box: OfficeBox, office: Api) -> None:
    calendar = (await office("GET", "/calendars")).json["items"][0]
    path = f"/calendars/{calendar['id']}/closures"

    async def bring(data: bytes) -> Any:
        return await office("POST", path, data=data, headers={"Content-Type": "text/calendar"})

    brought = await bring(file_of(SUMMER, STOCKTAKING, MEETING))
    assert (brought.status, brought.json["left_out"]) == (200, 1)
    assert brought.json["added"] >= 3
    kept = (await office("GET", f"/calendars/{calendar['id']}")).json["special_days"]
    assert {day["name"] for day in kept} >= {"Congés d'été", "Inventaire"}
    assert (await bring(file_of(SUMMER, STOCKTAKING))).json["added"] == 0
    version = box.version
    for data, code in ((b"hello", "feed_not_calendar"), (b"x" * 1_200_000, "feed_too_large")):
        refused = await bring(data)
        assert (refused.status, refused.codes) == (422, {"file": code})
    assert box.version == version
    assert (await office("POST", "/calendars/none/closures", data=b"x")).status == 404


@pytest.mark.parametrize("url", ["ftp://example.com/x.ics", "javascript:alert(1)", "https://", "x" * 10_000])
async def test_what_is_no_web_address(office: Api, url: str) -> None:
    calendar = (await office("GET", "/calendars")).json["items"][0]
    refused = await office("PATCH", f"/calendars/{calendar['id']}", {"feeds": [{"url": url}]})
    assert refused.status == 422
    assert set(refused.codes) == {"feeds.0.url"}
