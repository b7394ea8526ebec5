"""Every link of every page leads somewhere."""

from __future__ import annotations

import re
from html import unescape

from tests.support.office_box import OfficeBox

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
FEWEST_OF_AN_ADMINISTRATOR, FEWEST_OF_A_PERSON = 60, 8


async def test_every_link_of_every_page_leads_somewhere(office: OfficeBox, administrator) -> None:
    assert await followed(administrator) >= FEWEST_OF_AN_ADMINISTRATOR
    await administrator.become(next(iter(office.configuration.people)))
    assert await followed(administrator) >= FEWEST_OF_A_PERSON


async def followed(browser) -> int:
    """Follow all links from the overview on; returns how many pages they led to.

    Of addresses that differ only in what is asked for (a day, a place in a list), one is enough.
    """
    found_on = {"/": "the visitor"}
    known, to_read = {"/"}, ["/"]
    while to_read:
        link = to_read.pop()
        async with browser.http.get(browser.base + link) as response:
            assert response.status == 200, f"{link}, a link of {found_on[link]}"
            assert response.url.path != "/sign-in", f"{link}, a link of {found_on[link]}"
            text = await response.text() if response.content_type == "text/html" else ""
        for target in map(unescape, LINK.findall(text)):
            if (place := target.partition("?")[0]) not in known:
                known.add(place)
                found_on[target] = link
                to_read.append(target)
    return len(known)
