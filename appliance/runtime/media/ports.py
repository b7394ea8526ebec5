"""Pairs of UDP ports for audio: an even one for RTP, the odd one above it for RTCP."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

RECEIVE_BUFFER = 256 * 1024
# Expedited forwarding: what a switch or a router with priorities expects of voice (RFC 4594).
VOICE_TRAFFIC_CLASS = 0xB8


class NoPortsLeft(OSError):
    """Every pair of the range is in use."""


@dataclass(frozen=True, slots=True)
class PortPair:
    """Two bound, non-blocking sockets."""

    rtp: socket.socket
    rtcp: socket.socket

    def close(self) -> None:
        """Give both ports back."""
        self.rtp.close()
        self.rtcp.close()


class PortRange:
    """Hands out the pairs of a range in turn, so that a port just closed rests as long as possible."""

    def __init__(self, first: int, last: int, start: int = 0) -> None:
        first += first % 2
        self._pairs = range(first, last, 2)
        if not self._pairs:
            raise ValueError(f"no pair of ports between {first} and {last}")
        self._next = start % len(self._pairs)

    def open(self, host: str) -> PortPair:
        """Bind the next free pair on that address of ours.

        Raises NoPortsLeft, or another OSError when the address is not ours.
        """
        for _ in self._pairs:
            port = self._pairs[self._next]
            self._next = (self._next + 1) % len(self._pairs)
            pair = _open_pair(host, port)
            if pair:
                return pair
        raise NoPortsLeft(errno.EADDRINUSE, f"all {len(self._pairs)} pairs of ports are in use on {host}")


def _open_pair(host: str, port: int) -> PortPair | None:
    opened: list[socket.socket] = []
    try:
        for number in (port, port + 1):
            opened.append(_bind(host, number))
    except OSError as error:
        for sock in opened:
            sock.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        return None
    return PortPair(*opened)


def _bind(host: str, port: int) -> socket.socket:
    inet6 = ":" in host
    sock = socket.socket(socket.AF_INET6 if inet6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if inet6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, VOICE_TRAFFIC_CLASS)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, VOICE_TRAFFIC_CLASS)
        sock.bind((host, port))
    except BaseException:
        sock.close()
        raise
    return sock
