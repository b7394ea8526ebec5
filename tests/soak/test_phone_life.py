"""A day of phone life in compressed time: phones register, refresh, watch lamps, talk, hold and transfer.

`./test` runs a short form. AUTOCOM_SOAK=long makes 5,000 calls; AUTOCOM_SOAK_CALLS any other number.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.box import Box
from tests.interop.network import Host
from tests.interop.office import PASSWORD, add_somebody, set_up
from tests.support.raw_messages import RawMessage, assemble, authorization, description
from tests.support.raw_sip import RawCall, RawPhone

NET = f"127.89.{os.getpid() % 250}"
LONG = os.environ.get("AUTOCOM_SOAK") == "long"
CALLS = int(os.environ.get("AUTOCOM_SOAK_CALLS", "5000" if LONG else "600"))
AT_ONCE = 5
TALKERS = [str(number) for number in range(120, 136)]
WATCHERS = [str(number) for number in range(201, 205)]
# Registrations and subscriptions are asked for this long, and refreshed as often as REFRESH_SECONDS.
EXPIRES, REFRESH_SECONDS = 90, 1.0
PATIENCE = 60.0
# A leak of one leg a call would be far more; what the allocator keeps varies by some.
MEMORY_ALLOWED = 25 << 20
ANSWERS = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}

pytestmark = pytest.mark.timeout(7200 if LONG else 900)


class Lamp:
    """One subscription of a phone, and what it was told last."""

    def __init__(self, phone: LampPhone, target: str, package: str) -> None:
        self.phone, self.target, self.package = phone, target, package
        self.call_id = f"lamp-{package}-{target}-{phone.address[1]}"
        self.theirs = f"<sip:{target}@{phone.domain}>"
        self.sequence = 0
        self.told = ""
        self.changed = asyncio.Event()
        phone.lamps[self.call_id] = self

    async def ask(self, expires: int) -> None:
        """Subscribe, refresh, or end."""
        answer = await self._send(expires)
        if answer.status == 401:
            uri = f"sip:{self.target}@{self.phone.domain}"
            proof = authorization(answer, "SUBSCRIBE", uri, self.phone.user, PASSWORD)
            answer = await self._send(expires, proof)
        assert answer.status in (200, 202), answer
        self.theirs = answer.get("to")

    async def _send(self, expires: int, *fields: str) -> RawMessage:
        self.sequence += 1
        sequence = self.sequence
        phone = self.phone
        lines = [
            f"SUBSCRIBE sip:{self.target}@{phone.domain} SIP/2.0",
            phone.via(f"z9hG4bK-{self.call_id}-{sequence}"),
            "Max-Forwards: 70",
            f"From: <sip:{phone.user}@{phone.domain}>;tag=lamp",
            f"To: {self.theirs}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {sequence} SUBSCRIBE",
            f"Contact: {phone.contact}",
            f"Event: {self.package}",
            f"Expires: {expires}",
            *fields,
            "Content-Length: 0",
        ]
        phone.send(assemble(lines))
        return await phone.outside.take(
            lambda m: m.get("call-id") == self.call_id and m.sequence == sequence and m.status >= 200,
            "answer to SUBSCRIBE",
            PATIENCE,
        )

    def notified(self, message: RawMessage) -> None:
        body = message.body.decode()
        states = re.findall(r"<state>([^<]*)</state>", body) or re.findall(r"Messages-Waiting: (\w+)", body)
        self.told = states[0] if states else self.told
        self.changed.set()

    async def shows(self, state: str) -> None:
        """Wait until the lamp shows this."""
        while self.told != state:
            self.changed.clear()
            await self.changed.wait()


class LampPhone(RawPhone):
    """A phone with lamps: takes every NOTIFY and answers it."""

    def __init__(self, user: str, password: str, server: tuple[str, int], transport: str) -> None:
        super().__init__(user, password, server, transport)
        self.lamps: dict[str, Lamp] = {}

    def datagram_received(self, data: bytes, source: object) -> None:
        message = RawMessage(data)
        lamp = self.lamps.get(message.get("call-id"))
        if lamp is not None and message.method == "NOTIFY" and not message.status:
            lamp.notified(message)
            self.answer_outside(message, 200)
        else:
            super().datagram_received(data, source)


class End:
    """One end of a call, answering by itself whatever comes within it."""

    def __init__(self, call: RawCall) -> None:
        self.call = call
        self.reports: asyncio.Queue[str] = asyncio.Queue()
        self.over = asyncio.Event()
        self._serving = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        while not self.over.is_set():
            request = await self.call.inbox.take(
                lambda m: not m.status and m.method in ("BYE", "INVITE", "UPDATE", "NOTIFY"),
                "request",
                7200,
            )
            if request.method in ("INVITE", "UPDATE"):
                answer = description(direction=ANSWERS[request.direction] if request.body else "sendrecv")
                self.call.respond(request, 200, answer if request.body or request.method == "INVITE" else b"")
                continue
            self.call.respond(request, 200)
            if request.method == "NOTIFY":
                self.reports.put_nowait(request.body.decode().split("\r\n")[0])
            else:
                self.over.set()

    async def changes(self, direction: str) -> None:
        """Hold, or take up again."""
        self.call.invite(description(direction=direction, version=self.call.sequence + 2))
        answer = await self.call.accepted()
        assert answer.direction == ANSWERS[direction], answer.body

    async def refers(self, target: str) -> None:
        self.call.write("REFER", f"Refer-To: {target}")
        assert (await self.call.response("REFER")).status == 202

    async def hears_of_it(self, status: int) -> None:
        """Wait until the transfer is reported with that status."""
        async with asyncio.timeout(PATIENCE):
            while f"SIP/2.0 {status}" not in await self.reports.get():
                pass

    async def hangs_up(self) -> None:
        self.leave()
        await self.call.hang_up()

    async def is_hung_up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.over.wait()

    def leave(self) -> None:
        self._serving.cancel()


async def connect(caller: RawPhone, callee: RawPhone) -> tuple[End, End]:
    """A conversation of two phones."""
    call = caller.call(callee.user)
    await call.invite_authenticated()
    heard = await callee.incoming()
    heard.answer(180)
    heard.answer(200, description())
    await call.accepted()
    await heard.request("ACK")
    return End(call), End(heard)


async def taken_by(phone: RawPhone) -> End:
    """The call that comes next to a phone, answered."""
    call = await phone.incoming(PATIENCE)
    call.answer(180)
    call.answer(200, description())
    await call.request("ACK")
    return End(call)


# What people do.


async def talk(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    near, far = await connect(one, other)
    await far.hangs_up()
    await near.is_hung_up()


async def hold_and_resume(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    near, far = await connect(one, other)
    for holder in (near, far):
        await holder.changes("sendonly")
        await holder.changes("sendrecv")
    await near.hangs_up()
    await far.is_hung_up()


async def send_on(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    """A blind transfer by whoever was called."""
    near, far = await connect(one, other)
    await far.refers(f"<sip:{third.user}@{third.domain}>")
    taken = await taken_by(third)
    await far.hears_of_it(200)
    await far.is_hung_up()
    await near.hangs_up()
    await taken.is_hung_up()


async def send_on_to_somebody_busy(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    """A blind transfer that comes back."""
    near, far = await connect(one, other)
    await near.refers(f"<sip:{third.user}@{third.domain}>")
    refused = await third.incoming(PATIENCE)
    refused.answer(486)
    await refused.request("ACK")
    await near.hears_of_it(486)
    await near.hangs_up()
    await far.is_hung_up()


async def introduce(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    """An attended transfer, the first call on hold meanwhile."""
    near, far = await connect(one, other)
    await far.changes("sendonly")
    second, taken = await connect(other, third)
    await far.refers(f"<sip:{third.user}@{third.domain}?Replaces={second.call.replaces}>")
    await far.is_hung_up()
    await second.is_hung_up()
    await near.hangs_up()
    await taken.is_hung_up()


async def change_ones_mind(one: RawPhone, other: RawPhone, third: RawPhone) -> None:
    call = one.call(other.user)
    await call.invite_authenticated()
    heard = await other.incoming(PATIENCE)
    heard.answer(180)
    await call.ringing()
    call.cancel()
    await heard.cancelled()
    await call.refused()


LIFE: tuple[Callable[[RawPhone, RawPhone, RawPhone], Awaitable[None]], ...] = (
    talk,
    hold_and_resume,
    send_on,
    introduce,
    change_ones_mind,
    send_on_to_somebody_busy,
)


class Office:
    """The phones of the office and their lamps."""

    def __init__(self, talkers: list[LampPhone], watchers: list[LampPhone]) -> None:
        self.talkers, self.watchers = talkers, watchers
        self.lamps = [
            *(Lamp(watcher, user, "dialog") for watcher in watchers for user in TALKERS),
            *(Lamp(phone, phone.user, "message-summary") for phone in talkers),
        ]
        self._free = asyncio.Queue[LampPhone]()
        for phone in talkers:
            self._free.put_nowait(phone)
        self._made = 0
        self.refreshes = 0

    async def refresh(self) -> None:
        """Every registration and subscription once."""
        for phone in (*self.talkers, *self.watchers):
            assert (await phone.register(EXPIRES)).status == 200
        for lamp in self.lamps:
            await lamp.ask(EXPIRES)
        self.refreshes += 1

    async def _refresh_for_ever(self) -> None:
        while True:
            await self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    async def live(self, calls: int) -> None:
        """So many calls, some at once, with the refreshes beside them."""
        todo = iter(range(calls))
        async with asyncio.TaskGroup() as life:
            refreshing = life.create_task(self._refresh_for_ever())
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._go_on(todo))
            refreshing.cancel()

    async def _go_on(self, todo: Iterator[int]) -> None:
        for _ in todo:
            what = LIFE[self._made % len(LIFE)]
            self._made += 1
            phones = [await self._free.get() for _ in range(3)]
            try:
                async with asyncio.timeout(PATIENCE):
                    await what(*phones)
            except (TimeoutError, AssertionError) as error:
                raise AssertionError(f"{what.__name__}: {error!r}") from error
            for phone in phones:
                phone.calls.clear()
                self._free.put_nowait(phone)

    async def show(self, lit: dict[str, str]) -> None:
        """Wait until every watcher's lamps show this, and the others are dark."""
        for lamp in self.lamps:
            if lamp.package == "dialog":
                wanted = lit.get(lamp.target, "terminated")
                try:
                    async with asyncio.timeout(10):
                        await lamp.shows(wanted)
                except TimeoutError:
                    raise AssertionError(f"{lamp.call_id} shows {lamp.told}, not {wanted}") from None

    def close(self) -> None:
        for phone in (*self.talkers, *self.watchers):
            phone.close()


