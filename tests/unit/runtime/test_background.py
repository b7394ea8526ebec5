"""Work beside the calls: counted, logged when it fails, ended with the box."""

import asyncio
import logging

from appliance.runtime.background import Background


async def test_work_is_counted_until_it_ends():
    background = Background()
    done = asyncio.Event()
    background.start(done.wait(), "waiting")
    assert len(background) == 1
    done.set()
    await background.finish(1)
    assert len(background) == 0


async def test_a_failure_is_told_and_harms_no_other(caplog):
    background = Background()
    done = asyncio.Event()

    async def fails() -> None:
        raise ValueError("broken")

    async def works() -> None:
        done.set()

    background.start(fails(), "the one that fails")
    background.start(works(), "the other")
    await background.finish(1)
    assert done.is_set()
    assert "the one that fails failed" in caplog.text and caplog.records[0].levelno == logging.ERROR


async def test_what_is_started_on_the_way_out_is_waited_for():
    background, kept = Background(), []

    async def record() -> None:
        await asyncio.sleep(0)
        kept.append("record")

    async def call() -> None:
        background.start(record(), "record")

    background.start(call(), "call")
    await background.finish(1)
    assert kept == ["record"]


async def test_what_does_not_end_is_cancelled():
    background = Background()
    told = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("cancelled")

    background.start(endless(), "endless")
    await background.finish(0.01)
    assert told == ["cancelled"] and len(background) == 0


async def test_what_is_endless_is_not_waited_for():
    background, never = Background(), asyncio.Event()
    work = background.start(never.wait(), "without end", endless=True)
    await asyncio.wait_for(background.finish(60), 5)
    assert work.cancelled() and len(background) == 0
