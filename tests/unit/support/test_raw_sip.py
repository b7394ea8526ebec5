"""The test phone's inbox: what waits on it ends when it is told to."""

import asyncio

from tests.support.raw_messages import RawMessage
from tests.support.raw_sip import Inbox

ANSWER = RawMessage(b"SIP/2.0 200 OK\r\nCall-ID: one\r\nCSeq: 1 REGISTER\r\n\r\n")


async def test_who_waits_is_cancelled_also_when_the_message_comes_at_that_moment():
    inbox = Inbox()

    async def takes_for_ever():
        while True:
            await inbox.take(lambda message: True, "anything", 60)

    taking = asyncio.create_task(takes_for_ever())
    await asyncio.sleep(0)
    inbox.put(ANSWER)
    taking.cancel()
    done, _ = await asyncio.wait([taking], timeout=5)
    assert taking in done and taking.cancelled()
