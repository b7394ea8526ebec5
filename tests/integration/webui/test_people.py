"""A person's page: their day, forwards, what callers meet; errors at the field."""

from __future__ import annotations

import pytest

from appliance.routing.world import DayState
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox


@pytest.mark.feature("STAT-1")
async def test_a_day_is_set_from_the_page_without_scripts(administrator: Browser, office: OfficeBox) -> None:
    person = list(office.configuration.people)[-1]
    page = await administrator.get(f"/people/{person}")
    assert 'class="day-buttons"' not in page.text
    await administrator.submit(page, working_day="on", do="save")
    assert office.configuration.people[person].working_day
    page = await administrator.get(f"/people/{person}")
    assert "Commencer la journée" in page.text and "Faire une pause" not in page.text
    back = f"/people/{person}"
    page = await administrator.post(f"/people/{person}/day", state="started", back=back)
    assert page.path == back and "Faire une pause" in page.text
    assert office.days == {person: DayState.STARTED}
    page = await administrator.post(f"/people/{person}/day", state="on_break", back="//elsewhere.example")
    assert page.path == "/", "never to another site"
    assert "en pause" in page.text
