"""Subscriptions and files of closures on the page of opening hours."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from appliance.control.live import FeedState
from tests.integration.webui.conftest import Browser
from tests.support.calendar_files import SUMMER, file_of
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("TIME-2")
URL = "https://example.com/closures.ics"


async def test_a_subscription_is_added_read_and_tells_its_fault(
    administrator: Browser, office: OfficeBox
) -> None:
    (calendar_id,) = office.configuration.calendars
    path = f"/opening-hours/{calendar_id}"
    page = await administrator.get(path)
    page = await administrator.submit(page, do="add:feeds")
    wrong = await administrator.submit(page, path=path, feeds__0__url="nowhere")
    assert wrong.status == 422
    assert "Écrivez une adresse web" in wrong.text
    saved = await administrator.submit(wrong, path=path, feeds__0__url=URL)
    assert saved.status == 200
    assert [feed.url for feed in office.configuration.calendars[calendar_id].feeds] == [URL]
    assert office.feeds.refreshed == [calendar_id]
    office.feeds.told = (FeedState(url=URL, checked_at=office.epoch(), error="feed_unreachable", days=4),)
    page = await administrator.get(path)
    assert "injoignable" in page.text
    assert "4 fermetures" in page.text


async def test_a_file_is_brought(administrator: Browser, office: OfficeBox) -> None:
    (calendar_id,) = office.configuration.calendars
    before = len(office.configuration.calendars[calendar_id].special_days)

    async def bring(data: bytes) -> tuple[int, str]:
        form = FormData()
        form.add_field("file", data, filename="fermetures.ics", content_type="text/calendar")
        url = f"{administrator.base}/opening-hours/{calendar_id}/import"
        async with administrator.http.post(url, data=form, headers={"Origin": administrator.base}) as answer:
            return answer.status, await answer.text()

    status, text = await bring(file_of(SUMMER))
    assert status == 200
    assert "Congés d&#39;été" in text
    assert len(office.configuration.calendars[calendar_id].special_days) == before + 1
    status, text = await bring(b"no calendar")
    assert status == 422
    assert "pas un fichier de calendrier" in text
