"""The echo: a port that hears itself."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from appliance.runtime.media.media_port import MediaPort, Route


class Echo:
    """Sends a port its own packets back until it is closed; a context manager. Digits come back as events."""

    def __init__(self, port: MediaPort) -> None:
        self._port = port
        if port.bridge:
            port.bridge.close()
        self.refresh()

    def refresh(self) -> None:
        """Find the routes again, after a change of the agreement."""
        port = self._port
        routes = {
            number: Route(port.sender, codec.payload_type, codec.clock_rate)
            for number, codec in port.receivable.items()
        }
        agreement = port.agreement
        if agreement is not None and agreement.dtmf_payload_type is not None:
            for number in port.event_types:
                routes[number] = Route(port.sender, agreement.dtmf_payload_type, agreement.codec.clock_rate)
        port.set_routes(routes, self)

    def digit(self, source: MediaPort, digit: str) -> None:
        """Give back a digit that no packet carries."""
        self._port.pass_digit(digit)

    def close(self) -> None:
        """Let the port stand alone again; may be called again."""
        if self._port.bridge is self:
            self._port.set_routes({}, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
