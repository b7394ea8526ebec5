"""Browser phones: SIP over WebSocket (RFC 7118), which the web process passes on over a Unix socket.

On that socket each browser has a connection of its own, cut into frames: four octets of length, most
significant first, then the frame. The first frame is JSON and says who is there: `transport` (WS or WSS),
`remote` and `local` (each [IP address, port]). Every frame after it is one SIP message, either way.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from appliance.runtime.media.encryption import load_library
from appliance.runtime.sip_sockets import FIRST_WORD_SECONDS, SipConnection, SipSockets
from appliance.sip.flow import BROWSER_TRANSPORTS, Flow
from appliance.sip.framing import KEEPALIVE, PONG, FramingError
from appliance.sip.parser import MAX_MESSAGE
from appliance.sip.webrtc import OwnTerms

log = logging.getLogger(__name__)

LENGTH_BYTES = 4


class FrameReader:
    """Cuts a stream into its frames; raises FramingError for one longer than a SIP message may be."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are whole with these octets."""
        self._buffer += data
        frames: list[bytes] = []
        at = 0
        while len(self._buffer) - at >= LENGTH_BYTES:
            start = at + LENGTH_BYTES
            length = int.from_bytes(self._buffer[at:start], "big")
            if length > MAX_MESSAGE:
                raise FramingError(f"a frame of {length} octets")
            if len(self._buffer) - start < length:
                break
            at = start + length
            frames.append(bytes(self._buffer[start:at]))
        del self._buffer[:at]
        return frames


def frame(data: bytes) -> bytes:
    """One message as it goes over the Unix socket."""
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def introduced(first: bytes) -> Flow:
    """The flow that a first frame describes, not yet numbered. Raises FramingError."""
    try:
        told = json.loads(first)
        transport = told["transport"]
        (remote, remote_port), (local, local_port) = told["remote"], told["local"]
        if transport not in BROWSER_TRANSPORTS:
            raise ValueError(transport)
        here, there = (str(ip_address(host.partition("%")[0])) for host in (local, remote))
        return Flow(transport, (here, int(local_port)), (there, int(remote_port)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FramingError("the first frame does not say who is there") from error


class BrowserConnection(SipConnection):
    """One browser's connection: to the endpoint a flow like any other, from the browser's own address."""

    def __init__(self, sockets: SipSockets) -> None:
        super().__init__(sockets, "WS")
        self._frames = FrameReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._patience = asyncio.get_running_loop().call_later(FIRST_WORD_SECONDS, self.abort)

    def data_received(self, data: bytes) -> None:
        self._sockets.heard(self)
        try:
            for each in self._frames.feed(data):
                if self.number:
                    self._message(each)
                elif not self._enter(introduced(each)):
                    return
        except FramingError as error:
            log.info("a browser's connection from %s closed: %s", self.flow.remote[0] or "nowhere", error)
            self.abort()

    def _enter(self, flow: Flow) -> bool:
        self.number = self._sockets.opened(self, flow.remote[0])
        if not self.number:
            self.abort()
            return False
        self.flow = Flow(flow.transport, flow.local, flow.remote, self.number)
        # In a thread: by its first call it is there.
        asyncio.get_running_loop().run_in_executor(None, _fingerprint)
        return True

    def _message(self, message: bytes) -> None:
        if message == KEEPALIVE:
            self.write(PONG)
            return
        self._be_patient()
        if not self._sockets.on_message(message, self.flow):
            self.abort()

    def write(self, data: bytes) -> None:
        """Send one message; a browser that does not read is cut off."""
        super().write(frame(data))


def browser_terms(flow: Flow, secret: bytes) -> OwnTerms | None:
    """What a leg says of its audio to a browser on that flow, None to any other phone."""
    if flow.transport not in BROWSER_TRANSPORTS:
        return None
    return OwnTerms.of(secret, _fingerprint())


def _fingerprint() -> str:
    """That of our certificate. What makes it is loaded with the first browser, not in every office."""
    from appliance.runtime.media.dtls import identity

    load_library()
    return identity().fingerprint


async def listen_to_browsers(sockets: SipSockets, path: Path) -> None:
    """Take the web process's connections at that path, which nobody else of the machine may open.

    Raises OSError.
    """
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = await asyncio.get_running_loop().create_unix_server(
            partial(BrowserConnection, sockets), str(path)
        )
    finally:
        os.umask(before)
    sockets.serve(server)
