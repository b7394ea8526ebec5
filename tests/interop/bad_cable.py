"""A cable of the test network that loses some of what passes: every frame goes by a thread of the test."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from collections.abc import Iterator
from functools import partial
from random import Random

from tests.interop.network import Host, NamespacesRefused, Network

# linux/if_packet.h: frames come with the header that says which checksums are still to be made.
_SOL_PACKET, _PACKET_VNET_HDR, _PACKET_IGNORE_OUTGOING = 263, 15, 23
_HEADER = 10
_EVERY_PROTOCOL = 0x0003
_LARGEST_FRAME = 70_000


class BadCable:
    """Loses the share `loss` of the UDP datagrams over IPv4, in each direction; all else passes.

    `passed` and `lost` count the datagrams by direction: from the host, and to it.
    """

    def __init__(self, ends: tuple[socket.socket, socket.socket], loss: float, seed: int) -> None:
        self.loss = loss
        self.passed, self.lost = [0, 0], [0, 0]
        self._ends = ends
        self._chance = Random(seed)
        self._wake, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.close(self._stop)
        self._thread.join()
        os.close(self._wake)
        for end in self._ends:
            end.close()

    def _carry(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._wake, selectors.EVENT_READ)
            for way, end in enumerate(self._ends):
                ready.register(end, selectors.EVENT_READ, way)
            while True:
                for key, _ in ready.select():
                    if key.data is None:
                        return
                    self._pass_on(key.data)

    def _pass_on(self, way: int) -> None:
        frame = self._ends[way].recv(_LARGEST_FRAME)
        if _is_datagram(frame[_HEADER:]):
            if self._chance.random() < self.loss:
                self.lost[way] += 1
                return
            self.passed[way] += 1
        # The other end may be gone for a moment: that is a frame lost, too.
        with contextlib.suppress(OSError):
            self._ends[1 - way].send(frame)


def _is_datagram(frame: bytes) -> bool:
    return frame[12:14] == b"\x08\x00" and frame[23:24] == b"\x11"


@contextlib.contextmanager
def bad_cable(network: Network, host: Host, *, loss: float, seed: int = 1) -> Iterator[BadCable]:
    """A bad cable between a host and the switch; the host is left without one at the end of the block.

    Raises NamespacesRefused where the network is on loopback.
    """
    if host.namespace is None:
        raise NamespacesRefused("loopback has no cable")
    here, there = (network.on_switch(partial(_end, plug)) for plug in network.cut_open(host))
    cable = BadCable((here, there), loss, seed)
    try:
        yield cable
    finally:
        cable.close()


def _end(plug: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
    end.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
    end.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    end.bind((plug, _EVERY_PROTOCOL))
    return end
