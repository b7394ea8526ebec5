"""Messages out of a byte stream (RFC 3261 18.3), with the keep-alives of RFC 5626 3.5.1."""

from __future__ import annotations

import re

from appliance.sip.parser import MAX_MESSAGE, find_head_end

KEEPALIVE = b"\r\n\r\n"
"""What `feed` returns for a ping; answer it with PONG."""
PONG = b"\r\n"

_CROWD = 64
_LENGTH = re.compile(
    rb"^(?:content-length|l)[ \t]*+:[ \t]*+(?:\r?\n[ \t]++)?([^\r\n]*+)", re.IGNORECASE | re.MULTILINE
)


class FramingError(ValueError):
    """A stream that cannot be cut into messages any more: answer `head`, when there is one, and close."""

    def __init__(self, reason: str, head: bytes = b"") -> None:
        super().__init__(reason)
        self.head = head


class StreamFramer:
    """Cuts one connection's bytes into whole messages. A missing Content-Length means no body.

    Work is linear in what is fed: an unfinished head is never searched twice from its start.
    """

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._searched = 0
        self._wanted = 0
        self._dead = False

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages now complete, and KEEPALIVE for each ping among them (once for a crowd of pings).

        Raises FramingError for a Content-Length that is broken, given twice differently or too
        large, for a head over the limit and for what is no SIP; messages complete before that are
        given first, and the next call raises.
        """
        self._buffer += data
        messages: list[bytes] = []
        try:
            while not self._dead:
                message = self._next()
                if message is None:
                    return messages
                if message:
                    messages.append(message)
            raise FramingError("Stream is broken")
        except FramingError:
            self._dead = True
            if messages:
                return messages
            raise

    @property
    def pending(self) -> int:
        """Octets of an unfinished message kept."""
        return len(self._buffer)

    def _next(self) -> bytes | None:
        """The next message, b"" when only line ends were skipped, None when more is needed."""
        buffer = self._buffer
        if not buffer:
            return None
        if not self._wanted:
            if buffer[0] in b"\r\n":
                return self._line_ends()
            if not self._read_head():
                return None
        if len(buffer) < self._wanted:
            return None
        message = bytes(buffer[: self._wanted])
        del buffer[: self._wanted]
        self._wanted = self._searched = 0
        return message

    def _line_ends(self) -> bytes | None:
        buffer = self._buffer
        if KEEPALIVE.startswith(bytes(buffer[:5])) and len(buffer) < len(KEEPALIVE):
            return None
        ping = buffer.startswith(KEEPALIVE)
        run = len(buffer) - len(buffer.lstrip(b"\r\n"))
        del buffer[: len(KEEPALIVE) if ping and run <= _CROWD else run]
        return KEEPALIVE if ping else b""

    def _read_head(self) -> bool:
        end, body_start = find_head_end(self._buffer, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 2)
            if len(self._buffer) > self._limit:
                raise FramingError("Head too long")
            return False
        head = bytes(self._buffer[:end])
        if b"SIP/" not in head.partition(b"\n")[0].upper():
            raise FramingError("Not SIP")
        self._wanted = body_start + self._content_length(head)
        if self._wanted > self._limit:
            raise FramingError("Message too large", head + b"\r\n")
        return True

    @staticmethod
    def _content_length(head: bytes) -> int:
        lengths = set(_LENGTH.findall(head))
        if not lengths:
            return 0
        text = lengths.pop().strip(b" \t")
        if lengths or not text.isdigit() or len(text) > 10:
            raise FramingError("Bad Content-Length", head + b"\r\n")
        return int(text)
