"""Symmetric RTP (RFC 4961) that cannot be stolen: which sources are heard, and where to send.

The far end is heard from the address and port it negotiated. A far end behind a NAT sends from the same
host (or from the host its signalling comes from) with another port: the first such source is locked onto,
once for each agreement, and answered there. Anyone else is a stranger: never heard, never sent to (the "RTP
bleed" attacks).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from appliance.media.addresses import canonical, ip_address

# (host, port), longer under IPv6.
Address = tuple[Any, ...]


class Latch:
    """The source of one stream. `target` is where to send; None while it is unknown.

    `ours` are addresses of our own, which are never a far end: two of our ports that took each other for
    one would send the same packets round for ever. Sources are given as the socket names them, with scope
    and flow label under IPv6, and `target` is one of them once the far end was heard. `strangers` counts
    what was refused.
    """

    __slots__ = ("_heard", "_hosts", "_left", "_negotiated", "_ours", "locked", "strangers", "target")

    def __init__(self, ours: Container[Address] = ()) -> None:
        self._ours = ours
        self.target: Address | None = None
        self.locked: Address | None = None
        self.strangers = 0
        self._heard: Address | None = None
        self._negotiated: Address | None = None
        self._hosts: frozenset[str] = frozenset()
        self._left: frozenset[Address] = frozenset()

    def negotiated(self, host: str, port: int, signalling_host: str | None = None) -> None:
        """Start again from what was negotiated; the same address as before changes nothing.

        Raises ValueError when a host is not an address.
        """
        address = (canonical(host), port)
        hosts = frozenset({address[0]} | ({canonical(signalling_host)} if signalling_host else set()))
        if address == self._negotiated and hosts == self._hosts:
            return
        # A fork that is not listened to any more may go on sending: it is not to be taken for the next one.
        if self.locked is not None and self.locked == self._negotiated:
            self._left |= {self.locked}
        self._left -= {address}
        self._negotiated = address
        self._hosts = hosts
        self.locked = self._heard = None
        nowhere = port == 0 or ip_address(address[0]).is_unspecified
        self.target = None if nowhere else (host, port)

    def accepts(self, source: Address) -> bool:
        """Whether a packet from `source` belongs to the far end; may lock onto it."""
        return source == self._heard or self._accepts_new(source)

    def _accepts_new(self, source: Address) -> bool:
        plain = (canonical(source[0]), source[1])
        # What was negotiated always wins over what was guessed.
        guessed = self.locked in (None, plain) and plain[0] in self._hosts and plain not in self._left
        if (plain != self._negotiated and not guessed) or plain in self._ours:
            self.strangers += 1
            return False
        self.locked = plain
        self.target = self._heard = source
        return True
