"""A name server of the tests that knows one name and its address."""

from __future__ import annotations

import socket
import threading

from tests.interop.network import Host

_A = b"\x00\x01\x00\x01"


class NameServer:
    """Answers A of that name; of any other kind it says that there is none (RFC 1035)."""

    def __init__(self, host: Host, name: str, address: str) -> None:
        self._name = b"".join(bytes([len(word)]) + word.encode() for word in name.split(".")) + b"\0"
        self._address = socket.inet_aton(address)
        self._socket = host.bound_socket(53)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(data), source)
            except OSError:
                return

    def _answer(self, query: bytes) -> bytes:
        question = query[12 : query.index(b"\0", 12) + 5]
        known = question.lower() == self._name + _A
        answer = b"\xc0\x0c" + _A + b"\0\0\0\x01\0\x04" + self._address if known else b""
        counts = b"\0\x01" + (b"\0\x01" if known else b"\0\0") + b"\0\0\0\0"
        return query[:2] + b"\x81\x80" + counts + question + answer
