"""The SIP sockets: UDP on raw non-blocking sockets, TCP and TLS listeners and connections."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from appliance.runtime.addresses import LocalAddresses
from appliance.runtime.media.encryption import load_library
from appliance.sip.flow import BROWSER_TRANSPORTS, DEFAULT_PORTS, Flow, Outgoing
from appliance.sip.framing import KEEPALIVE, FramingError, StreamFramer
from appliance.sip.guard import is_local

log = logging.getLogger(__name__)

DATAGRAMS_A_TURN = 64
LARGEST_DATAGRAM = 65536
RECEIVE_BUFFER = 4 << 20
MOST_CONNECTIONS, MOST_OF_ONE = 512, 128
FREE_PORT_TRIES = 20
CONNECT_SECONDS = 4.0
# A TCP peer on the office's network answers at once, or not at all.
NEAR_CONNECT_SECONDS = 1.0
HANDSHAKE_SECONDS = 8.0
UNSENT_LIMIT = 256 * 1024
# Who connects and says nothing for so long keeps a place that a phone may need.
FIRST_WORD_SECONDS = 20.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SecurePeer:
    """Whom we open secure connections to: the name in its certificate (RFC 5922), whether it is checked."""

    name: str
    checked: bool = True

    def context(self) -> ssl.SSLContext:
        """What a connection to it is opened with; reads the system's authorities (blocking)."""
        context = ssl.create_default_context()
        if not self.checked:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class SipSockets:
    """Carries SIP messages between the network and the endpoint.

    `on_message(data, flow)` is called for each datagram or framed message; when it says that the message was
    refused, the connection that it came by is closed. `on_failure(flow)` is called when a flow can no longer
    carry anything. `secure_peers` are those to whom we may open secure connections, by address: to anybody
    else we know no name that a certificate could prove, so that nothing is sent there. `is_ours(host)`:
    whether a phone or a line is there; connections of others give way when there are too many.
    """

    def __init__(
        self,
        addresses: LocalAddresses,
        on_message: Callable[[bytes, Flow], bool],
        on_failure: Callable[[Flow], None],
    ) -> None:
        self.addresses = addresses
        self.on_message = on_message
        self.on_failure = on_failure
        self.port = 0
        self.secure_port = 0
        self.secure_peers: dict[Address, SecurePeer] = {}
        self._udp: dict[int, socket.socket] = {}
        # One for all datagrams: what `recvfrom` returns is cut from as much, and of the cuttings that lie
        # between kept messages the heap grew by 20 MiB.
        self._datagram = memoryview(bytearray(LARGEST_DATAGRAM))
        self._servers: list[asyncio.Server] = []
        self.is_ours: Callable[[str], bool] = lambda host: False
        # Who has been silent for longest comes first.
        self._connections: OrderedDict[int, SipConnection] = OrderedDict()
        self._outbound: dict[tuple[str, Address], SipConnection] = {}
        self._numbers = itertools.count(1)
        self._connecting: set[asyncio.Task[None]] = set()

    async def listen(self, hosts: list[str], port: int) -> None:
        """Open UDP and TCP on every host; port 0 takes a free one, the same for both. Raises OSError."""
        for host in hosts:
            tries = 1 if port else FREE_PORT_TRIES
            while True:
                tries -= 1
                try:
                    port = await self._listen(host, port)
                    break
                except OSError:
                    # The port that was free for UDP is not for TCP.
                    if not tries:
                        raise
            self.port = port

    async def listen_secure(self, hosts: list[str], port: int, context: ssl.SSLContext) -> None:
        """Open TLS on every host; port 0 takes a free one. Raises OSError, and nothing is then open."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            partial(SipConnection, self, "TLS"),
            hosts,
            port,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
            reuse_address=True,
        )
        self._servers.append(server)
        self.secure_port = server.sockets[0].getsockname()[1]

    def serve(self, server: asyncio.Server) -> None:
        """Close that server with the others."""
        self._servers.append(server)

    def listening_port(self, transport: str) -> int:
        """Where we are reached by that transport."""
        return self.secure_port or DEFAULT_PORTS["TLS"] if transport == "TLS" else self.port

    async def _listen(self, host: str, port: int) -> int:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        datagrams = _udp_socket(family, host, port)
        port = datagrams.getsockname()[1]
        try:
            server = await loop.create_server(
                partial(SipConnection, self, "TCP"), host, port, family=family, reuse_address=True
            )
        except OSError:
            datagrams.close()
            raise
        self._servers.append(server)
        self._udp[family] = datagrams
        loop.add_reader(datagrams.fileno(), partial(self._read, datagrams))
        return port

    def _read(self, datagrams: socket.socket) -> None:
        for _ in range(DATAGRAMS_A_TURN):
            try:
                size, source = datagrams.recvfrom_into(self._datagram)
            except BlockingIOError:
                return
            except OSError as error:
                log.debug("UDP receive failed: %s", error)
                continue
            remote = (source[0], source[1])
            self.on_message(bytes(self._datagram[:size]), self.udp_flow(remote))

    def udp_flow(self, remote: Address) -> Flow:
        """The UDP flow between the box and `remote`."""
        return _udp_flow(self.addresses.towards(remote[0]), self.port, remote)

    def send(self, outgoing: Outgoing) -> None:
        """Send one message on its flow; failures come back by `on_failure`."""
        if outgoing.flow.transport == "UDP":
            self._send_datagram(outgoing)
        else:
            self._send_stream(outgoing)

    def _send_datagram(self, outgoing: Outgoing) -> None:
        remote = outgoing.flow.remote
        datagrams = self._udp.get(socket.AF_INET6 if ":" in remote[0] else socket.AF_INET)
        try:
            if datagrams is None:
                raise OSError("no socket of that address family")
            datagrams.sendto(outgoing.data, remote)
        except BlockingIOError:
            log.debug("UDP buffer full, SIP message dropped; it will be sent again by its timer")
        except OSError as error:
            log.info("cannot send SIP to %s:%s: %s", remote[0], remote[1], error)
            asyncio.get_running_loop().call_soon(self.on_failure, outgoing.flow)

    def _send_stream(self, outgoing: Outgoing) -> None:
        flow = outgoing.flow
        connection = self._connections.get(flow.connection or 0) or self._outbound.get(
            (flow.transport, flow.remote)
        )
        if connection is not None:
            connection.write(outgoing.data)
            return
        waiting = SipConnection(self, flow.transport, outbound_flow=flow)
        self._outbound[flow.transport, flow.remote] = waiting
        waiting.write(outgoing.data)
        task = asyncio.get_running_loop().create_task(self._connect(waiting, flow))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, connection: SipConnection, flow: Flow) -> None:
        try:
            async with asyncio.timeout(NEAR_CONNECT_SECONDS if is_local(flow.remote[0]) else CONNECT_SECONDS):
                await self._open(connection, flow)
        except (OSError, TimeoutError) as error:
            log.info("cannot connect SIP over %s to %s:%s: %s", flow.transport, *flow.remote, error)
            self._outbound.pop((flow.transport, flow.remote), None)
            self.on_failure(flow)

    async def _open(self, connection: SipConnection, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        if flow.transport in BROWSER_TRANSPORTS:
            raise ConnectionRefusedError("a browser opens its connection itself")
        if flow.transport != "TLS":
            await loop.create_connection(lambda: connection, *flow.remote)
            return
        peer = self.secure_peers.get(flow.remote)
        if peer is None:
            raise ConnectionRefusedError("a phone opens its secure connection itself")
        context = await asyncio.to_thread(peer.context)
        await loop.create_connection(lambda: connection, *flow.remote, ssl=context, server_hostname=peer.name)

    def opened(self, connection: SipConnection, host: str) -> int:
        """Take a new connection in; returns its number, 0 when there are too many that may not give way."""
        if not self._makes_room(host):
            return 0
        number = next(self._numbers)
        self._connections[number] = connection
        return number

    def _makes_room(self, host: str) -> bool:
        """Whether there is room for one more; strangers who have been silent for longest give way to it."""
        of_host = [each for each in self._connections.values() if each.flow.remote[0] == host]
        if len(of_host) >= MOST_OF_ONE:
            self._let_go(of_host[0])
        elif len(self._connections) >= MOST_CONNECTIONS:
            others = (each for each in self._connections.values() if not self.is_ours(each.flow.remote[0]))
            if (stranger := next(others, None)) is None:
                return False
            self._let_go(stranger)
        return True

    def _let_go(self, connection: SipConnection) -> None:
        del self._connections[connection.number]
        connection.abort()

    def heard(self, connection: SipConnection) -> None:
        """Somebody has said something on a connection."""
        if connection.number in self._connections:
            self._connections.move_to_end(connection.number)

    def closed(self, connection: SipConnection) -> None:
        """Forget a connection and tell the endpoint that its flow is gone."""
        self._connections.pop(connection.number, None)
        key = (connection.flow.transport, connection.flow.remote)
        if self._outbound.get(key) is connection:
            del self._outbound[key]
        self.on_failure(connection.flow)

    @property
    def open_connections(self) -> int:
        """How many TCP, TLS and WebSocket connections are open."""
        return len(self._connections)

    async def close(self) -> None:
        """Close every socket."""
        loop = asyncio.get_running_loop()
        for task in list(self._connecting):
            task.cancel()
        for server in self._servers:
            server.close()
        for connection in list(self._connections.values()):
            connection.abort()
        for datagrams in self._udp.values():
            loop.remove_reader(datagrams.fileno())
            datagrams.close()
        self._udp.clear()


class SipConnection(asyncio.Protocol):
    """One TCP or TLS connection carrying framed SIP messages (RFC 3261 18.3, RFC 5626 3.5.1)."""

    def __init__(self, sockets: SipSockets, transport: str, outbound_flow: Flow | None = None) -> None:
        self._sockets = sockets
        self._framer = StreamFramer()
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._patience: asyncio.TimerHandle | None = None
        self.number = 0
        self.flow = outbound_flow or Flow(transport, ("", 0), ("", 0), None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        local, remote = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        self.number = self._sockets.opened(self, remote[0])
        if not self.number:
            transport.abort()
            return
        name = self.flow.transport
        # Where we are reached, also when this connection was opened from another port.
        here = (local[0], self._sockets.listening_port(name))
        self.flow = Flow(name, here, (remote[0], remote[1]), self.number)
        for data in self._waiting:
            transport.write(data)
        if not self._waiting:
            self._patience = asyncio.get_running_loop().call_later(FIRST_WORD_SECONDS, self.abort)
        self._waiting.clear()
        if name == "TLS":
            # Whose SIP is encrypted has encrypted calls; in a thread, it is there by the first.
            asyncio.get_running_loop().run_in_executor(None, load_library)

    def data_received(self, data: bytes) -> None:
        self._sockets.heard(self)
        try:
            messages = self._framer.feed(data)
        except FramingError as error:
            log.info("SIP connection from %s closed: %s", self.flow.remote[0], error)
            self.abort()
            return
        for message in messages:
            if message is KEEPALIVE:
                self.write(b"\r\n")
            else:
                self._be_patient()
                if not self._sockets.on_message(message, self.flow):
                    self.abort()
                    return

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def write(self, data: bytes) -> None:
        """Send, or keep until the connection stands; a peer that does not read is cut off."""
        if self._transport is None:
            self._waiting.append(data)
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > UNSENT_LIMIT:
            self.abort()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._be_patient()
        self._sockets.closed(self)


@lru_cache(maxsize=1_024)
def _udp_flow(host: str, port: int, remote: Address) -> Flow:
    """A peer's flow, made once: every message names it."""
    return Flow("UDP", (host, port), remote, None)


def _udp_socket(family: int, host: str, port: int) -> socket.socket:
    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    datagrams.setblocking(False)
    datagrams.bind((host, port))
    return datagrams
