"""Errors are tied to the inputs they are told at, for whoever cannot see where they stand."""

from __future__ import annotations

import re

import pytest

from tests.integration.webui.conftest import Browser

WRONG: dict[str, dict[str, str]] = {
    "/people/new": {"name": "Chloé", "extension": "9"},
    "/lines/new": {"name": "L", "server": "sip.example.net", "trusted_addresses": "nowhere at all"},
    "/outbound": {"alert_emails": "nobody", "limits.night.start": "25:00"},
    "/opening-hours/new": {
        "name": "Atelier",
        "week.monday.0.start": "09:00",
        "week.monday.0.end": "25:00",
        "special_days.0.name": "Congés",
        "special_days.0.first": "2027-02-01",
        "special_days.0.last": "hier",
        "feeds.0.url": "ftp://example.com/x.ics",
    },
    "/menus/new": {"name": "Accueil", "options.0.key": "1", "options.0.name": "n" * 300},
    "/numbers/new": {"name": "N", "number": "abc", "routes.open.steps.0.max_wait": "long"},
    "/mailboxes/new": {"name": "B", "emails": "nobody"},
    "/contacts/new": {"name": "C", "numbers.0": "abc"},
    "/caller-filter/blocked": {"number": "abc"},
    "/call-backs/add": {"number": "abc", "in_minutes": "x"},
}
ERROR = re.compile(r'<small class="error"(?: id="([^"]*)")?')


@pytest.mark.parametrize("path", WRONG)
async def test_every_error_is_tied_to_an_input(administrator: Browser, path: str) -> None:
    page = await administrator.post(path, **WRONG[path])
    assert page.status == 422
    told = [each for each in ERROR.findall(page.text) if each]
    assert told
    for identifier in told:
        tied = re.findall(rf'<[^>]*aria-describedby="[^"]*{re.escape(identifier)}["\s][^>]*>', page.text)
        assert any('aria-invalid="true"' in each for each in tied), identifier
    assert len(set(told)) == len(told), "each has an id of its own"
