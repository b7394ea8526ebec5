"""The alarm: what has been told lately is not told again, and nobody fills it from outside."""

from datetime import UTC

import pytest

from appliance.control.events import EventHub
from appliance.routing.trail import Reason
from appliance.runtime.alarm import DAY_SECONDS, MOST_NUMBERS, QUIET_SECONDS, Alarm


class Told:
    """Counts what the alarm sets off, at a time that the test sets."""

    def __init__(self) -> None:
        self.now, self.count = 1000.0, 0
        self.alarm = Alarm(None, self, EventHub(0), lambda: self.now, lambda: UTC, lambda: None)

    def start(self, work, name):
        work.close()
        self.count += 1

    def gives(self, code: str, **parameters: str) -> bool:
        before = self.count
        self.alarm.give(Reason(code, {"called": "", **parameters}))
        return self.count > before


def test_what_somebody_keeps_trying_is_told_now_and_then():
    told = Told()
    assert [told.gives("barred_costly", who="Alice", number="1") for _ in range(3)] == [True, False, False]
    assert told.gives("barred_costly", who="Bruno", number="1")
    told.now += QUIET_SECONDS
    assert told.gives("barred_costly", who="Alice", number="1")
    assert all(told.gives("emergency_called", who="Alice", number="15") for _ in range(3))


@pytest.mark.feature("NUM-2")
def test_numbers_that_are_not_ours_are_told_once_a_day_and_not_by_the_hundred():
    told = Told()
    assert [told.gives("number_unknown", who=who, number="+331") for who in "ab"] == [True, False]
    assert sum(told.gives("number_unknown", who="a", number=f"+332{each}") for each in range(100)) == (
        MOST_NUMBERS - 1
    )
    told.now += DAY_SECONDS
    assert told.gives("number_unknown", who="a", number="+331")
