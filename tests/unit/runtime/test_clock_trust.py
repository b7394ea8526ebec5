"""When the wall clock is trusted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.runtime.clock import Clock
from appliance.runtime.clock_trust import ClockTrust, Timekeeping, timekeeping

PLAIN_BOARD = Timekeeping(synchronised=False, keeps_time_without_power=False, boot_id="first")
WITH_BATTERY = replace(PLAIN_BOARD, keeps_time_without_power=True)
SYNCHRONISED = replace(PLAIN_BOARD, synchronised=True)

pytestmark = pytest.mark.feature("TIME-7")


class HandClock(Clock):
    """A system's clock that stands where a test sets it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.at = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

    def epoch(self) -> float:
        return self.at


def test_a_board_without_battery_waits_for_network_time(tmp_path: Path) -> None:
    told = [PLAIN_BOARD]
    trust = ClockTrust(tmp_path, HandClock("2026-11-24T10:00"), lambda: told[0])
    assert not trust.trusted
    assert not trust.look(), "nothing has changed"
    told[0] = SYNCHRONISED
    assert trust.look()
    assert trust.trusted
    told[0] = PLAIN_BOARD
    assert not trust.look(), "the network may go: this board has known the time since it started"
    trust.keep()
    again = ClockTrust(tmp_path, HandClock("2026-11-24T10:05"), lambda: PLAIN_BOARD)
    assert again.trusted, "the process has restarted, not the board"
    after_cut = ClockTrust(
        tmp_path, HandClock("2026-11-24T10:05"), lambda: replace(PLAIN_BOARD, boot_id="second")
    )
    assert not after_cut.trusted


def test_a_clock_that_shows_what_is_past_is_not_trusted(tmp_path: Path) -> None:
    ClockTrust(tmp_path, HandClock("2026-11-24T10:00"), lambda: WITH_BATTERY).keep()
    second = replace(WITH_BATTERY, boot_id="second")
    assert not ClockTrust(tmp_path, HandClock("2026-11-24T08:00"), lambda: second).trusted
    assert ClockTrust(tmp_path, HandClock("2026-11-24T09:59"), lambda: second).trusted
    assert not ClockTrust(tmp_path, HandClock("1970-01-01T00:10"), lambda: SYNCHRONISED).trusted


def test_somebody_may_say_that_the_time_is_right(tmp_path: Path) -> None:
    trust = ClockTrust(tmp_path, HandClock("2026-11-24T10:00"), lambda: PLAIN_BOARD)
    trust.vouch()
    assert trust.trusted
    trust.keep()
    assert ClockTrust(tmp_path, HandClock("2026-11-24T10:09"), lambda: PLAIN_BOARD).trusted


def test_nothing_is_kept_of_a_wrong_clock_and_a_damaged_file_is_none(tmp_path: Path) -> None:
    ClockTrust(tmp_path, HandClock("2026-11-24T10:00"), lambda: PLAIN_BOARD).keep()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "clock.json").write_bytes(b'{"last_seen": "never"')
    assert ClockTrust(tmp_path, HandClock("2026-11-24T10:00"), lambda: WITH_BATTERY).trusted


def test_the_system_is_asked() -> None:
    told = timekeeping()
    assert told.synchronised in (True, False, None)
