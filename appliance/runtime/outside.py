"""The box's address as the outside sees it, beyond the office's router: told, asked for, or fixed."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from appliance.configuration.lines import Line, OutsideAddress, host_and_port
from appliance.media.stun import StunError, question, read_mapped
from appliance.runtime.clock import Clock
from appliance.runtime.names import Names
from appliance.sip.flow import Address, Flow, bracketed, unbracketed
from appliance.sip.locate import Target, Wish
from appliance.sip.message import Response
from appliance.sip.registration_client import seen_as
from appliance.storage.certificates import is_address

log = logging.getLogger(__name__)

STUN_PORT = 3478
# Asked three times; the answer of a server that works takes a tenth of a second.
STUN_WAITS = (0.5, 1.0, 2.0)
FRESH_SECONDS = 300.0
SILENT_SECONDS = 60.0


class Outside:
    """What one line's provider is told of where we are.

    `address`: IP address and port, the port None for the one that SIP has here; None altogether for our own.
    `problem`: a code when it could not be found; what was found last is kept. `due`: when it is asked for
    next, None when nobody is asked.
    """

    def __init__(self, line: Line, names: Names) -> None:
        fixed = unbracketed(line.outside_host or "")
        known = line.outside_address is OutsideAddress.FIXED and is_address(fixed)
        asked = line.outside_address in (OutsideAddress.STUN, OutsideAddress.FIXED)
        self.address: tuple[str, int | None] | None = (fixed, None) if known else None
        self.problem = ""
        self.due = 0.0 if asked and not known else None
        self._line = line
        self._names = names

    def towards(self, flow: Flow) -> Address | None:
        """Where the peer of a flow reaches us; None: by our own address."""
        if self.address is None:
            return None
        host, port = self.address
        return (host, port or flow.local[1]) if (":" in host) == (":" in flow.local[0]) else None

    def seen(self, response: Response, flow: Flow, *, moved: bool = False) -> bool:
        """Learn from an answer of the provider how it sees us (RFC 3581); whether that is news.

        With `moved` another port alone is none: the office's router has another address.
        """
        if self._line.outside_address is not OutsideAddress.SEEN:
            return False
        told, before = seen_as(response), (self.address, self.problem)
        if moved and (told is None or self.address is None or told[0] == self.address[0]):
            return False
        if told is not None:
            host, port = told
            beyond = is_address(host) and host != flow.local[0]
            self.address = (host, port if flow.transport == "UDP" else None) if beyond else None
        self.problem = "" if told is not None or self.address is not None else "unseen"
        return (self.address, self.problem) != before

    def unseen(self) -> bool:
        """The provider did not answer, so that it did not say how it sees us; whether that is news."""
        if self._line.outside_address is not OutsideAddress.SEEN or self.address is not None:
            return False
        before, self.problem = self.problem, "unseen"
        return before != self.problem

    async def keep(self, clock: Clock, changed: Callable[[], None]) -> None:
        """Ask for the address whenever it is time, and tell of what changes; ends where nobody is asked."""
        while self.due is not None:
            before = self.address, self.problem
            try:
                await self.find(clock.monotonic())
            except Exception:
                log.exception("line %s: a mistake of ours; its address is asked for again", self._line.id)
            if (self.address, self.problem) != before:
                changed()
            await asyncio.sleep(max(1.0, self.due - clock.monotonic()))

    async def find(self, now: float) -> bool:
        """Ask for the address if it is time; whether it is another than before."""
        if self.due is None or now < self.due:
            return False
        self.due = now + SILENT_SECONDS
        before, found = self.address, await self._found()
        self.due = now + (FRESH_SECONDS if found else SILENT_SECONDS)
        if found:
            self.address, self.problem = (found, None), ""
        else:
            stun = self._line.outside_address is OutsideAddress.STUN
            self.problem = "stun_silent" if stun else "outside_unknown"
            log.info("line %s: its address seen from outside is not found", self._line.id)
        return self.address != before

    async def _found(self) -> str | None:
        named = self._line.outside_host or ""
        try:
            host, port = host_and_port(named)
        except ValueError:
            return None
        targets = await self._names.targets(Wish(bracketed(host), port or STUN_PORT, "UDP"))
        if self._line.outside_address is OutsideAddress.FIXED:
            return targets[0].host if targets else None
        for target in targets[:2]:
            if (seen := await ask_stun(target)) is not None:
                return seen[0]
        return None


class _Answers(asyncio.DatagramProtocol):
    """The answers of a STUN server; the first that is one resolves `mapped`."""

    def __init__(self, transaction: bytes) -> None:
        self.mapped: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        self._transaction = transaction

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            mapped = read_mapped(data, self._transaction)
        except StunError:
            return
        if not self.mapped.done():
            self.mapped.set_result(mapped)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: asked again, it may be starting."""


async def ask_stun(server: Target) -> Address | None:
    """How a STUN server sees a socket of ours; None when it does not say."""
    transaction = secrets.token_bytes(12)
    loop = asyncio.get_running_loop()
    try:
        transport, answers = await loop.create_datagram_endpoint(
            lambda: _Answers(transaction), remote_addr=(server.host, server.port)
        )
    except OSError:
        return None
    try:
        for seconds in STUN_WAITS:
            transport.sendto(question(transaction))
            done, _ = await asyncio.wait({answers.mapped}, timeout=seconds)
            if done:
                return answers.mapped.result()
        return None
    finally:
        transport.close()
