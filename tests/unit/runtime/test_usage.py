"""Who has called outside for how long today: what goes on counts too, and nothing counts twice."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from appliance.routing.facts import Direction, Facts
from appliance.routing.limits import barred_call
from appliance.runtime.usage import Usage
from tests.unit.routing.small_office import EVERYBODY, small_office

MORNING = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class Background:
    def start(self, work, name):
        work.close()


def call(direction: Direction, since: float | None, by_line: bool = True) -> SimpleNamespace:
    facts = Facts(direction, "101", "Alice", "+33612000001", caller_person_id="alice")
    return SimpleNamespace(facts=facts, answered_by_line=by_line, answered_at=since)


@pytest.mark.feature("OUT-10")
def test_calls_that_never_end_reach_the_limit_of_minutes_all_the_same():
    now = MORNING
    usage = Usage(None, Background(), lambda: now)
    going = [call(Direction.OUTBOUND, MORNING.timestamp()) for _ in range(100)]
    going += [
        call(Direction.OUTBOUND, None),
        call(Direction.INBOUND, 0.0),
        call(Direction.OUTBOUND, 0.0, False),
    ]
    usage.in_progress = lambda: going
    assert usage.today()["alice"] == (0, 0)
    now = MORNING.replace(minute=5)
    assert usage.today()["alice"] == (0, 100 * 300)
    limits, world = small_office().outbound.limits, replace(EVERYBODY, used_today=usage.today())
    why = barred_call(limits, going[0].facts, world, now, "FR", "Europe/Paris")
    assert why is not None and why.code == "barred_minutes"
    ended = going.pop(0)
    usage.ended(ended, now.timestamp())
    assert usage.today()["alice"] == (0, 100 * 300)
