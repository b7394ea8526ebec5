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


class Guest:
    """Something that lingers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.due = 0.0
        self.is_over = False


def test_what_lingers_goes_in_its_turn_among_the_timers() -> None:
    timers, gone = Timers(), list[tuple[str, float]]()
    long = timers.lingerers(32.0, lambda guest, now: gone.append((guest.name, now)))
    short = timers.lingerers(5.0, lambda guest, now: gone.append((guest.name, now)))
    long.add(Guest("a"), 0.0)
    long.add(Guest("b"), 1.0)
    short.add(Guest("c"), 2.0)
    timers.at(32.5, lambda now: gone.append(("timer", now)))
    assert sorted(timers) == [7.0, 32.0, 32.5, 33.0]
    for now in (6.9, 7.0, 40.0):
        assert timers.next_due() == (7.0 if now <= 7.0 else 32.0)
        timers.advance(now)
    assert gone == [("c", 7.0), ("a", 40.0), ("timer", 40.0), ("b", 40.0)]
    assert timers.next_due() is None


def test_what_is_over_before_its_time_is_not_told_and_does_not_count() -> None:
    timers, gone = Timers(), list[str]()
    row = timers.lingerers(32.0, lambda guest, now: gone.append(guest.name))
    guests = [Guest(name) for name in "abc"]
    for guest in guests:
        row.add(guest, 0.0)
    guests[0].is_over = guests[1].is_over = True
    assert len(timers) == 1
    timers.advance(32.0)
    assert gone == ["c"]


def test_what_is_over_is_not_held_until_its_time() -> None:
    timers = Timers()
    row = timers.lingerers(32.0, lambda guest, now: None)
    for _ in range(1000):
        guest = Guest("flood")
        row.add(guest, 0.0)
        guest.is_over = True
        timers.next_due()
    assert not row._row
