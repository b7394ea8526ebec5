"""Where a message came from and where one goes: the transport seen from the pure side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Address = tuple[str, int]

DEFAULT_PORTS: dict[str, int] = {"UDP": 5060, "TCP": 5060, "TLS": 5061, "WS": 80, "WSS": 443}
BROWSER_TRANSPORTS = frozenset({"WS", "WSS"})
"""What only the peer can open (RFC 7118): a browser listens nowhere."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A two-way path to one peer (RFC 5626): `local` and `remote` are (IP address, port).

    `transport` is UDP, TCP, TLS, WS or WSS. `connection` numbers the TCP, TLS or WebSocket
    connection; None means UDP, or that a connection to `remote` is to be opened first. IPv6
    addresses carry no brackets.
    """

    transport: str
    local: Address
    remote: Address
    connection: int | None = None

    @property
    def is_reliable(self) -> bool:
        """Whether the transport itself sends again what was lost."""
        return self.transport != "UDP"

    def is_by_way_of(self, other: Flow) -> bool:
        """Whether what is sent here travels on the other: the same, or a connection not yet numbered."""
        if self == other:
            return True
        unnumbered = self.connection is None or other.connection is None
        return (
            unnumbered
            and self.is_reliable
            and (self.transport, self.remote) == (other.transport, other.remote)
        )

    @property
    def uri_transport(self) -> str:
        """The `transport` parameter of a URI on this flow: `ws` for secure WebSockets too (RFC 7118 5.2)."""
        return "ws" if self.transport in BROWSER_TRANSPORTS else self.transport.lower()

    def to(self, remote: Address) -> Flow:
        """The flow of the same transport from the same place to another address, not yet connected."""
        return Flow(self.transport, self.local, remote)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to be sent on a flow."""

    flow: Flow
    data: bytes


ChooseFlow = Callable[[Flow, int], Flow]
"""Picks the flow of a request that would go by UDP: (that flow, size in octets) -> flow to use.

When what was picked cannot be opened, the request goes as it would have. The ACK of a 2xx, which nobody
would send again, is not asked about. The place for RFC 3261 18.1.1: TCP above 1,300 octets.
"""


def keep_flow(flow: Flow, size: int) -> Flow:
    """The default choice: the flow the peer registered or called from, whatever the size."""
    return flow


def bracketed(host: str) -> str:
    """A host as it is written in a message: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def unbracketed(host: str) -> str:
    """A host as sockets want it: IPv6 addresses without brackets."""
    return host[1:-1] if host.startswith("[") else host