@pytest.fixture
def box() -> Iterator[Box]:
    folder = Path(tempfile.mkdtemp(prefix="autocom-life-"))
    made = Box(Host("box", f"{NET}.1", None), folder / "data", sip_port=25288, rtp="46000-48000")
    made.start()
    set_up(made)
    for number in (*TALKERS, *WATCHERS):
        add_somebody(made, f"Poste {number}", number, ring_seconds=20)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def office(box: Box) -> AsyncIterator[Office]:
    server = (box.host.address, box.sip_port)

    async def phone(user: str) -> LampPhone:
        opened = await LampPhone.open(server, user, PASSWORD, host=f"{NET}.2")
        assert isinstance(opened, LampPhone)
        return opened

    office = Office([await phone(user) for user in TALKERS], [await phone(user) for user in WATCHERS])
    yield office
    office.close()


async def test_a_day_of_phone_life_leaves_nothing_and_every_lamp_right(box: Box, office: Office) -> None:
    await office.refresh()
    await office.show({})
    await office.live(CALLS // 3)
    before = await asyncio.to_thread(box.wait_forgotten if LONG else box.wait_quiet)
    await office.live(CALLS - CALLS // 3)
    await office.show({})
    near, far = await connect(office.talkers[0], office.talkers[1])
    await office.show({"120": "confirmed", "121": "confirmed"})
    await near.hangs_up()
    await far.is_hung_up()
    await office.show({})
    after = await asyncio.to_thread(box.wait_forgotten)
    print(f"{CALLS} calls, {office.refreshes} rounds of refreshes; before: {before}; after: {after}")
    assert office.refreshes > 2
    assert after["subscriptions"] == len(office.lamps)
    assert {name: after[name] for name in ("calls", "legs", "ports")} == {"calls": 0, "legs": 0, "ports": 0}
    assert after["tasks"] <= before["tasks"] + 4
    assert after["file_descriptors"] <= before["file_descriptors"] + 4
    if LONG:
        # In the short form most of the difference is what a busy moment takes, once.
        assert after["memory_bytes"] - before["memory_bytes"] < MEMORY_ALLOWED
    for lamp in office.lamps:
        await lamp.ask(0)
    left = await asyncio.to_thread(box.resources)
    assert left["subscriptions"] == 0
    assert "Traceback" not in box.log(), box.log()[-4000:]
