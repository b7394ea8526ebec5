"""The wall clock jumps between two starts: registrations outlive a jump back, and end with a jump ahead."""

from __future__ import annotations

import asyncio

from tests.fault.conftest import LoneBox
from tests.interop.waiting import until


async def test_a_clock_that_jumps(lone: LoneBox) -> None:
    lone.stop()
    lone.start("2026-11-24T10:00:00+01:00")
    phone = await lone.phone("101")

    def online() -> bool:
        return any(each["online"] for each in lone.state()["phones"])

    assert online()
    await asyncio.to_thread(lone.restart, "2026-11-24T10:05:00+01:00")
    assert online(), "five minutes later"
    await asyncio.to_thread(lone.restart, "2026-11-24T13:00:00+01:00")
    assert not online(), "three hours later it has run out"
    assert (await phone.register()).status == 200
    assert online()
    assert lone.state()["clock_trusted"]
    await asyncio.to_thread(lone.restart, "2025-01-01T00:00:00+01:00")
    assert not lone.state()["clock_trusted"], "a moment before this software was written"
    explained = lone.api.ask("POST", "/explain", {"number_id": "standard"})
    assert "time_unknown" in {place["reason"]["code"] for place in explained["decisions"][0]["trail"]}
    assert (await phone.register()).status == 200
    call, heard = await lone.conversation()
    await call.hang_up()
    await heard.hung_up()
    assert online()
    records = await asyncio.to_thread(
        until, lambda: lone.api.get("/history")["records"], "the call in the history"
    )
    record = records[0]
    assert record["ended_at"] >= record["started_at"]
    phone.close()
