"""What each outcome of an attempt makes of a call-back request."""

from __future__ import annotations

import pytest

from appliance.configuration.call_backs import (
    LIFE_SECONDS,
    LOOK_AGAIN_SECONDS,
    CallBackOutcome,
    CallBackRequest,
    CallBackState,
)

pytestmark = pytest.mark.feature("OUT-6")

NOW = 1_800_000_000.0


def request(**fields: object) -> CallBackRequest:
    given = {"id": "one", "number": "+33612345678", "group_id": "sales", "asked_at": NOW, "next_at": NOW}
    return CallBackRequest.model_validate({**given, "allowed": 2, "delay_minutes": 10, **fields})


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "declined", "unreachable"])
def test_a_customer_who_does_not_answer_is_called_again_after_the_delay_as_often_as_is_set(
    outcome: str,
) -> None:
    once = request().trying().after(CallBackOutcome(outcome), NOW + 5, call_id="c1")
    assert (once.state, once.made, once.next_at, once.call_id) == ("waiting", 1, NOW + 605, "c1")
    twice = once.trying().after(CallBackOutcome(outcome), NOW + 700)
    assert (twice.state, twice.made, twice.next_at, twice.call_id) == ("given_up", 2, None, "c1")
    assert twice.ended_at == NOW + 700 and not twice.is_open


@pytest.mark.parametrize(
    ("outcome", "pause"),
    [
        ("nobody_free", LOOK_AGAIN_SECONDS),
        ("closed", LOOK_AGAIN_SECONDS),
        ("no_line", LOOK_AGAIN_SECONDS),
        ("not_taken", 600.0),
        ("limited", 600.0),
    ],
)
def test_what_is_not_the_customers_doing_uses_up_no_attempt(outcome: str, pause: float) -> None:
    told = request(made=1).trying().after(CallBackOutcome(outcome), NOW)
    assert (told.state, told.made, told.next_at) == (CallBackState.WAITING, 1, NOW + pause)


def test_a_closed_office_calls_when_it_opens() -> None:
    assert request().after(CallBackOutcome.CLOSED, NOW, until=NOW + 7200).next_at == NOW + 7200


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("answered", "done"),
        ("called_again", "done"),
        ("barred", "given_up"),
        ("nobody_left", "given_up"),
        ("too_old", "given_up"),
    ],
)
def test_what_ends_a_request(outcome: str, state: str) -> None:
    told = request().after(CallBackOutcome(outcome), NOW)
    assert (told.state, told.next_at, told.ended_at) == (state, None, NOW)


def test_a_request_is_called_off_and_grows_old() -> None:
    assert request().cancelled(NOW).state is CallBackState.CANCELLED
    assert request().is_too_old(NOW + LIFE_SECONDS + 1) and not request().is_too_old(NOW + LIFE_SECONDS)
    assert request().is_same(request(id="two", name="Mme Petit"))
    assert not request().is_same(request(group_id=None, person_id="alice"))
