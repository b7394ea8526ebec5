"""The SIP port's datagrams: each is its own, however many come after it."""

from __future__ import annotations

import asyncio
import socket
import sys

from appliance.runtime.addresses import LocalAddresses
from appliance.runtime.sip_sockets import LARGEST_DATAGRAM, SipSockets
from appliance.sip.flow import Flow

LARGEST_PAYLOAD = 65_507


async def test_datagrams_are_kept_whole_and_hold_no_more_than_their_octets() -> None:
    sent = [b"L" * LARGEST_PAYLOAD, b"short", b"", b"a little longer", b"M" * 1400]
    got: list[bytes] = []
    all_there = asyncio.Event()

    def received(data: bytes, flow: Flow) -> None:
        got.append(data)
        if len(got) == len(sent):
            all_there.set()

    loop = asyncio.get_running_loop()
    sockets = SipSockets(LocalAddresses(loop.time, "127.0.0.1"), received, lambda flow: None)
    await sockets.listen(["127.0.0.1"], 0)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind(("127.0.0.1", 0))
            for data in sent:
                phone.sendto(data, ("127.0.0.1", sockets.port))
            async with asyncio.timeout(5):
                await all_there.wait()
    finally:
        await sockets.close()
    assert got == sent
    assert max(map(sys.getsizeof, got[1:])) < LARGEST_DATAGRAM // 10
