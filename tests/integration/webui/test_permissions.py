"""What new people begin with is given to those who are there already only behind a warning."""

from __future__ import annotations

from html import unescape

import pytest

from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox


@pytest.mark.feature("PERM-1")
async def test_what_everybody_has_chosen_is_replaced_behind_a_warning(
    office: OfficeBox, administrator: Browser
) -> None:
    page = await administrator.get("/permissions")
    before, _, after = unescape(page.text).partition('name="do" value="apply"')
    assert "est perdu" in before.rpartition("<details")[2]
    assert "</details>" in after
    changed = {"defaults__ring_seconds": "33"}
    await administrator.submit(page, **changed, do="save")
    assert {one.ring_seconds for one in office.configuration.people.values()} != {33}
    await administrator.submit(await administrator.get("/permissions"), do="apply")
    assert {one.ring_seconds for one in office.configuration.people.values()} == {33}
