"""A line's page: what it says of the address that the outside sees."""

from __future__ import annotations

from html import unescape

import pytest

from appliance.control.live import LineLive, LineState
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox

SILENT_STUN = {
    "fr": "Le serveur STUN ne répond pas : l'adresse vue de l'extérieur n'est pas connue.",
    "en": "The STUN server does not answer: the address seen from outside is not known.",
}
NOT_SAID = {
    "fr": "L'autre côté n'a pas dit à quelle adresse il voit le boîtier",
    "en": "The other side has not said at which address it sees the box",
}


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_an_address_that_is_not_found_is_said_on_the_page_of_the_line(
    office: OfficeBox, administrator: Browser, language: str
) -> None:
    await administrator.post("/language", language=language, back="/")
    line = next(iter(office.configuration.lines))
    for problem, words in (("stun_silent", SILENT_STUN), ("unseen", NOT_SAID), ("", {})):
        office.lines_down[line] = LineLive(line_id=line, state=LineState.UP, outside_problem=problem)
        shown = unescape((await administrator.get(f"/lines/{line}")).text)
        for told in (SILENT_STUN, NOT_SAID):
            assert (told[language] in shown) is (told is words), (problem, told)


@pytest.mark.feature("NUM-2")
@pytest.mark.parametrize(("language", "button"), [("fr", "Essayer maintenant"), ("en", "Try now")])
async def test_a_line_that_is_down_is_tried_by_a_button(
    office: OfficeBox, administrator: Browser, language: str, button: str
) -> None:
    await administrator.post("/language", language=language, back="/")
    line = next(iter(office.configuration.lines))
    assert button not in (await administrator.get(f"/lines/{line}")).text
    office.lines_down[line] = LineLive(line_id=line, state=LineState.REFUSED, reason="forbidden")
    assert button in (await administrator.get(f"/lines/{line}")).text
    shown = await administrator.post(f"/lines/{line}/try")
    assert office.tried_lines == [line] and shown.status == 200


@pytest.mark.feature("NUM-2")
async def test_a_refused_password_leads_to_where_it_is_typed_and_a_good_one_does_not(
    office: OfficeBox, administrator: Browser
) -> None:
    line = next(iter(office.configuration.lines))
    for reason, leads in (("wrong_password", True), ("no_answer", False)):
        office.lines_down[line] = LineLive(line_id=line, state=LineState.REFUSED, reason=reason)
        shown = (await administrator.get(f"/lines/{line}")).text
        assert ('<a href="#f-user">' in shown) is leads, reason
        assert 'id="f-user"' in shown
