"""What goes on, and what happens next."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.integration.control.conftest import Api
from tests.support.office_box import OfficeBox


async def test_the_state_tells_phones_lines_hours_and_messages(box: OfficeBox, staffed: Api) -> None:
    box.registered = {"desk-of-alice"}
    state = (await staffed("GET", "/state")).json
    online = {phone["phone_id"]: phone["online"] for phone in state["phones"]}
    assert online == {"desk-of-alice": True, "desk-of-bob": False}
    assert [line["state"] for line in state["lines"]] == ["up"]
    assert state["version"] == box.version
    (calendar,) = state["calendars"].values()
    assert calendar["state"] in ("open", "closed", "holiday")
    assert calendar["until"] > state["now"] - 1


class Stream:
    """A reader of an event stream."""

    def __init__(self, content: Any) -> None:
        self._content = content

    async def next(self) -> dict[str, str]:
        """The fields of the next block that is not a comment."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            while True:
                line = (await self._content.readline()).decode().rstrip("\n")
                if not line and ("event" in fields or "retry" in fields):
                    return fields
                name, _, value = line.partition(": ")
                if name:
                    fields[name] = value


def _headers(api: Api, **more: str) -> dict[str, str]:
    return {"X-Autocom-Door": "web", "Authorization": f"Bearer {api.token}", **more}


EVENTS = "http://autocom/api/v1/events"


async def test_events_come_as_they_happen(box: OfficeBox, administrator: Api) -> None:
    async with administrator.http.get(EVENTS, headers=_headers(administrator)) as response:
        assert response.content_type == "text/event-stream"
        stream = Stream(response.content)
        assert "retry" in await stream.next()
        box.events.publish("phone", id="desk")
        told = await stream.next()
        assert (told["event"], json.loads(told["data"])) == ("phone", {"id": "desk"})
        await administrator("POST", "/people", {"name": "Ana", "extension": "101"})
        assert (await stream.next())["event"] == "configuration"


async def test_a_listener_that_left_is_forgotten_at_the_next_event(
    box: OfficeBox, administrator: Api
) -> None:
    async with administrator.http.get(EVENTS, headers=_headers(administrator)) as response:
        await Stream(response.content).next()
        assert box.events.listeners == 1
    for _ in range(200):
        box.events.publish("call", id="one")
        await asyncio.sleep(0.005)
        if not box.events.listeners:
            break
    assert not box.events.listeners


async def test_who_comes_back_is_told_what_was_missed(box: OfficeBox, administrator: Api) -> None:
    box.events.publish("call", id="one")
    seen = box.events.last_id
    box.events.publish("call", id="two")
    headers = _headers(administrator, **{"Last-Event-ID": str(seen)})
    async with administrator.http.get(EVENTS, headers=headers) as response:
        stream = Stream(response.content)
        await stream.next()
        assert json.loads((await stream.next())["data"]) == {"id": "two"}


async def test_streams_end_when_the_box_stops(box: OfficeBox, administrator: Api) -> None:
    async with administrator.http.get(EVENTS, headers=_headers(administrator)) as response:
        await Stream(response.content).next()
        box.events.close()
        async with asyncio.timeout(10):
            assert (await response.content.read()) == b""


async def test_lists_to_choose_from(administrator: Api) -> None:
    countries = (await administrator("GET", "/countries?language=fr")).json["items"]
    france = next(one for one in countries if one["code"] == "FR")
    assert (france["name"], france["calling_code"]) == ("France", 33)
    assert "Europe/Paris" in (await administrator("GET", "/time_zones")).json["items"]
    plain = (await administrator("GET", "/holidays?country=FR&year=2026&language=fr")).json
    alsace = (await administrator("GET", "/holidays?country=FR&year=2026&language=fr&subdivision=57")).json
    days = {one["day"] for one in plain["items"]}
    assert "2026-07-14" in days and "2026-12-26" not in days
    assert "2026-12-26" in {one["day"] for one in alsace["items"]}
    assert (await administrator("GET", "/holidays?year=12")).status == 422
