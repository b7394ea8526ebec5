"""The doors of the SIP port: what is let in, slowed, or dropped without a word, and what is written down."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection

from appliance.control.events import EventHub
from appliance.control.live import Ban
from appliance.runtime.background import Background
from appliance.runtime.clock import Clock
from appliance.sip.flow import Flow
from appliance.sip.guard import SHUT_OUT_AFTER, Guard, counted_as, is_local, is_scanner
from appliance.storage.errors import StorageError
from appliance.storage.security_log import SecurityEvent, SecurityLog

log = logging.getLogger(__name__)

# One line a minute for each kind and address, with how often: a scanner must not fill the disk.
NOTE_SECONDS = 60.0
MOST_NOTED = 512
# These come seldom, and the page of those shut out follows them.
ALWAYS_NOTED = frozenset({"banned", "unbanned"})
# Addresses can be made up by the million: so many events are written at once, then one each so many seconds.
MOST_AT_ONCE, SECONDS_EACH = 60, 2.0
MOST_WAITING = 100


class Doors:
    """Judges each message before it is read; `known` and `of_our_calls` say whom nothing is asked of.

    `outside_open()`: whether phones outside the office's network may reach us at all.
    """

    def __init__(
        self,
        kept: SecurityLog,
        background: Background,
        events: EventHub,
        clock: Clock,
        outside_open: Callable[[], bool],
    ) -> None:
        self.guard = Guard()
        self.phone_hosts: Callable[[], Collection[str]] = frozenset
        self.is_of_line: Callable[[str], bool] = lambda address: False
        self.is_near: Callable[[str], bool] = is_local
        self.is_of_ours: Callable[[bytes], bool] = lambda data: False
        self._kept = kept
        self._background = background
        self._events = events
        self._clock = clock
        self._outside_open = outside_open
        self._waiting = 0
        self._noted: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._room, self._room_at, self._left_out = float(MOST_AT_ONCE), clock.monotonic(), 0

    def admits(self, data: bytes, flow: Flow) -> bool:
        """Whether a message is to be read at all; responses always are, they must match what we sent."""
        address = flow.remote[0]
        if data[:8] == b"SIP/2.0 " or self.is_ours(address):
            return True
        now = self._clock.monotonic()
        if self.guard.is_shut_out(counted_as(address), now):
            return False
        if is_scanner(data):
            self.note("scanner", address)
            self._failed(address, now, weight=SHUT_OUT_AFTER)
            return False
        if self._outside_open() or self.is_near(address) or self.is_of_ours(data):
            return True
        self.note("from_outside", address)
        return False

    def is_ours(self, address: str) -> bool:
        """Whether a phone of ours is registered from there, or a line's server is there."""
        return address in self.phone_hosts() or self.is_of_line(address)

    def asked(self, address: str) -> None:
        """Somebody was asked for a password: who never has one only looks around."""
        if not self.is_ours(address) and self.guard.asked(counted_as(address), self._clock.monotonic()):
            self.note("looks_around", address)
            self._failed(address, self._clock.monotonic())

    def proved(self, address: str) -> None:
        """A phone there has given its password."""
        self.guard.proved(counted_as(address))

    def failed(self, address: str, user: str) -> float:
        """A wrong proof of a password came from there; returns how long its answer is to wait, in seconds."""
        self.note("wrong_password", address, user)
        delay = self._failed(address, self._clock.monotonic())
        if self.is_guessing(address):
            self.note("guessing", address)
        return delay

    def is_guessing(self, address: str) -> bool:
        """Whether somebody beside phones of ours tries passwords: those phones are heard, nobody else."""
        return self.guard.is_guessing(counted_as(address), self._clock.monotonic())

    def _failed(self, address: str, now: float, weight: int = 1) -> float:
        registered = address in self.phone_hosts()
        verdict = self.guard.failed(counted_as(address), now, registered=registered, weight=weight)
        if verdict.banned:
            self.note("banned", address)
        return verdict.delay

    def answer_later(self, delay: float, answer: Callable[[], object]) -> None:
        """Give an answer after so many seconds; at once when there are none, or too many answers wait."""
        if delay <= 0 or self._waiting >= MOST_WAITING:
            answer()
        else:
            self._background.start(self._later(delay, answer), "a slowed answer")

    async def _later(self, delay: float, answer: Callable[[], object]) -> None:
        self._waiting += 1
        try:
            await asyncio.sleep(delay)
        finally:
            self._waiting -= 1
            answer()

    def unban(self, address: str) -> bool:
        """Hear an address again; False when it was not shut out."""
        if not self.guard.unban(address):
            return False
        self.note("unbanned", address)
        return True

    def bans(self) -> list[Ban]:
        """Who is shut out now, and until when (epoch seconds)."""
        now, epoch = self._clock.monotonic(), self._clock.epoch()
        return [Ban(address=ban.address, until=epoch + ban.until - now) for ban in self.guard.bans(now)]

    def note(self, kind: str, address: str, user: str = "") -> None:
        """Write an event down: most kinds once a minute for each address, with how many there were before."""
        key, now = (kind, address), self._clock.monotonic()
        at, unsaid = self._noted.pop(key, (float("-inf"), 0))
        if now < at + NOTE_SECONDS and kind not in ALWAYS_NOTED:
            self._noted[key] = (at, unsaid + 1)
            return
        self._noted[key] = (now, 0)
        if len(self._noted) > MOST_NOTED:
            self._noted.popitem(last=False)
        self._write(SecurityEvent(self._clock.epoch(), kind, address, user[:64], unsaid + 1), now)

    def _write(self, event: SecurityEvent, now: float) -> None:
        """Write an event down while there is room; of the others, how many there were."""
        self._room = min(MOST_AT_ONCE, self._room + (now - self._room_at) / SECONDS_EACH)
        self._room_at = now
        if self._room < 1:
            self._left_out += event.count
            return
        if self._left_out:
            others = SecurityEvent(event.at, "others", count=self._left_out)
            self._left_out = 0
            self._background.start(self._keep(others), "a security event")
        self._room -= 1
        log.warning("%s from %s", event.kind.replace("_", " "), event.address)
        self._background.start(self._keep(event), "a security event")

    async def _keep(self, event: SecurityEvent) -> None:
        try:
            await self._kept.add(event)
        except StorageError as error:
            log.error("a security event could not be kept: %s", error)
        self._events.publish("security", event=event.kind)
