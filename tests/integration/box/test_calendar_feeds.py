"""Calendars elsewhere: read, kept over a lost internet, refused, too slow, too large."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.runtime import feeds as room
from tests.support.calendar_files import MEETING, STOCKTAKING, file_of

pytestmark = pytest.mark.feature("TIME-2")


class Elsewhere:
    """A web site that gives a calendar, or what a test wants."""

    def __init__(self) -> None:
        self.status, self.body = 200, file_of(STOCKTAKING, MEETING)
        self.server = TestServer(self._application())

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/closures.ics", self._give)
        application.router.add_get("/moved.ics", self._moved)
        return application

    async def _give(self, request: web.Request) -> web.Response:
        return web.Response(status=self.status, body=self.body, content_type="text/calendar")

    async def _moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/closures.ics")

    def url(self, path: str = "/closures.ics") -> str:
        return str(self.server.make_url(path))


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    made = Elsewhere()
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_a_calendar_is_read_and_what_it_said_outlives_the_internet(running, elsewhere) -> None:
    made = await running.ask(
        "POST", "/calendars", {"name": "Atelier", "feeds": [{"url": elsewhere.url("/moved.ics")}]}
    )
    path = f"/calendars/{made['id']}"

    async def state() -> dict:
        await running.ask("POST", f"{path}/feeds/refresh")
        return (await running.ask("GET", f"{path}/feeds"))["items"][0]

    told = await state()
    assert (told["error"], told["days"], told["left_out"]) == ("", 2, 1)
    days = (await running.ask("GET", path))["feeds"][0]["days"]
    assert {day["name"] for day in days} == {"Inventaire"}
    version = running.box.version
    await state()
    assert running.box.version == version, "nothing new is not saved again"

    for status, body, code in (
        (404, b"", "feed_refused"),
        (200, b"<html>no calendar</html>", "feed_not_calendar"),
        (200, b"x" * (1024 * 1024 + 1), "feed_too_large"),
    ):
        elsewhere.status, elsewhere.body = status, body
        told = await state()
        assert (told["error"], told["days"]) == (code, 2), "what it said before holds"
    await elsewhere.server.close()
    told = await state()
    assert (told["error"], told["days"]) == ("feed_unreachable", 2)
    assert running.box.version == version

    await running.stop()
    await running.start()
    assert len((await running.ask("GET", path))["feeds"][0]["days"]) == 2


async def test_a_site_that_does_not_answer_is_given_up(elsewhere, monkeypatch) -> None:
    with pytest.raises(room.FeedError) as refused:
        await room.fetch(elsewhere.url(), patience=0.000001)
    assert refused.value.code == "feed_too_slow"
    with pytest.raises(room.FeedError) as refused:
        await room.fetch("https://127.0.0.1:9/none.ics", patience=5)
    assert refused.value.code == "feed_unreachable"


async def test_closures_decide_the_hours(running, elsewhere) -> None:
    feeds = [{"url": elsewhere.url(), "state": "holiday"}]
    made = await running.ask("POST", "/calendars", {"name": "Atelier", "feeds": feeds})
    await running.ask("POST", f"/calendars/{made['id']}/feeds/refresh")
    (hours,) = [each for each in running.box.plan.hours if each.calendar.id == made["id"]]
    (day,) = [
        day.first for day in hours.calendar.feeds[0].days if day.first.year == running.box.now().year + 1
    ]
    assert (hours.day(day).state, hours.day(day).name) == ("holiday", "Inventaire")
