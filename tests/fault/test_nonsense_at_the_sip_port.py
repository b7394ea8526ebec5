"""A hundred thousand random, cut and spoilt datagrams at the SIP port: the box answers, and keeps nothing."""

from __future__ import annotations

import asyncio
import random
import socket
import time

from tests.fault.conftest import LoneBox
from tests.interop.office import PASSWORD
from tests.interop.waiting import until
from tests.support.raw_messages import description
from tests.support.raw_sip import RawPhone

DATAGRAMS = 100_000
AT_ONCE = 200
# Up to 20,000 answered requests are remembered for 32 s (RFC 3261 17.2); a leak would be several times that.
MEMORY_ALLOWED = 60 << 20


def samples(address: tuple[str, int]) -> list[bytes]:
    """Messages that are nearly right: what is sent is these, spoilt."""
    common = (
        "Via: SIP/2.0/UDP 127.0.89.202:5060;branch=z9hG4bK{0};rport\r\nMax-Forwards: 70\r\n"
        "From: <sip:mallory@127.0.0.1>;tag={0}\r\nTo: <sip:101@127.0.0.1>\r\nCall-ID: {0}\r\n"
    )
    body = description().decode()
    kind = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
    invite = f"Contact: <sip:m@127.0.89.202>\r\n{kind}{body}"
    proof = (
        'Authorization: Digest username="101", realm="autocom", nonce="00", uri="sip:x", response="00"\r\n'
    )
    texts = [
        "INVITE sip:101@{1} SIP/2.0\r\n" + common + "CSeq: 1 INVITE\r\n" + invite.replace("{", "{{"),
        "REGISTER sip:{1} SIP/2.0\r\n"
        + common
        + "CSeq: 1 REGISTER\r\n"
        + proof
        + "Content-Length: 0\r\n\r\n",
        "OPTIONS sip:{1} SIP/2.0\r\n" + common + "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        "BYE sip:101@{1} SIP/2.0\r\n" + common + "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
        "SIP/2.0 200 OK\r\n" + common + "CSeq: 1 INVITE\r\n" + invite.replace("{", "{{"),
    ]
    return [text.format("nonsense", f"{address[0]}:{address[1]}").encode() for text in texts]


def spoilt(chance: random.Random, good: list[bytes]) -> bytes:
    """A datagram that is random, cut, or has some octets changed, doubled or taken out."""
    kind = chance.random()
    if kind < 0.2:
        return chance.randbytes(chance.randrange(1, 400))
    data = bytearray(chance.choice(good).replace(b"nonsense", b"%08x" % chance.getrandbits(32)))
    if kind < 0.5:
        return bytes(data[: chance.randrange(len(data))])
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data))
        if kind < 0.8:
            data[place] = chance.getrandbits(8)
        elif kind < 0.9:
            data[place:place] = data[place : place + chance.randrange(40)]
        else:
            del data[place : place + chance.randrange(20)]
            data = data or bytearray(b"x")
    return bytes(data)


def pour(lone: LoneBox, count: int, seed: int) -> int:
    """Send them, no faster than the box reads: after each handful its answer to an OPTIONS is awaited."""
    chance = random.Random(seed)
    good = samples(lone.address)
    answers = 0
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
    ):
        out.bind(("127.0.89.202", 0))
        ear.bind(("127.0.89.203", 0))
        ear.settimeout(0.5)
        for number in range(count // AT_ONCE):
            for _ in range(AT_ONCE):
                out.sendto(spoilt(chance, good), lone.address)
            deadline = time.monotonic() + 10
            name = b"are-you-there-%d-%07d" % (seed, number)
            while True:
                ear.sendto(good[2].replace(b"nonsense", name), lone.address)
                try:
                    answer = ear.recv(4096)
                except TimeoutError:
                    assert time.monotonic() < deadline, f"no answer after {number * AT_ONCE} datagrams"
                    continue
                if name in answer:
                    answers += 1
                    break
    return answers


# The box's own tasks, and the one that answers how many there are.
AT_REST = 8


def slowed_answers_given(lone: LoneBox) -> dict[str, int]:
    """What the box holds once the last wrong password has had its answer."""
    until(lambda: lone.resources()["tasks"] <= AT_REST, "no slowed answer left", 60, every=0.5)
    return lone.wait_quiet()


async def test_the_box_answers_on_and_keeps_nothing(lone: LoneBox) -> None:
    # With a phone registered from there the nonsense is read to the end: any other address is soon shut out.
    neighbour = await RawPhone.open(lone.address, "101", PASSWORD, host="127.0.89.202")
    assert (await neighbour.register(3600)).status == 200
    await asyncio.to_thread(pour, lone, DATAGRAMS // 10, 1)
    before = await asyncio.to_thread(slowed_answers_given, lone)
    started = time.monotonic()
    answers = await asyncio.to_thread(pour, lone, DATAGRAMS, 2)
    print(f"{DATAGRAMS} datagrams in {time.monotonic() - started:.1f} s")
    assert answers == DATAGRAMS // AT_ONCE
    call, heard = await lone.conversation()
    await call.hang_up()
    await heard.hung_up()
    after = await asyncio.to_thread(slowed_answers_given, lone)
    print(f"before: {before}; after: {after}")
    # A job of the clock may be at work at either moment; a leak would be thousands.
    assert after["tasks"] <= before["tasks"] + 4
    assert after["file_descriptors"] <= before["file_descriptors"] + 4
    assert after["memory_bytes"] - before["memory_bytes"] < MEMORY_ALLOWED
    assert "Traceback" not in lone.log()
    assert PASSWORD not in lone.log()
    stranger = await RawPhone.open(lone.address)
    assert (await stranger.ask("OPTIONS")).status == 200
    stranger.close()
    neighbour.close()
