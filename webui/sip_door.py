"""The door of browser phones: SIP over WebSocket (RFC 7118) at /sip, handed on to the telephone process.

Each browser has a connection of its own to the telephone process's Unix socket for it, `sip.sock` beside the
API's: frames of four octets of length and what they hold. The first says who is there, the others are SIP.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

PROTOCOL = "sip"
SOCKET_NAME = "sip.sock"
LENGTH_BYTES = 4
LARGEST_MESSAGE = 65536
# Browsers answer these by themselves: one that is gone without a word is noticed.
PING_SECONDS = 30.0

SIP_SOCKET: web.AppKey[Path] = web.AppKey("sip_socket", Path)
SPEAKING: web.AppKey[set[web.WebSocketResponse]] = web.AppKey("speaking", set)


def open_sip_door(app: web.Application, control_socket: Path) -> None:
    """Serve browser phones on this application."""
    app[SIP_SOCKET] = control_socket.with_name(SOCKET_NAME)
    app[SPEAKING] = set()
    app.router.add_get("/sip", sip)
    app.on_shutdown.append(_say_good_bye)


async def _say_good_bye(app: web.Application) -> None:
    speaking = app[SPEAKING]
    for socket in tuple(speaking):
        await socket.close(code=WSCloseCode.GOING_AWAY)


async def sip(request: web.Request) -> web.StreamResponse:
    """One browser phone, until either side goes.

    403 for a page of another site: browsers always name the page's, and a page that somebody was lured to
    must not try passwords from inside the office. 400 without the subprotocol `sip` (RFC 7118 4.1).
    """
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="A page of another site may not phone from here\n")
    socket = web.WebSocketResponse(
        protocols=(PROTOCOL,), heartbeat=PING_SECONDS, max_msg_size=LARGEST_MESSAGE, compress=False
    )
    if PROTOCOL not in _offered(request) or not socket.can_prepare(request):
        raise web.HTTPBadRequest(text="This is for telephones: a WebSocket that speaks `sip`\n")
    try:
        reader, writer = await asyncio.open_unix_connection(str(request.app[SIP_SOCKET]))
    except OSError:
        raise web.HTTPServiceUnavailable(text="The phone system is restarting\n") from None
    request.app[SPEAKING].add(socket)
    try:
        writer.write(_frame(_introduction(request)))
        await socket.prepare(request)
        await _pass_both_ways(socket, reader, writer)
    finally:
        request.app[SPEAKING].discard(socket)
        writer.close()
    return socket


def _offered(request: web.Request) -> list[str]:
    return [word.strip() for word in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]


def is_secure(request: web.Request) -> bool:
    """Whether the browser came by TLS; a proxy in front of us says so in X-Forwarded-Proto."""
    return request.secure or request.headers.get("X-Forwarded-Proto") == "https"


def address(request: web.Request) -> str:
    """The WebSocket address of this door, as seen from whoever asks: wss://box.example/sip."""
    return f"{'wss' if is_secure(request) else 'ws'}://{request.host}/sip"


def _introduction(request: web.Request) -> bytes:
    """Who is there."""
    assert request.transport is not None
    remote, local = (request.transport.get_extra_info(name) for name in ("peername", "sockname"))
    told = {"transport": "WSS" if is_secure(request) else "WS", "remote": remote[:2], "local": local[:2]}
    return json.dumps(told).encode()


def _frame(data: bytes) -> bytes:
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


async def _pass_both_ways(
    socket: web.WebSocketResponse, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    async def to_browser() -> None:
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
                await _send(socket, await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    passing = asyncio.create_task(to_browser())
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                writer.write(_frame(message.data.encode()))
            elif message.type is WSMsgType.BINARY:
                writer.write(_frame(message.data))
            await writer.drain()
    except ConnectionError:
        # The telephone process is gone; the browser is told by the close and comes back.
        await socket.close(code=WSCloseCode.GOING_AWAY)
    finally:
        passing.cancel()


async def _send(socket: web.WebSocketResponse, data: bytes) -> None:
    try:
        await socket.send_str(data.decode())
    except UnicodeDecodeError:
        await socket.send_bytes(data)
