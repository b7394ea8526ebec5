"""The security log: newest first, bounded."""

from __future__ import annotations

from appliance.storage.database import Database
from appliance.storage.security_log import SecurityEvent, SecurityLog


async def test_the_newest_come_first_and_the_oldest_go(database: Database) -> None:
    log = SecurityLog(database, kept=3)
    for number in range(5):
        await log.add(SecurityEvent(float(number), "scanner", f"203.0.113.{number}", "", number + 1))
    assert [event.at for event in await log.list()] == [4.0, 3.0, 2.0]
    assert (await log.list(1))[0] == SecurityEvent(4.0, "scanner", "203.0.113.4", "", 5)
