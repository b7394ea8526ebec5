"""Large requests go by TCP where the peer takes it (RFC 3261 18.1.1): many routers lose what UDP cuts up."""

from __future__ import annotations

from collections.abc import Callable

from appliance.sip.flow import Address, Flow

# Within 200 octets of what one packet holds on the networks there are.
MOST_OCTETS = 1300
# Who took no connection is not asked for one again for so long.
DEAF_SECONDS = 3600.0
MOST_DEAF = 1000


class LargeRequests:
    """Chooses the flow of requests that would go by UDP.

    `tcp_address` tells where that peer may be reached by TCP, None for nowhere; `tcp_flow` makes the flow
    to an address; `now` is in seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float], tcp_flow: Callable[[str, int], Flow]) -> None:
        self.tcp_address: Callable[[Address], Address | None] = lambda address: address
        self._now = now
        self._tcp_flow = tcp_flow
        self._deaf: dict[Address, float] = {}

    def choose(self, flow: Flow, size: int) -> Flow:
        """The flow for a request of so many octets."""
        if size <= MOST_OCTETS:
            return flow
        address = self.tcp_address(flow.remote)
        if address is None or self._deaf.get(address, 0.0) > self._now():
            return flow
        return self._tcp_flow(*address)

    def failed(self, flow: Flow) -> None:
        """A flow carries nothing: if it could not even be opened, the peer takes no TCP."""
        if flow.transport == "TCP" and flow.connection is None:
            if len(self._deaf) >= MOST_DEAF:
                self._deaf.clear()
            self._deaf[flow.remote] = self._now() + DEAF_SECONDS
