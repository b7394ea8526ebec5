"""The operators' forwards: kept over restarts, and tested by lines that play dead (BACKUP-2)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from appliance.configuration.configuration import Configuration
from appliance.configuration.operator_forwards import TEST_SECONDS, ForwardTest, OperatorForward
from appliance.control.events import EventHub
from appliance.control.operator_forward_desk import NoTest
from appliance.runtime.background import Background
from appliance.storage.errors import StorageError
from appliance.storage.operator_forwards import OperatorForwardStore

if TYPE_CHECKING:
    from appliance.runtime.box import Box

log = logging.getLogger(__name__)


class LinesThatPlay(Protocol):
    """What the lines do for a test."""

    def up(self) -> frozenset[str]:
        """The ids of the lines that carry calls now."""

    def play_dead(self, line_id: str, seconds: float) -> None:
        """Let a line play dead for so long; 0 ends it."""

    def dead_seconds(self, line_id: str) -> float:
        """How long a line still plays dead; 0 when it does not."""


class OperatorForwards:
    """Implements `control.operator_forward_desk.OperatorForwardDesk`."""

    def __init__(
        self,
        store: OperatorForwardStore,
        lines: LinesThatPlay,
        background: Background,
        events: EventHub,
        epoch: Callable[[], float],
        emergency_lately: Callable[[], bool],
    ) -> None:
        self._store = store
        self._lines = lines
        self._background = background
        self._events = events
        self._epoch = epoch
        self._emergency_lately = emergency_lately
        self._forwards: dict[str, OperatorForward] = {}

    async def restore(self) -> None:
        """Take up what was known before the restart; a test under way goes on. Raises StorageError."""
        self._forwards = await self._store.load()
        for line_id, forward in self._forwards.items():
            left = forward.test.seconds_left(self._epoch()) if forward.test else 0.0
            if left:
                self._lines.play_dead(line_id, left)

    def follow(self, old: Configuration, new: Configuration) -> None:
        """Forget the forwards of lines that are no more: another line may get the same id."""
        for line_id in old.lines.keys() - new.lines.keys():
            self._lines.play_dead(line_id, 0)
            if self._forwards.pop(line_id, None) is not None:
                self._background.start(self._forget(line_id), "a line's forward")

    def of(self, line_id: str) -> OperatorForward:
        """A line's forward."""
        return self._forwards.get(line_id) or OperatorForward(line_id=line_id)

    def seconds_left(self, line_id: str) -> float:
        """How long the line still plays dead."""
        return self._lines.dead_seconds(line_id)

    async def set(self, line_id: str, number: str | None, set_up: bool) -> None:
        """Say where the forward leads, and whether it is set up; raises NoTest, StorageError."""
        if self.seconds_left(line_id):
            raise NoTest("forward_being_tested")
        await self._keep(self.of(line_id).model_copy(update={"number": number, "set_up": set_up}))

    async def start(self, line_id: str) -> None:
        """Let the line play dead for a while; raises NoTest, StorageError."""
        forward, now = self.of(line_id), self._epoch()
        if forward.number is None or not forward.set_up:
            raise NoTest("forward_not_set_up")
        if self.seconds_left(line_id):
            raise NoTest("forward_being_tested")
        if line_id not in self._lines.up():
            raise NoTest("line_not_up")
        if self._emergency_lately():
            raise NoTest("emergency_lately")
        test = ForwardTest(number=forward.number, started_at=now, until=now + TEST_SECONDS)
        # On the disk first: what a restart does not know of would have the line come back too early.
        await self._keep(forward.model_copy(update={"test": test}))
        log.info("line %s plays dead, to test the operator's forward", line_id)
        self._lines.play_dead(line_id, TEST_SECONDS)
        self._events.publish("line", id=line_id)

    async def end(self, line_id: str) -> None:
        """Have the line live again at once; raises StorageError, the line lives all the same."""
        if (ended := self._live_again(line_id)) is not None:
            await self._keep(ended)

    async def judge(self, line_id: str, works: bool) -> None:
        """Say whether the number rang, which ends the test; raises NoTest, StorageError."""
        forward = self._live_again(line_id) or self.of(line_id)
        if forward.test is None:
            raise NoTest("no_test_to_judge")
        test = forward.test.model_copy(update={"works": works})
        await self._keep(forward.model_copy(update={"test": test}))

    def end_all(self) -> None:
        """Have every line live again: somebody calls for help, and may be called back."""
        for line_id in self._forwards:
            if (ended := self._live_again(line_id)) is not None:
                self._keep_soon(ended)

    def turned_away(self, line_id: str, caller: str) -> None:
        """The operator has handed a call to a line that plays dead."""
        forward = self.of(line_id)
        if forward.test is not None:
            test = forward.test.with_call(self._epoch(), caller)
            self._keep_soon(forward.model_copy(update={"test": test}))

    def _live_again(self, line_id: str) -> OperatorForward | None:
        """The forward with its test ended now; None when the line does not play dead."""
        forward = self.of(line_id)
        if not self.seconds_left(line_id) or forward.test is None:
            return None
        log.info("line %s lives again", line_id)
        self._lines.play_dead(line_id, 0)
        test = forward.test.model_copy(update={"until": self._epoch()})
        return forward.model_copy(update={"test": test})

    async def _keep(self, forward: OperatorForward) -> None:
        line_id, before = forward.line_id, self.of(forward.line_id)
        self._forwards[line_id] = forward
        try:
            await self._store.save(forward)
        except StorageError:
            self._forwards[line_id] = before
            raise
        self._events.publish("line", id=line_id)

    def _keep_soon(self, forward: OperatorForward) -> None:
        self._forwards[forward.line_id] = forward
        self._events.publish("line", id=forward.line_id)
        self._background.start(self._keep_behind(forward.line_id), "a line's forward")

    async def _keep_behind(self, line_id: str) -> None:
        try:
            # As it is by then: an older one must not come after a newer one.
            await self._store.save(self.of(line_id))
        except StorageError as error:
            log.error("the forward of line %s could not be kept: %s", line_id, error)

    async def _forget(self, line_id: str) -> None:
        try:
            await self._store.forget(line_id)
        except StorageError as error:
            log.error("the forward of line %s could not be forgotten: %s", line_id, error)


def operator_forwards_of(box: Box) -> OperatorForwards:
    """The forwards of a box, told of calls to lines that play dead and of calls for help."""
    store, epoch = OperatorForwardStore(box.database), box.clock.epoch
    made = OperatorForwards(store, box.lines, box.background, box.events, epoch, box.alarm.emergency_lately)
    box.lines.turned_away, box.alarm.on_emergency = made.turned_away, made.end_all
    box.settings.listeners.append(made.follow)
    return made
