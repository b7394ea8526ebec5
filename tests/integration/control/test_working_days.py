"""Working days over the API: who may set whose, and what the live state tells of it."""

from __future__ import annotations

import pytest

from tests.integration.control.conftest import PASSWORD, Api


async def state_of(api: Api, person: str) -> dict[str, object]:
    people = (await api("GET", "/state")).json["people"]
    return next(one for one in people if one["person_id"] == person)


@pytest.mark.feature("STAT-1")
async def test_a_day_is_started_paused_and_ended(staffed: Api) -> None:
    assert (await state_of(staffed, "alice"))["day"] == "started"
    refused = await staffed("PUT", "/people/alice/day", {"state": "ended"})
    assert (refused.status, refused.codes) == (409, {"state": "day_not_used"})
    await staffed("PATCH", "/people/alice", {"working_day": True})
    assert (await state_of(staffed, "alice"))["state"] == "not_started"
    for day, state in (("started", "not_connected"), ("on_break", "on_break"), ("ended", "ended")):
        told = await staffed("PUT", "/people/alice/day", {"state": day})
        assert (told.status, told.json["state"], told.json["day"]) == (200, state, day)
    wrong = await staffed("PUT", "/people/alice/day", {"state": "asleep"})
    assert (wrong.status, wrong.codes) == (422, {"state": "enum"})
    assert (await staffed("PUT", "/people/nobody/day", {"state": "ended"})).status == 404


@pytest.mark.feature("STAT-1", "PERM-1")
async def test_a_person_sets_their_own_day_only(staffed: Api, api: Api) -> None:
    user = {"name": "Alice", "password": PASSWORD, "role": "person", "person_id": "alice"}
    assert (await staffed("POST", "/users", user)).status == 201
    signed_in = await api.as_stranger("POST", "/sessions", {"name": "Alice", "password": PASSWORD})
    alice = api.as_signed_in(signed_in.json["token"])
    await alice("PATCH", "/people/alice", {"working_day": True})
    await staffed("PATCH", "/people/bob", {"working_day": True})
    assert (await alice("PUT", "/people/alice/day", {"state": "on_break"})).status == 200
    assert (await alice("PUT", "/people/bob/day", {"state": "on_break"})).status == 404


@pytest.mark.feature("RING-6", "TIME-5")
async def test_explain_knows_the_day(staffed: Api) -> None:
    await staffed("PATCH", "/people/alice", {"working_day": True})
    question = {"extension": "101", "caller": "102", "what_if": {"all_well": True}}
    at_work = await staffed("POST", "/explain", question)
    assert at_work.json["decisions"][0]["step"]["kind"] == "ring"
    question["what_if"]["days"] = {"alice": "on_break"}
    paused = await staffed("POST", "/explain", question)
    reasons = [place["reason"]["code"] for one in paused.json["decisions"] for place in one["trail"]]
    assert "on_break" in reasons
    assert all(one["step"]["kind"] != "ring" for one in paused.json["decisions"])
