"""If the box is dead: the guide of a line, as a browser without scripts uses it, in both languages."""

from __future__ import annotations

import pytest

from tests.support.office_box import OfficeBox
from webui.operator_steps import GUIDES
from webui.operators import OPERATORS

pytestmark = pytest.mark.feature("BACKUP-2")


def forward_of(office: OfficeBox) -> str:
    return f"/lines/{next(iter(office.configuration.lines))}/forward"


async def test_the_forward_is_noted_tested_and_judged(office: OfficeBox, administrator) -> None:
    path, line_id = forward_of(office), next(iter(office.configuration.lines))
    office.lines_down.clear()
    overview = await administrator.get("/")
    assert f'href="{path}" data-forward="not_set_up"' in overview.text
    page = await administrator.get(path)
    assert page.status == 200 and 'data-state="not_set_up"' in page.text
    early = await administrator.post(f"{path}/test")
    assert early.status == 409 and "Mettez d'abord le renvoi en place" in early.text.replace("&#39;", "'")
    noted = await administrator.post(path, number="06 39 98 12 34", set_up="on")
    assert noted.path == f"{path}?done=forward" and 'data-state="untested"' in noted.text
    assert 'data-forward="untested"' in (await administrator.get("/")).text

    testing = await administrator.post(f"{path}/test")
    assert 'data-state="testing"' in testing.text and 'hx-trigger="every 2s' in testing.text
    number = next(one for one in office.configuration.numbers.values() if one.line_id == line_id)
    assert number.number.replace("+33", "0") in testing.text.replace(" ", "").replace("\u202f", "")
    office.operator_forwards.turned_away(line_id, "+33639985678")
    assert "06 39 98 56 78" in (await administrator.get(path)).text.replace("\u202f", " ")
    ended = await administrator.post(f"{path}/end")
    assert 'data-state="unjudged"' in ended.text and "every 2s" not in ended.text
    failed = await administrator.post(f"{path}/verdict", works="no")
    assert 'data-state="failed"' in failed.text
    await administrator.post(f"{path}/test")
    worked = await administrator.post(f"{path}/verdict", works="yes")
    assert 'data-state="works"' in worked.text
    assert "data-forward" not in (await administrator.get("/")).text
    await administrator.post(path, number="06 39 98 99 99", set_up="on")
    assert 'data-forward="changed"' in (await administrator.get("/")).text


@pytest.mark.parametrize(
    ("language", "missing", "ours"),
    [
        ("fr", "Indiquez le numéro vers lequel", "est l'un des nôtres"),
        ("en", "Write the number that your operator", "is one of ours"),
    ],
)
async def test_errors_stand_at_the_number_in_both_languages(
    office: OfficeBox, administrator, language: str, missing: str, ours: str
) -> None:
    path = forward_of(office)
    await administrator.post("/language", language=language, back="/")
    page = await administrator.post(path, number="", set_up="on")
    assert page.status == 422 and missing in page.text and 'id="e-number"' in page.text
    own = next(iter(office.configuration.numbers.values())).number
    page = await administrator.post(path, number=own, set_up="on")
    assert (
        page.status == 422 and ours in page.text.replace("&#39;", "'") and 'aria-invalid="true"' in page.text
    )
    page = await administrator.post(path, number="12")
    assert page.status == 422 and 'value="12"' in page.text
    assert office.operator_forwards.of(next(iter(office.configuration.lines))).number is None


async def test_every_operator_has_its_steps_and_who_is_not_known_is_told_so(
    office: OfficeBox, administrator
) -> None:
    line_id, line = next(iter(office.configuration.lines.items()))
    for operator in OPERATORS:
        settings = office.configuration
        settings = settings.with_record("lines", line_id, line.model_copy(update={"operator": operator.id}))
        await office.change(settings, expected=office.version, who="test")
        page = await administrator.get(forward_of(office))
        assert page.status == 200 and operator.name in page.text
        unsure = "Nous ne connaissons pas avec certitude" in page.text
        assert unsure is not (operator.id in GUIDES and GUIDES[operator.id].sure)
    assert {each.id for each in OPERATORS} >= set(GUIDES)


async def test_only_an_administrator_comes_here(office: OfficeBox, administrator) -> None:
    person = next(iter(office.configuration.people))
    await administrator.become(person)
    assert (await administrator.get(forward_of(office))).status == 403
    assert (await administrator.post(f"{forward_of(office)}/test")).status == 403
    assert "data-forward" not in (await administrator.get("/")).text
