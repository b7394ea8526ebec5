"""SIP over WebSocket: the web process in front of a whole box, and browsers that speak SIP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.integration.box.offices import PASSWORD
from tests.support.raw_sip import RawPhone
from webui.app import make_app
from webui.client import Client


class RawBrowser(RawPhone):
    """A phone without an address of its own, as RFC 7118 has it."""

    socket: aiohttp.ClientWebSocketResponse
    closed: asyncio.Task[None]
    keep_alives = 0

    async def connect(self, http: aiohttp.ClientSession, url: str) -> None:
        self.socket = await http.ws_connect(url, protocols=("sip",))
        self.address = ("df7jal23ls0d.invalid", 0)
        self.closed = self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            if message.data == "\r\n":
                self.keep_alives += 1
            else:
                self.datagram_received(message.data.encode(), self.server)

    def send(self, data: bytes) -> None:
        self._sending = asyncio.ensure_future(self.socket.send_str(data.decode()))

    @property
    def here(self) -> str:
        return self.address[0]

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.here};transport=ws>"


@pytest.fixture
async def pages(running) -> AsyncIterator[TestServer]:
    """The web process in front of the box."""
    server = TestServer(make_app(Client(str(running.folder / "control.sock"))))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def browser(pages: TestServer) -> AsyncIterator[Callable[..., Awaitable[RawBrowser]]]:
    """Opens browser phones, not registered."""
    async with aiohttp.ClientSession() as http:

        async def connect(user: str, password: str = PASSWORD) -> RawBrowser:
            phone = RawBrowser(user, password, ("autocom.example", 5060), "WS")
            await phone.connect(http, str(pages.make_url("/sip")))
            return phone

        yield connect


async def test_a_browser_registers_and_is_rung_by_its_own_connection(running, browser, phone) -> None:
    one = await browser("101")
    assert (await one.register()).status == 200
    live = next(each for each in running.box.live().phones if each.phone_id == "alice-desk")
    assert [each.transport for each in live.bindings] == ["WS"]
    caller = await phone("102")
    call = caller.call("101")
    await call.invite_authenticated()
    rung = await one.incoming()
    assert rung.invitation is not None and rung.invitation.get("via").startswith("SIP/2.0/WS 127.0.0.1:")
    assert ";transport=ws>" in rung.invitation.get("contact")
    rung.answer(180)
    await call.ringing()
    call.cancel()
    await rung.cancelled()
    assert (await call.refused()).status == 487
    one.closed.cancel()
    await one.socket.close()
    await running.until(lambda: "alice-desk" not in running.box.phones.registered(), "it is gone")


async def test_wrong_passwords_count_for_the_browser_that_sent_them(running, browser, pages) -> None:
    with running.box.events.subscribe(None) as events:
        one = await browser("101", "wrong")
        assert (await one.register()).status == 401
        async with asyncio.timeout(10):
            while (await events.next()).kind != "security":
                continue
    noted = [each.address for each in await running.box.security_log.list()]
    assert noted == ["127.0.0.1"]


async def test_who_asks_for_no_sip_or_comes_from_another_site_is_refused(pages) -> None:
    url = pages.make_url("/sip")
    async with aiohttp.ClientSession() as http:
        async with http.get(url) as answer:
            assert answer.status == 400
        for protocols, origin, status in (
            ((), None, 400),
            (("mqtt",), None, 400),
            (("sip",), "http://evil.example", 403),
            (("sip",), "null", 403),
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(url, protocols=protocols, origin=origin)
            assert refused.value.status == status
        socket = await http.ws_connect(url, protocols=("sip",), origin=str(url.origin()))
        assert socket.protocol == "sip"
        await socket.close()


async def test_keep_alives_are_answered_and_nonsense_harms_nobody(running, browser) -> None:
    one = await browser("101")
    await one.socket.send_str("\r\n\r\n")
    await one.socket.send_bytes(b"\xff\x00 nonsense")
    await one.socket.send_str("")
    assert (await one.register()).status == 200
    assert one.keep_alives == 1


async def test_both_processes_may_go_and_come_back(running, browser, pages) -> None:
    one = await browser("101")
    assert (await one.register()).status == 200
    await running.stop()
    async with asyncio.timeout(10):
        await one.closed
    assert one.socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(pages.make_url("/sip"), protocols=("sip",))
        assert refused.value.status == 503
    await running.start()
    assert "alice-desk" not in running.box.phones.registered()
    again = await browser("101")
    assert (await again.register()).status == 200
    await pages.close()
    await running.until(lambda: "alice-desk" not in running.box.phones.registered(), "it is gone")
