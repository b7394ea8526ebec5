"""How an operator's forward stands, by what was said of it and how its test went."""

import pytest

from appliance.configuration.operator_forwards import (
    MOST_TURNED_AWAY,
    TEST_SECONDS,
    ForwardState,
    ForwardTest,
    OperatorForward,
)

pytestmark = pytest.mark.feature("BACKUP-2")

MOBILE, OTHER = "+33639981234", "+33639985678"
TEST = ForwardTest(number=MOBILE, started_at=1000.0, until=1180.0)


@pytest.mark.parametrize(
    ("forward", "state"),
    [
        ({}, ForwardState.NOT_SET_UP),
        ({"number": MOBILE}, ForwardState.NOT_SET_UP),
        ({"number": MOBILE, "set_up": True}, ForwardState.UNTESTED),
        ({"number": MOBILE, "set_up": True, "test": TEST}, ForwardState.UNJUDGED),
        (
            {"number": MOBILE, "set_up": True, "test": TEST.model_copy(update={"works": True})},
            ForwardState.WORKS,
        ),
        (
            {"number": MOBILE, "set_up": True, "test": TEST.model_copy(update={"works": False})},
            ForwardState.FAILED,
        ),
        (
            {"number": OTHER, "set_up": True, "test": TEST.model_copy(update={"works": True})},
            ForwardState.CHANGED,
        ),
        (
            {"number": MOBILE, "set_up": False, "test": TEST.model_copy(update={"works": True})},
            ForwardState.NOT_SET_UP,
        ),
    ],
)
def test_the_state_follows_from_what_is_known(forward: dict, state: ForwardState):
    assert OperatorForward(line_id="trunk", **forward).state(plays_dead=False) is state


def test_a_line_that_plays_dead_is_being_tested():
    forward = OperatorForward(line_id="trunk", number=MOBILE, set_up=True, test=TEST)
    assert forward.state(plays_dead=True) is ForwardState.TESTING


@pytest.mark.parametrize(
    ("now", "left"),
    [(1000.0, TEST_SECONDS), (1100.0, 80.0), (1180.0, 0.0), (9000.0, 0.0), (999.0, 0.0), (0.0, 0.0)],
)
def test_a_clock_that_was_set_never_makes_a_test_longer(now: float, left: float):
    assert TEST.seconds_left(now) == left


def test_the_first_calls_turned_away_are_kept():
    test = TEST
    for number in range(MOST_TURNED_AWAY + 5):
        test = test.with_call(1000.0 + number, MOBILE)
    assert [each.at for each in test.turned_away] == [1000.0 + number for number in range(MOST_TURNED_AWAY)]
