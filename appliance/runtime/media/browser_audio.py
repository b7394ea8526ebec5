"""What stands between a port and a browser: its connectivity checks, its handshake, and then its keys."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from appliance.media.agreement import BrowserTerms
from appliance.media.latch import Address
from appliance.media.srtp_keys import SrtpKeys
from appliance.media.stun import StunError, answer, is_stun, read_check

if TYPE_CHECKING:
    from appliance.runtime.media.dtls import Handshake

MOST_WAYS = 16


class BrowserAudio:
    """The lite end of ICE and the server's end of DTLS on one socket.

    `chosen(address)` is called when the browser uses a way to us or settles on another, `keyed(keys)` once it
    has proved to be the one that the signalling described.
    """

    def __init__(
        self,
        terms: BrowserTerms,
        sock: socket.socket,
        chosen: Callable[[Address], object],
        keyed: Callable[[SrtpKeys], object],
    ) -> None:
        # Loaded with the first browser: an office without any need not keep it in memory.
        from appliance.runtime.media.dtls import Handshake

        self.terms = terms
        self._sock = sock
        self._chosen = chosen
        self._keyed = keyed
        self._ways: set[Address] = set()
        self._way: Address | None = None
        self._handshake: Handshake = Handshake(terms.hash_name, terms.digest, self._send)

    def received(self, packet: bytes, source: Address) -> None:
        """Take a packet that is not RTP; from who has not shown our password nothing but checks is read."""
        if is_stun(packet):
            self._checked(packet, source)
        elif source in self._ways and 20 <= packet[0] <= 63:
            if self._way is None:
                # Browsers begin the handshake on the way that works best, and settle on it a little later.
                self._way = source
                self._chosen(source)
            done = self._handshake.keys is not None
            self._handshake.received(packet)
            if self._handshake.keys is not None and not done:
                self._keyed(self._handshake.keys)

    def tick(self) -> None:
        """To be called about twice a second."""
        self._handshake.tick()

    def _checked(self, packet: bytes, source: Address) -> None:
        try:
            check = read_check(packet, self.terms.ufrag, self.terms.password)
        except StunError:
            return
        if len(self._ways) < MOST_WAYS:
            self._ways.add(source)
        self._send_to(answer(check, (source[0], source[1]), self.terms.password), source)
        if check.nominates and source in self._ways:
            self._way = source
            self._chosen(source)

    def _send(self, datagram: bytes) -> None:
        if self._way is not None:
            self._send_to(datagram, self._way)

    def _send_to(self, datagram: bytes, target: Address) -> None:
        try:
            self._sock.sendto(datagram, target)
        except OSError:
            # Lost, as the network may lose one: checks and flights are sent again.
            pass
