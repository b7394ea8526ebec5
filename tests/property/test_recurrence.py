"""The days of a year that a rule names are those that it names when it is followed from its first day."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.recurrence import named_days

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = date(2100, 12, 31)

any_day = st.sampled_from(DAYS)
nth_day = st.tuples(st.sampled_from(("", "1", "2", "4", "-1")), any_day).map("".join)
month_day = st.integers(-3, 31).filter(bool).map(str)


def listed(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(lambda few: f"{name}={','.join(few)}")


month = st.integers(1, 12).map(lambda number: f"BYMONTH={number}")
by_frequency = {
    "DAILY": st.just(()),
    "WEEKLY": st.tuples(listed("BYDAY", any_day), any_day.map("WKST={}".format)) | st.just(()),
    "MONTHLY": st.tuples(listed("BYDAY", nth_day) | listed("BYMONTHDAY", month_day)) | st.just(()),
    "YEARLY": st.tuples(listed("BYDAY", nth_day) | listed("BYMONTHDAY", month_day), month)
    | st.tuples(listed("BYDAY", nth_day) | listed("BYMONTHDAY", month_day) | month)
    | st.just(()),
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(sorted(by_frequency)))
    interval = draw(st.sampled_from((1, 1, 2, 3, 5, 12, 13)))
    ends = draw(st.sampled_from(("", "COUNT=30", "UNTIL=20081224")))
    return ";".join(
        filter(None, (f"FREQ={frequency}", f"INTERVAL={interval}", *draw(by_frequency[frequency]), ends))
    )


@pytest.mark.feature("FWD-2")
@given(rules(), st.dates(date(2000, 1, 1), date(2004, 12, 31)), st.integers(0, 13))
def test_a_year_far_from_the_first_day(rule: str, first: date, later: int) -> None:
    year = first.year + later
    found = named_days(rule, first, LAST, year)
    whole = rrulestr(rule, dtstart=datetime.combine(first, time()))
    assert isinstance(whole, rrule)
    between = whole.between(datetime(year, 1, 1), datetime(year, 12, 31), inc=True)
    assert found == {moment.date() for moment in between}
