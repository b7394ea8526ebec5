"""Strategies: worlds and facts that go with the offices."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from appliance.routing.facts import Direction, Facts, KnownCaller
from appliance.routing.world import DayState, PersonNow, World
from tests.property.offices import GROUPS, LINES, NUMBERS, OUTSIDE, PEOPLE, number_of

_PHONES = [f"{person}-{kind}" for person in PEOPLE for kind in ("deskphone", "softphone")]


people_now = st.builds(
    PersonNow,
    ringing=st.integers(0, 2),
    talking=st.integers(0, 2),
    holding=st.integers(0, 1),
    day=st.sampled_from((DayState.STARTED, DayState.STARTED, *DayState)),
    signed_out=st.frozensets(st.sampled_from(GROUPS), max_size=1),
)


worlds = st.builds(
    World,
    people=st.dictionaries(st.sampled_from(PEOPLE), people_now, max_size=3),
    registered=st.frozensets(st.sampled_from(_PHONES)),
    busy=st.frozensets(st.sampled_from(PEOPLE)),
    lines_up=st.frozensets(st.sampled_from(LINES)),
    clock_trusted=st.booleans() | st.just(True),
    emergency_lately=st.booleans(),
    last_rung=st.dictionaries(st.sampled_from(GROUPS), st.sampled_from((*PEOPLE, "gone"))),
    waiting=st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 12)),
    idle_since=st.dictionaries(st.sampled_from(PEOPLE), st.floats(0, 2e9)),
    number_calls=st.dictionaries(st.sampled_from(NUMBERS), st.integers(0, 4)),
    failures=st.frozensets(st.sampled_from(("disk", "settings")), max_size=1),
)


inbound_facts = st.builds(
    Facts,
    direction=st.just(Direction.INBOUND),
    caller=st.sampled_from(("", "+33612345678", OUTSIDE, "+33162123456")),
    caller_name=st.just(""),
    called=st.sampled_from([*map(number_of, NUMBERS), "+33155555555"]),
    line_id=st.sampled_from(LINES),
    known=st.none()
    | st.builds(
        KnownCaller,
        contact_id=st.just("c1"),
        name=st.just("Zoé"),
        owner_id=st.none() | st.sampled_from((*PEOPLE, "gone")),
        vip=st.booleans(),
    ),
)


inside_facts = st.builds(
    Facts,
    direction=st.sampled_from((Direction.INTERNAL, Direction.OUTBOUND)),
    caller=st.just("100"),
    caller_name=st.just("Person p0"),
    called=st.sampled_from(
        (
            "100",
            "101",
            "103",
            "200",
            "201",
            "300",
            "301",
            "*43",
            "*97",
            "*69",
            "*7",
            "999",
            "15",
            "3900",
            OUTSIDE,
            number_of("n0"),
            "x",
        )
    ),
    caller_person_id=st.sampled_from(PEOPLE),
    chosen_line_id=st.sampled_from((None, None, *LINES, "gone")),
    short=st.sampled_from(("", "", "55")),
)


from_there_facts = st.builds(
    Facts,
    direction=st.just(Direction.OUTBOUND),
    caller=st.sampled_from(("", "205", OUTSIDE)),
    caller_name=st.just(""),
    called=st.sampled_from(("15", "3900", OUTSIDE, number_of("n0"))),
    line_id=st.sampled_from(LINES),
    withheld=st.booleans(),
    counted_as=st.just("l0/205"),
)


facts = inbound_facts | inside_facts | from_there_facts


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
