"""The messages of RFC 4475 and realistic ones, thrown at a whole box by UDP and by TCP."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.raw_sip import RawPhone

MESSAGES = sorted((Path(__file__).parents[2] / "data" / "sip-messages").rglob("*.dat"))


async def test_no_message_stops_the_box_or_stays_in_it(running, phone, caplog):
    stranger = await phone("mallory", register=False)
    stranger.datagram_received = lambda data, source: None  # what they are answered is proven elsewhere
    asking = await RawPhone.open(running.server)
    assert len(MESSAGES) > 40
    for path in MESSAGES:
        stranger.send(path.read_bytes())
        assert (await asking.ask("OPTIONS")).status == 200, path.name
    for path in MESSAGES:
        _, writer = await asyncio.open_connection(*running.server)
        writer.write(path.read_bytes())
        await writer.drain()
        writer.close()
        assert (await asking.ask("OPTIONS")).status == 200, path.name
    asking.close()
    assert not [record for record in caplog.records if record.exc_info], caplog.text
    await running.at_rest()
