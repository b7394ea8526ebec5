"""The garbage collector, kept away from the calls.

What a call has held goes by itself, so that passes over all objects find next to nothing, yet each would stop
the loop longer than anything may: they wait until nobody is on the phone.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from appliance.runtime import heap

LOOK_SECONDS = 10.0
# Longer than ended transactions are remembered: then there is least to walk through.
QUIET_SECONDS = 40.0
# Passes over young objects stay short (three times 700 objects at most). One over all objects comes by itself
# only where there is no quiet for thousands of calls.
THRESHOLDS = (700, 2, 5_000)
ALL = 2


def begin_start() -> None:
    """No passes during the start: it makes a hundred thousand objects, hardly any of them garbage."""
    gc.disable()
    heap.keep_in_one_piece()


def end_start() -> None:
    """What was made at start stays for good: the collector need not look at it again and again."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()


class Quiet:
    """Since when nobody is on the phone, as far as somebody has looked. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._since: float | None = None

    def lasts(self, calls: int, now: float) -> bool:
        """Whether it has been quiet for long enough, with so many calls at this moment."""
        if calls:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= QUIET_SECONDS


async def collect_when_quiet(calls: Callable[[], int], monotonic: Callable[[], float]) -> None:
    """Go through all objects in quiet moments, when there are more than the last time; never returns."""
    quiet = Quiet()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if quiet.lasts(calls(), monotonic()) and gc.get_count()[ALL]:
            gc.collect()
            heap.give_back()
