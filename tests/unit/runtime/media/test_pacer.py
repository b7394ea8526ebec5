"""The 20 ms clock with a clock of the test's own."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import pytest

from appliance.runtime.media.pacer import Pacer


class Timer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Time:
    """A clock and timers that fire as late as `lateness` says."""

    def __init__(self, lateness: Callable[[], float] = lambda: 0.0) -> None:
        self.now = 1000.0
        self.lateness = lateness
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Timer, Callable[[], None]]] = []

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        timer = Timer()
        heapq.heappush(self._timers, (when, next(self._order), timer, action))
        return timer

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, timer, action = heapq.heappop(self._timers)
            self.now = max(self.now, when + self.lateness())
            if not timer.cancelled:
                action()
        self.now = max(self.now, end)

    @property
    def waiting(self) -> int:
        return sum(not timer.cancelled for _, _, timer, _ in self._timers)


def make(time: Time) -> Pacer:
    return Pacer(lambda: time.now, time.call_at)


def test_an_hour_of_late_timers_drifts_by_nothing() -> None:
    lateness = itertools.cycle((0.0, 0.013, 0.004, 0.019))
    time = Time(lambda: next(lateness))
    pacer = make(time)
    heard: list[tuple[int, float]] = []
    pacer.add(lambda number, moment: heard.append((number, moment)))
    time.run(3600)
    assert len(heard) == 180_000
    assert [number for number, _ in heard] == list(range(1, 180_001))
    assert heard[-1][1] == pytest.approx(1000.0 + 3600)


def test_a_stall_is_made_up_for_by_three_frames_at_most() -> None:
    time = Time()
    pacer = make(time)
    heard: list[tuple[int, float]] = []
    pacer.add(lambda number, moment: heard.append((number, time.now)))
    time.run(0.1)
    time.now += 1.0
    time.run(0.1)
    numbers = [number for number, _ in heard]
    assert numbers[:5] == [1, 2, 3, 4, 5]
    at_once = [number for number, when in heard if when == pytest.approx(1001.1)]
    assert at_once == [53, 54, 55]
    assert numbers[8:] == [56, 57, 58, 59, 60]


def test_a_short_delay_loses_nothing() -> None:
    time = Time()
    pacer = make(time)
    numbers: list[int] = []
    pacer.add(lambda number, _: numbers.append(number))
    time.run(0.1)
    time.now += 0.059
    time.run(0.1)
    assert numbers == list(range(1, len(numbers) + 1))


def test_all_ticks_run_on_one_grid_and_none_runs_without_need() -> None:
    time = Time()
    pacer = make(time)
    assert time.waiting == 0
    moments: list[float] = []
    tick = lambda number, moment: moments.append(moment)
    pacer.add(tick)
    pacer.add(tick)
    time.run(0.05)
    later: list[float] = []
    pacer.add(lambda number, moment: later.append(moment))
    time.run(0.05)
    assert later == moments[2:]
    assert time.waiting == 1
    pacer.close()
    assert time.waiting == 0


def test_a_tick_may_stop_and_start_others_and_itself() -> None:
    time = Time()
    pacer = make(time)
    numbers: list[int] = []

    def second(number: int, moment: float) -> None:
        numbers.append(-number)

    def first(number: int, moment: float) -> None:
        numbers.append(number)
        pacer.remove(first)
        if number < 3:
            pacer.add(first)
        else:
            pacer.add(second)

    pacer.add(first)
    time.run(0.101)
    assert numbers == [1, 2, 3, -4, -5]
    assert time.waiting == 1
    pacer.remove(second)
    pacer.remove(second)
    assert time.waiting == 0


def test_a_source_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    pacer = make(time)
    numbers: list[int] = []

    def broken(number: int, moment: float) -> None:
        raise RuntimeError

    pacer.add(broken)
    pacer.add(lambda number, _: numbers.append(number))
    time.run(0.07)
    assert numbers == [1, 2, 3]
    assert caplog.text.count("failed") == 1
