"""Which of the box's own addresses faces a given peer."""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 2048
FRESH_SECONDS = 30.0


class LocalAddresses:
    """Answers by asking the kernel's routing table, and remembers the answer for half a minute.

    A box bound to one address of its own always answers with that one.
    """

    def __init__(self, monotonic: Callable[[], float], bound: str = "0.0.0.0") -> None:
        self._monotonic = monotonic
        self._bound = bound
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def towards(self, remote: str) -> str:
        """Our address in packets sent to `remote` (an IP address); loopback if no route leads there."""
        if self._bound not in ("0.0.0.0", "::"):
            return self._bound
        known = self._known.get(remote)
        now = self._monotonic()
        if known and now < known[1]:
            return known[0]
        address = _routed_source(remote) or "127.0.0.1"
        self._known[remote] = (address, now + FRESH_SECONDS)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return address


def _routed_source(remote: str) -> str | None:
    family = socket.AF_INET6 if ":" in remote else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing: it only makes the kernel choose a route.
            probe.connect((remote, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return None


def own_addresses() -> tuple[str, ...]:
    """The box's addresses that others on the network may use, the one towards the outside first."""
    found = [address for address in (_routed_source("192.0.2.1"), _routed_source("2001:db8::1")) if address]
    return tuple(address for address in found if not address.startswith("127.") and address != "::1")
