"""The queue of timers."""

from __future__ import annotations

from appliance.sip.timers import Timers


def test_timers_run_in_order_when_due_and_never_before() -> None:
    timers, ran = Timers(), list[str]()
    timers.at(2.0, lambda now: ran.append("second"))
    timers.at(1.0, lambda now: ran.append("first"))
    timers.advance(0.9)
    assert ran == []
    assert timers.next_due() == 1.0
    timers.advance(2.0)
    assert ran == ["first", "second"]
    assert timers.next_due() is None


def test_a_cancelled_timer_neither_runs_nor_counts() -> None:
    timers, ran = Timers(), list[str]()
    timer = timers.at(1.0, lambda now: ran.append("cancelled"))
    timers.at(1.0, lambda now: ran.append("kept"))
    timer.cancel()
    timer.cancel()
    assert len(timers) == 1
    timers.advance(5.0)
    timer.cancel()
    assert ran == ["kept"]
    assert len(timers) == 0


def test_a_timer_may_set_another() -> None:
    timers, ran = Timers(), list[float]()

    def again(now: float) -> None:
        ran.append(now)
        if len(ran) < 3:
            timers.at(now + 1, again)

    timers.at(1.0, again)
    for now in (1.0, 2.0, 3.0):
        timers.advance(now)
    assert ran == [1.0, 2.0, 3.0]


def test_cancelled_timers_do_not_pile_up() -> None:
    timers = Timers()
    for number in range(10_000):
        timers.at(1000.0 + number, lambda now: None).cancel()
    assert len(timers) == 0
    assert len(timers._heap) < 200
