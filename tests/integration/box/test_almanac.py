"""The box's almanac: the package is asked in a program of its own, never by the loop."""

from __future__ import annotations

import asyncio
import sys

import pytest

from appliance.configuration import holiday_package
from appliance.runtime import almanac
from appliance.runtime.almanac import own_almanac
from appliance.storage.almanac import FILE


@pytest.mark.feature("TIME-2")
async def test_a_thread_has_the_answer_of_the_program(tmp_path, monkeypatch) -> None:
    expected = holiday_package.of_year("FR", "974", 2027, "fr")
    asked = own_almanac(tmp_path)
    monkeypatch.setitem(sys.modules, "holidays", None)
    holiday_package.of_year.cache_clear()
    assert await asyncio.to_thread(asked.of_year, "FR", "974", 2027, "fr") == expected
    assert (tmp_path / FILE).exists()
    # What is kept is there for the loop too.
    assert asked.of_year("FR", "974", 2028, "fr")


async def test_the_loop_waits_for_no_program(tmp_path) -> None:
    assert own_almanac(tmp_path).of_year("FR", "", 2026, "fr")
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("program", [("-c", "raise SystemExit(3)"), ("-m", "appliance.no_such_module")])
async def test_a_program_that_fails_costs_no_answer(tmp_path, monkeypatch, program) -> None:
    monkeypatch.setattr(almanac, "PROGRAM", program)
    found = await asyncio.to_thread(own_almanac(tmp_path).of_year, "FR", "", 2026, "fr")
    assert found == holiday_package.of_year("FR", "", 2026, "fr")
