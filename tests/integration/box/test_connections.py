"""TCP connections to the SIP port: cut messages, several at once, keep-alives, nonsense, silence."""

from __future__ import annotations

import asyncio

import pytest

from appliance.configuration.lines import Transport
from appliance.runtime import sip_sockets
from appliance.sip.framing import StreamFramer
from tests.support.raw_messages import RawMessage


def options(number: int) -> bytes:
    return (
        "OPTIONS sip:box SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK-t{0}\r\nMax-Forwards: 70\r\n"
        "From: <sip:x@y>;tag=1\r\nTo: <sip:box>\r\nCall-ID: t{0}\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n"
    ).replace("{0}", str(number)).encode()  # fmt: skip


async def answers(reader: asyncio.StreamReader, count: int) -> list[RawMessage]:
    """The next answers on a connection."""
    framer, found = StreamFramer(), []
    async with asyncio.timeout(5):
        while len(found) < count:
            data = await reader.read(4096)
            assert data, "the box has closed the connection"
            found += [RawMessage(each) for each in framer.feed(data)]
    return found


@pytest.fixture
async def connection(running):
    reader, writer = await asyncio.open_connection(*running.server)
    yield reader, writer
    writer.close()


async def test_a_message_in_pieces_and_three_in_one(connection):
    reader, writer = connection
    for octet in options(1):
        writer.write(bytes([octet]))
        await writer.drain()
    assert [each.status for each in await answers(reader, 1)] == [200]
    writer.write(options(2) + b"\r\n" + options(3) + options(4))
    assert [each.get("call-id") for each in await answers(reader, 3)] == ["t2", "t3", "t4"]


async def test_a_keep_alive_is_answered(connection):
    reader, writer = connection
    writer.write(b"\r\n\r\n")
    async with asyncio.timeout(5):
        assert await reader.readexactly(2) == b"\r\n"


async def test_a_stream_that_cannot_be_framed_is_closed(running, connection):
    reader, writer = connection
    writer.write(b"INVITE sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n")
    async with asyncio.timeout(5):
        while await reader.read(4096):
            continue
    await running.until(lambda: not running.box.driver.sockets.open_connections, "it is forgotten")


async def test_who_connects_and_says_nothing_loses_the_place(running, monkeypatch):
    monkeypatch.setattr(sip_sockets, "FIRST_WORD_SECONDS", 0.2)
    silent, one = await asyncio.open_connection(*running.server)
    speaking, other = await asyncio.open_connection(*running.server)
    other.write(options(1))
    await answers(speaking, 1)
    async with asyncio.timeout(5):
        assert await silent.read() == b""
    other.write(options(2))
    await answers(speaking, 1)
    assert running.box.driver.sockets.open_connections == 1
    one.close()
    other.close()


async def test_too_many_connections_harm_no_phone_on_udp(running, phone, monkeypatch):
    monkeypatch.setattr(sip_sockets, "MOST_CONNECTIONS", 3)
    writers = [(await asyncio.open_connection(*running.server))[1] for _ in range(6)]
    await running.until(lambda: running.box.driver.sockets.open_connections == 3, "three stay")
    assert await phone("101")
    for writer in writers:
        writer.close()


async def test_strangers_connections_give_way_to_those_of_phones(running, phone, monkeypatch):
    monkeypatch.setattr(sip_sockets, "MOST_CONNECTIONS", 4)
    monkeypatch.setattr(running.box.driver.sockets, "is_ours", lambda host: host != "127.0.77.9")
    alice = await phone("101", transport="TCP")
    strangers = []
    for number in range(1, 7):
        reader, writer = await asyncio.open_connection(*running.server, local_addr=("127.0.77.9", 0))
        writer.write(options(number))
        assert (await answers(reader, 1))[0].status == 200
        strangers.append((reader, writer))
    bruno = await phone("102", transport="TCP")
    for reader, _ in strangers[:4]:
        async with asyncio.timeout(5):
            assert await reader.read() == b""
    strangers[5][1].write(options(9))
    assert await answers(strangers[5][0], 1)
    for each in (alice, bruno):
        assert (await each.register()).status == 200
    for _, writer in strangers:
        writer.close()


async def test_one_address_takes_some_of_the_places_at_most(running, monkeypatch):
    monkeypatch.setattr(sip_sockets, "MOST_OF_ONE", 2)
    pairs = [await asyncio.open_connection(*running.server) for _ in range(5)]
    await running.until(lambda: running.box.driver.sockets.open_connections == 2, "the last two stay")
    pairs[-1][1].write(options(1))
    assert await answers(pairs[-1][0], 1)
    for _, writer in pairs:
        writer.close()


async def test_whoever_is_not_to_be_heard_loses_the_connection(running, connection, monkeypatch):
    monkeypatch.setattr(running.box.doors, "is_near", lambda address: False)
    reader, writer = connection
    writer.write(options(1))
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    await running.until(lambda: not running.box.driver.sockets.open_connections, "it is forgotten")


@pytest.mark.feature("NUM-2")
async def test_a_line_registers_anew_when_the_connection_its_calls_come_by_is_gone(running):
    """A provider that closes it, or a router that forgets it, would bring calls to nobody for an hour."""
    registered: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framer = StreamFramer()
        while data := await reader.read(4096):
            for each in framer.feed(data):
                asked = RawMessage(each)
                contact = f"Contact: <{asked.contact}>;expires=3600" if asked.method == "REGISTER" else "X: y"
                lines = ["SIP/2.0 200 OK", *(f"Via: {via}" for via in asked.all("via"))]
                lines += [f"{name}: {asked.get(name.lower())}" for name in ("From", "To", "Call-ID", "CSeq")]
                writer.write("\r\n".join([*lines, contact, "Content-Length: 0", "", ""]).encode())
                if asked.method == "REGISTER":
                    await registered.put(writer)

    server = await asyncio.start_server(serve, "127.0.0.9", 0)
    settings = running.box.configuration
    fields = {"mode": "registered", "user": "acct", "transport": Transport.TCP, "register_seconds": 3600}
    fields["port"] = server.sockets[0].getsockname()[1]
    line = settings.lines["trunk"].model_copy(update=fields)
    await running.set(settings.with_record("lines", "trunk", line))
    async with asyncio.timeout(10):
        first = await registered.get()
        await running.until(lambda: "trunk" in running.box.lines.up(), "the line is up")
        first.close()
        second = await registered.get()
    assert second is not first and "trunk" in running.box.lines.up()
    second.close()
    server.close()
