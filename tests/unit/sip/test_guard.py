"""The guard: failures slow, then shut out, for longer each time; never an office with registered phones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sip.guard import (
    ASKED_FORGIVEN,
    FIRST_BAN,
    FORGIVEN,
    GUESSES_AFTER,
    LONGEST_BAN,
    LONGEST_DELAY,
    SHUT_OUT_AFTER,
    WINDOW_SECONDS,
    Guard,
    counted_as,
    is_local,
    is_scanner,
)

STRANGER = "203.0.113.9"


def fail(guard: Guard, times: int, now: float = 0.0, *, registered: bool = False):
    verdicts = [guard.failed(STRANGER, now, registered=registered) for _ in range(times)]
    return verdicts[-1]


def test_some_mistakes_are_forgiven_then_each_waits_longer():
    guard = Guard()
    delays = [fail(guard, 1).delay for _ in range(FORGIVEN + 5)]
    assert delays == [0.0] * FORGIVEN + [0.5, 1.0, 2.0, 4.0, 8.0]
    assert fail(guard, 3).delay == LONGEST_DELAY


def test_who_goes_on_is_not_heard_for_longer_each_time():
    guard, now = Guard(), 0.0
    for ban in (FIRST_BAN, 2 * FIRST_BAN, 4 * FIRST_BAN):
        assert fail(guard, SHUT_OUT_AFTER, now).banned
        assert guard.is_shut_out(STRANGER, now + ban - 1) and not guard.is_shut_out(STRANGER, now + ban)
        assert [one.address for one in guard.bans(now)] == [STRANGER]
        now += ban
    for _ in range(20):
        fail(guard, SHUT_OUT_AFTER, now)
    assert max(one.until for one in guard.bans(now)) <= now + LONGEST_BAN


def test_old_failures_count_no_more():
    guard = Guard()
    fail(guard, SHUT_OUT_AFTER - 1)
    assert fail(guard, 1, WINDOW_SECONDS + 1).delay == 0.0


def test_an_office_with_a_registered_phone_is_slowed_and_nothing_worse():
    guard = Guard()
    verdict = fail(guard, 10 * SHUT_OUT_AFTER, registered=True)
    assert verdict.delay == LONGEST_DELAY and not verdict.banned
    assert not guard.is_shut_out(STRANGER, 0.0)


def test_what_still_comes_of_somebody_who_is_shut_out_opens_no_door():
    guard = Guard()
    fail(guard, SHUT_OUT_AFTER)
    fail(guard, 3, 1.0)
    assert guard.is_shut_out(STRANGER, 2.0) and [one.address for one in guard.bans(2.0)] == [STRANGER]


def test_who_is_asked_for_a_password_and_never_gives_one_is_noticed_and_phones_are_not():
    guard = Guard()
    assert not any(guard.asked(STRANGER, 1.0) for _ in range(ASKED_FORGIVEN))
    assert guard.asked(STRANGER, 2.0)
    guard.proved(STRANGER)
    assert not any(guard.asked(STRANGER, 3.0) for _ in range(ASKED_FORGIVEN))
    guard.proved("198.51.100.9")
    assert not guard.asked(STRANGER, WINDOW_SECONDS + 4.0)


def test_a_ban_is_lifted_by_hand():
    guard = Guard()
    fail(guard, SHUT_OUT_AFTER)
    assert guard.unban(STRANGER) and not guard.is_shut_out(STRANGER, 1.0)
    assert not guard.unban(STRANGER)


def test_a_flood_of_addresses_takes_no_memory_and_lifts_no_ban():
    guard = Guard(most=100)
    fail(guard, SHUT_OUT_AFTER)
    for number in range(5000):
        guard.failed(f"198.51.{number // 250}.{number % 250}", 1.0, registered=False)
    assert guard.is_shut_out(STRANGER, 2.0)
    assert len(guard) <= 2 * 100


def test_where_made_up_addresses_fill_the_bans_who_guesses_is_shut_out_all_the_same():
    guard = Guard(most=100)
    for number in range(500):
        guard.failed(f"198.51.100.{number}", 1.0, registered=False, weight=SHUT_OUT_AFTER)
    delays = [fail(guard, 1, 2.0).delay for _ in range(FORGIVEN + 1)]
    assert delays[-1] > 0.0
    assert fail(guard, SHUT_OUT_AFTER - FORGIVEN - 1, 2.0).banned and guard.is_shut_out(STRANGER, 3.0)
    assert len(guard.bans(3.0)) == 100


def test_who_guesses_beside_phones_is_known_for_it_until_it_is_long_ago():
    guard = Guard()
    fail(guard, GUESSES_AFTER - 1, registered=True)
    assert not guard.is_guessing(STRANGER, 1.0)
    fail(guard, 1, 1.0, registered=True)
    assert guard.is_guessing(STRANGER, 2.0) and not guard.is_shut_out(STRANGER, 2.0)
    assert not guard.is_guessing(STRANGER, WINDOW_SECONDS)


def test_tools_name_themselves():
    assert is_scanner(b"OPTIONS sip:a SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n")
    assert is_scanner(b'OPTIONS sip:a SIP/2.0\r\nFrom: "sipvicious"<sip:100@1.1.1.1>\r\n\r\n')
    assert not is_scanner(b"OPTIONS sip:a SIP/2.0\r\nUser-Agent: Yealink SIP-T46U\r\n\r\n")


def test_what_is_of_our_own_network():
    ours = "192.168.1.4 10.0.0.1 172.20.1.1 127.0.0.1 169.254.3.3 fe80::1%eth0 fd00::2"
    for address in ours.split():
        assert is_local(address), address
    for address in ("8.8.8.8", "2a01:e0a::1", "100.64.0.1", "::ffff:8.8.8.8", "", "box"):
        assert not is_local(address), address


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 500), st.booleans()), max_size=200))
def test_no_registered_address_is_ever_shut_out_by_its_own_failures(events):
    guard, now = Guard(), 0.0
    for address, step, registered in events:
        now += step
        verdict = guard.failed(f"10.0.0.{address}", now, registered=registered or address == 0)
        assert 0.0 <= verdict.delay <= LONGEST_DELAY
    assert not guard.is_shut_out("10.0.0.0", now)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("80.67.169.12", "80.67.169.12"),
        ("2a01:e0a:123:45::9", "2a01:e0a:123:45::/64"),
        ("2a01:e0a:123:45:ffff::1", "2a01:e0a:123:45::/64"),
        ("fd77::4", "fd77::4"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("::ffff:80.67.169.12", "::ffff:80.67.169.12"),
        ("nonsense:", "nonsense:"),
    ],
)
def test_who_has_one_ipv6_address_has_all_of_its_network(address: str, counted: str) -> None:
    assert counted_as(address) == counted
