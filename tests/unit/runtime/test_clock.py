"""The clocks."""

import time

import pytest

from appliance.runtime.clock import START_VARIABLE, Clock


def test_the_wall_clock_starts_where_the_environment_says(monkeypatch):
    monkeypatch.setenv(START_VARIABLE, "2026-12-25T10:00:00+01:00")
    clock = Clock.from_environment()
    local = clock.now("Europe/Paris")
    assert (local.day, local.hour, local.utcoffset().total_seconds()) == (25, 10, 3600)
    assert abs(clock.monotonic() - time.monotonic()) < 5, "timers are not moved"


def test_without_it_the_systems_clock_counts(monkeypatch):
    monkeypatch.delenv(START_VARIABLE, raising=False)
    assert abs(Clock.from_environment().epoch() - time.time()) < 5


@pytest.mark.parametrize("text", ["2026-12-25T10:00:00", "tomorrow"])
def test_a_date_without_offset_is_refused(monkeypatch, text):
    monkeypatch.setenv(START_VARIABLE, text)
    with pytest.raises(ValueError):
        Clock.from_environment()
