"""The settings file is damaged by hand: the box starts with the last good one, and says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault.conftest import LoneBox


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def nonsense(file: Path) -> None:
    file.write_bytes(b"\0\xff" * 500)


def wrong_word(file: Path) -> None:
    file.write_text(file.read_text().replace('"102"', '"one hundred and two"'))


@pytest.mark.parametrize("damage", [cut_short, empty, nonsense, wrong_word])
async def test_the_last_good_settings_are_used_and_the_pages_told(
    lone: LoneBox, damage: Callable[[Path], None]
) -> None:
    lone.api.add("calendars", name="Le dernier")
    lone.stop()
    damage(lone.folder / "settings.json")
    lone.start()
    codes = {warning["code"] for warning in lone.state()["warnings"]}
    assert codes & {"settings_unreadable", "settings_invalid"}
    assert "Le dernier" in {each["name"] for each in lone.api.items("/calendars")}
    call, heard = await lone.conversation()
    await call.hang_up()
    await heard.hung_up()
    lone.api.add("calendars", name="Après")
    lone.restart()
    assert not {warning["code"] for warning in lone.state()["warnings"]} & {
        "settings_unreadable",
        "settings_invalid",
    }
    assert "Après" in {each["name"] for each in lone.api.items("/calendars")}
