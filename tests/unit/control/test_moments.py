"""Moments as people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from appliance.control.moments import Written, written

PARIS = ZoneInfo("Europe/Paris")


def test_without_an_offset_it_is_the_offices_time() -> None:
    assert written("2026-12-25T10:00").at(PARIS) == datetime(2026, 12, 25, 9, 0, tzinfo=UTC)


def test_an_offset_is_kept() -> None:
    assert written("2026-12-25T10:00:00+05:00").at(PARIS) == datetime(2026, 12, 25, 5, 0, tzinfo=UTC)


def test_a_day_ends_at_its_midnight() -> None:
    day = written("2026-03-29")
    assert day.at(PARIS) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    # The day of the change to summer time has 23 hours.
    assert day.epoch(PARIS, end_of_day=True) - day.epoch(PARIS) == timedelta(hours=23).total_seconds()


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", "9999-12-31T23:59", "0001-01-01T00:00", 5, None, "2" * 99]
)
def test_what_is_no_moment_is_refused(text: object) -> None:
    with pytest.raises(PydanticCustomError):
        written(text)


@given(st.text(max_size=60))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        assert isinstance(written(text).epoch(PARIS), float)
    except PydanticCustomError:
        pass


def test_a_moment_already_read_is_left_alone() -> None:
    moment = Written(datetime(2026, 1, 1))
    assert written(moment) is moment
