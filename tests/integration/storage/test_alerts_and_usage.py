"""Alerts wait for somebody's eye and for the mail server; counts of calls outside outlive a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.storage.alerts import Alerts
from appliance.storage.database import Database
from appliance.storage.usage import UsageStore


@pytest.mark.feature("OUT-9")
async def test_an_alert_is_kept_until_it_is_seen_and_sent(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite")
    alert = await Alerts(database).add(100.0, "emergency_called", {"who": "Alice (101)"})
    database.close()
    alerts = Alerts(Database(tmp_path / "a.sqlite"))
    assert await alerts.unseen() == [alert] and await alerts.due(100.0) == [alert]
    await alerts.postpone(alert.id, 160.0)
    assert await alerts.due(159.0) == []
    assert [each.attempts for each in await alerts.due(160.0)] == [1]
    await alerts.mark_sent(alert.id)
    await alerts.mark_seen(alert.id, 200.0)
    assert await alerts.due(1e9) == [] and await alerts.unseen() == []
    assert [each.seen_at for each in await alerts.newest()] == [200.0]


@pytest.mark.feature("OUT-10")
async def test_the_counts_of_a_day_outlive_a_restart(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite")
    usage = UsageStore(database)
    await usage.add("alice", "2026-11-24", 1, 0)
    await usage.add("alice", "2026-11-24", 1, 90)
    await usage.add("bruno", "2026-11-25", 1, 5)
    database.close()
    usage = UsageStore(Database(tmp_path / "a.sqlite"))
    assert await usage.of_day("2026-11-24") == {"alice": (2, 90)}
    assert await usage.of_day("2026-11-26") == {}
