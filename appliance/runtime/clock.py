"""The clocks: monotonic seconds for timers, epoch seconds for records, aware datetimes for calendars."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from appliance.zones import zone

START_VARIABLE = "AUTOCOM_CLOCK_START"


class Clock:
    """Where every other room gets its `now` from.

    The environment variable AUTOCOM_CLOCK_START (ISO 8601 with offset) sets the wall clock at start-up, so
    that an office can be tried as it would be on a Sunday or a holiday; timers are not touched by it.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self.is_trial = start is not None
        self._shift = start.timestamp() - time.time() if start else 0.0

    @classmethod
    def from_environment(cls) -> Clock:
        """The system's clock, or one that starts where the environment says.

        Raises ValueError when the variable holds no date with an offset.
        """
        text = os.environ.get(START_VARIABLE)
        if not text:
            return cls()
        start = datetime.fromisoformat(text)
        if start.tzinfo is None:
            raise ValueError(f"{START_VARIABLE} needs an offset, as in 2026-12-25T10:00:00+01:00")
        return cls(start)

    def monotonic(self) -> float:
        """Seconds that only go forward, for timers."""
        return time.monotonic()

    def epoch(self) -> float:
        """Seconds since 1970, for records."""
        return time.time() + self._shift

    def now(self, zone_name: str = "UTC") -> datetime:
        """The present moment in that zone."""
        return self.moment(self.epoch(), zone_name)

    def moment(self, epoch: float, zone_name: str = "UTC") -> datetime:
        """A moment of records in that zone."""
        moment = datetime.fromtimestamp(epoch, UTC)
        return moment if zone_name == "UTC" else moment.astimezone(zone(zone_name))
