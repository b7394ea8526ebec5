"""Guessing is slowed down, and forgiven in time."""

from appliance.control.attempts import REMEMBERED_KEYS, Attempts


def test_a_few_failures_cost_nothing() -> None:
    attempts = Attempts(window=60)
    for _ in range(2):
        attempts.failed({"alice": 3}, now=10.0)
    assert attempts.wait({"alice": 3}, now=10.0) == 0


def test_too_many_failures_make_wait_until_the_window_has_passed() -> None:
    attempts = Attempts(window=60)
    for moment in (10.0, 20.0, 30.0):
        attempts.failed({"alice": 3}, moment)
    assert attempts.wait({"alice": 3}, now=30.0) == 40
    assert attempts.wait({"alice": 3}, now=69.5) == 1
    assert attempts.wait({"alice": 3}, now=70.0) == 0


def test_others_do_not_wait() -> None:
    attempts = Attempts()
    attempts.failed({"alice": 1}, now=0.0)
    assert attempts.wait({"bob": 1}, now=0.0) == 0


def test_the_longest_wait_of_all_keys_counts() -> None:
    attempts = Attempts(window=60)
    attempts.failed({"alice": 1}, now=0.0)
    attempts.failed({"client:192.0.2.7": 1}, now=30.0)
    assert attempts.wait({"alice": 1, "client:192.0.2.7": 1}, now=30.0) == 60


def test_success_forgives() -> None:
    attempts = Attempts()
    attempts.failed({"alice": 1}, now=0.0)
    attempts.succeeded({"alice": 1})
    assert attempts.wait({"alice": 1}, now=0.0) == 0


def test_made_up_names_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(REMEMBERED_KEYS + 500):
        attempts.failed({f"name:{number}": 1}, now=0.0)
    assert attempts.wait({"name:0": 1}, now=0.0) == 0
    assert attempts.wait({f"name:{REMEMBERED_KEYS + 499}": 1}, now=0.0) > 0
