"""Which of the box's own addresses faces a given peer."""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Interface, IPv6Network
from pathlib import Path

from appliance.sip.guard import is_local

REMEMBERED = 2048
FRESH_SECONDS = 30.0
INET6_ADDRESSES = Path("/proc/net/if_inet6")
EVERY_IPV4, EVERY_IPV6 = "0.0.0.0", "::"


class LocalAddresses:
    """Answers by asking the kernel's routing table, and remembers the answer for half a minute.

    A box bound to one address of its own always answers with that one.
    """

    def __init__(self, monotonic: Callable[[], float], bound: str = EVERY_IPV4) -> None:
        self._monotonic = monotonic
        self._bound = bound
        self._networks: tuple[IPv6Network, ...] = ()
        self._networks_until = 0.0
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def towards(self, remote: str) -> str:
        """Our address in packets sent to `remote` (an IP address); loopback if no route leads there."""
        if self._bound not in (EVERY_IPV4, EVERY_IPV6):
            return self._bound
        known = self._known.get(remote)
        now = self._monotonic()
        if known and now < known[1]:
            return known[0]
        address = _routed_source(remote) or ("::1" if ":" in remote else "127.0.0.1")
        self._known[remote] = (address, now + FRESH_SECONDS)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return address

    def is_near(self, remote: str) -> bool:
        """Whether an IP address is of the office's network.

        Private ones are; and since phones on an IPv6 network mostly have public addresses, so are those of a
        network that the box itself has an address in.
        """
        if is_local(remote):
            return True
        if ":" not in remote:
            return False
        if self._monotonic() >= self._networks_until:
            self._networks = tuple(each.network for each in _inet6_interfaces())
            self._networks_until = self._monotonic() + FRESH_SECONDS
        address = IPv6Address(remote.partition("%")[0])
        return any(address in network for network in self._networks)


def _inet6_interfaces() -> list[IPv6Interface]:
    """Every address of the box with its network, less link-local ones and loopback."""
    try:
        lines = INET6_ADDRESSES.read_text("ascii").split("\n")
    except OSError:
        return []
    found = (line.split() for line in lines if line)
    every = [IPv6Interface((int(words[0], 16), int(words[2], 16))) for words in found]
    return [each for each in every if not (each.ip.is_link_local or each.ip.is_loopback)]


def every_address() -> list[str]:
    """What to listen on to be reached by every address: IPv4, and IPv6 where the system has it."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind((EVERY_IPV6, 0))
    except OSError:
        return [EVERY_IPV4]
    return [EVERY_IPV4, EVERY_IPV6]


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
    # A network that leads nowhere has no route outside; its addresses are good within it.
    six = _routed_source("2001:db8::1") or next((str(each.ip) for each in _inet6_interfaces()), None)
    found = [address for address in (_routed_source("192.0.2.1"), six) if address]
    return tuple(address for address in found if not address.startswith("127.") and address != "::1")
