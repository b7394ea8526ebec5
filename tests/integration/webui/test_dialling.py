"""The sheet of what can be dialled: everybody reads it, whoever may change it."""

from __future__ import annotations

import pytest

from appliance.configuration.dialling import ShortNumber
from appliance.configuration.lines import SipTrunk
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox

ANNEX = SipTrunk(
    id="annex",
    name="Annexe de Lyon",
    kind="pbx",
    mode="trusted",
    server="192.0.2.78",
    prefix="*8",
    extensions_there=("300-349", "400"),
)


@pytest.mark.feature("IN-3", "OUT-3", "OUT-11")
async def test_everybody_reads_prefixes_extensions_of_other_systems_and_short_numbers(
    office: OfficeBox, administrator: Browser
) -> None:
    before = office.configuration
    taxi = (ShortNumber(code="55", name="Taxi du coin", number="+33639981234"),)
    outbound = before.outbound.model_copy(update={"short_numbers": taxi})
    after = before.with_record("lines", "annex", ANNEX).with_singleton("outbound", outbound)
    await office.change(after, expected=office.version, who="test")
    await administrator.become(next(iter(before.people)))
    sheet = await administrator.get("/star-codes")
    besides = sheet.text.partition('id="besides"')[2]
    for told in ("*8", "Annexe de Lyon", "300-349", "400", "55", "Taxi du coin", "06 39 98 12 34"):
        assert told in besides, told
    assert "/star-codes/edit" not in sheet.text
    assert (await administrator.get("/api/v1/lines")).status == 403, (
        "the lines' settings stay the administrator's"
    )

    closed = after.with_record("lines", "annex", ANNEX.model_copy(update={"enabled": False}))
    await office.change(closed, expected=office.version, who="test")
    assert "300-349" not in (await administrator.get("/star-codes")).text
