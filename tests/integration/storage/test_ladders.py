"""Ladders on the disk: read back as written, the oldest calls forgotten."""

from __future__ import annotations

from appliance.storage.database import Database
from appliance.storage.ladders import LadderRow, Ladders

ROWS = [
    LadderRow(1.5, False, "UDP", ("192.0.2.1", 5060), ("192.0.2.7", 5062), "INVITE sip:é SIP/2.0\r\n\r\n"),
    LadderRow(1.6, True, "TLS", ("192.0.2.1", 5061), ("2001:db8::7", 40000), "SIP/2.0 200 OK\r\n\r\n"),
]


async def test_they_come_back_as_they_were(database: Database) -> None:
    ladders = Ladders(database)
    await ladders.add({"c1": ROWS})
    assert await ladders.get("c1") == ROWS
    assert await ladders.get("c2") == []


async def test_only_the_last_calls_are_kept(database: Database) -> None:
    ladders = Ladders(database, calls_kept=3)
    for number in range(5):
        await ladders.add({f"c{number}": ROWS[:1]})
    assert [bool(await ladders.get(f"c{number}")) for number in range(5)] == [False, False, True, True, True]
