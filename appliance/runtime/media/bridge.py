"""A bridge: two ports joined, each hearing the other."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from appliance.media import g711
from appliance.media.agreement import AudioCodec, MediaAgreement
from appliance.runtime.media.media_port import MediaPort, Route


class Bridge:
    """Relays RTP both ways between two ports until it is closed; a context manager.

    A codec both ends agreed to is passed on untouched under the number the receiver knows it by; the two
    laws of G.711 are turned into each other; anything else is dropped. Digits go on as events, or as tones
    to an end that takes no events. Sessions may change meanwhile, and a port that plays something of its
    own sends that instead. A port that was in another bridge leaves it.
    """

    def __init__(self, first: MediaPort, second: MediaPort) -> None:
        if first is second:
            raise ValueError("a port can't be joined to itself")
        self._ports = (first, second)
        self.closed = False
        for port in self._ports:
            if port.bridge:
                port.bridge.close()
        self.refresh()

    def refresh(self) -> None:
        """Find the routes again, after a change of either end's agreement."""
        if self.closed:
            return
        first, second = self._ports
        first.set_routes(_routes(first, second), self)
        second.set_routes(_routes(second, first), self)

    def digit(self, source: MediaPort, digit: str) -> None:
        """Carry over a digit that no packet carries."""
        first, second = self._ports
        (second if source is first else first).pass_digit(digit)

    def close(self) -> None:
        """Let both ports stand alone again; may be called again."""
        if self.closed:
            return
        self.closed = True
        for port in self._ports:
            if port.bridge is self:
                port.set_routes({}, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _routes(source: MediaPort, target: MediaPort) -> dict[int, Route]:
    agreement = target.agreement
    if agreement is None:
        return {}
    routes: dict[int, Route] = {}
    for payload_type, codec in source.receivable.items():
        route = _route(codec, target, agreement)
        if route:
            routes[payload_type] = route
    if agreement.dtmf_payload_type is not None:
        for payload_type in source.event_types:
            routes[payload_type] = Route(
                target.sender, agreement.dtmf_payload_type, agreement.codec.clock_rate
            )
    return routes


def _route(codec: AudioCodec, target: MediaPort, agreement: MediaAgreement) -> Route | None:
    same = next((other for other in agreement.codecs if other.key == codec.key), None)
    if same:
        return Route(target.sender, same.payload_type, same.clock_rate)
    if codec.is_g711 and agreement.playable:
        other = agreement.playable
        return Route(
            target.sender, other.payload_type, other.clock_rate, g711.conversion(codec.name, other.name)
        )
    return None
