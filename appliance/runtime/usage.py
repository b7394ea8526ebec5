"""The count of calls to the outside, by day and by who makes them: a person, or somebody elsewhere by us."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from appliance.calls.call import Call
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import ExternalTarget, Ring
from appliance.runtime.background import Background
from appliance.storage.errors import StorageError
from appliance.storage.usage import UsageStore

log = logging.getLogger(__name__)


class Usage:
    """Counts at once in memory, and on the disk behind; a day begins at midnight in the office's zone."""

    def __init__(self, store: UsageStore, background: Background, now: Callable[[], datetime]) -> None:
        self._store = store
        self._background = background
        self._now = now
        self._day = ""
        self._counts: dict[str, tuple[int, int]] = {}
        self.in_progress: Callable[[], Iterable[Call]] = tuple

    async def restore(self) -> None:
        """Take up the counts of today."""
        self._day = f"{self._now():%Y-%m-%d}"
        self._counts = await self._store.of_day(self._day)

    def today(self) -> Mapping[str, tuple[int, int]]:
        """The calls and seconds of each person since midnight, with those of the calls that go on.

        A stolen password makes many calls at once that do not end: they count as they go.
        """
        found, now = dict(self._ended_today()), self._now().timestamp()
        for call in self.in_progress():
            if (who := _counted(call.facts)) and call.answered_by_line and call.answered_at is not None:
                calls, seconds = found.get(who, (0, 0))
                found[who] = (calls, seconds + max(0, round(now - call.answered_at)))
        return found

    def _ended_today(self) -> Mapping[str, tuple[int, int]]:
        day = f"{self._now():%Y-%m-%d}"
        if day != self._day:
            self._day, self._counts = day, {}
        return self._counts

    def dials(self, step: Ring, call: Call) -> None:
        """Count a call that somebody makes to the outside; emergencies never count."""
        facts = call.facts
        outside = any(isinstance(each, ExternalTarget) and not each.emergency for each in step.targets)
        if outside and (who := _counted(facts)):
            self._add(who, 1, 0)

    def called(self, person_id: str) -> None:
        """Count a call that the box makes to the outside for somebody."""
        self._add(person_id, 1, 0)

    def ended(self, call: Call, now: float) -> None:
        """Count how long a call to the outside lasted."""
        if (who := _counted(call.facts)) and call.answered_by_line:
            self._add(who, 0, max(0, round(now - (call.answered_at or now))))

    def _add(self, person_id: str, calls: int, seconds: int) -> None:
        before = self._ended_today().get(person_id, (0, 0))
        self._counts = {**self._counts, person_id: (before[0] + calls, before[1] + seconds)}
        self._background.start(self._keep(person_id, self._day, calls, seconds), "count of a call")

    async def _keep(self, person_id: str, day: str, calls: int, seconds: int) -> None:
        try:
            await self._store.add(person_id, day, calls, seconds)
        except StorageError as error:
            log.error("a call to the outside could not be counted: %s", error)


def _counted(facts: Facts) -> str:
    """Whose call to the outside that is; empty for nobody's."""
    if facts.direction is not Direction.OUTBOUND:
        return ""
    return facts.counted_as or facts.caller_person_id or ""
