"""Who is heard and answered: the negotiated far end, never a stranger."""

from __future__ import annotations

import pytest

from appliance.media.addresses import canonical
from appliance.media.latch import Latch

PHONE = ("10.0.0.5", 4000)


@pytest.fixture
def latch() -> Latch:
    latch = Latch()
    latch.negotiated(*PHONE)
    return latch


def test_before_anything_is_negotiated_nobody_is_heard() -> None:
    latch = Latch()
    assert latch.target is None
    assert not latch.accepts(PHONE)


def test_the_negotiated_address_is_heard_and_sent_to(latch: Latch) -> None:
    assert latch.target == PHONE
    assert latch.accepts(PHONE)
    assert latch.target == PHONE


def test_a_stranger_is_neither_heard_nor_sent_to(latch: Latch) -> None:
    assert not latch.accepts(("10.0.0.6", 4000))
    assert latch.target == PHONE
    assert latch.strangers == 1


def test_another_port_of_the_same_host_is_locked_onto_once(latch: Latch) -> None:
    assert latch.accepts(("10.0.0.5", 5000))
    assert latch.target == ("10.0.0.5", 5000)
    assert not latch.accepts(("10.0.0.5", 5002))
    assert latch.accepts(("10.0.0.5", 5000))


def test_what_was_negotiated_wins_over_what_was_guessed(latch: Latch) -> None:
    latch.accepts(("10.0.0.5", 5000))
    assert latch.accepts(PHONE)
    assert latch.target == PHONE
    assert not latch.accepts(("10.0.0.5", 5000))


def test_after_the_negotiated_address_was_heard_no_other_port_is(latch: Latch) -> None:
    latch.accepts(PHONE)
    assert not latch.accepts(("10.0.0.5", 5000))


def test_the_host_of_the_signalling_may_send_when_it_is_given(latch: Latch) -> None:
    latch.negotiated("192.168.1.4", 4000, "203.0.113.7")
    assert latch.accepts(("203.0.113.7", 61000))
    assert latch.target == ("203.0.113.7", 61000)
    assert not latch.accepts(("203.0.113.8", 61000))


def test_the_same_agreement_again_keeps_the_lock_and_another_frees_it(latch: Latch) -> None:
    latch.accepts(("10.0.0.5", 5000))
    latch.negotiated(*PHONE)
    assert latch.target == ("10.0.0.5", 5000)
    latch.negotiated("10.0.0.5", 4002)
    assert latch.target == ("10.0.0.5", 4002)
    assert latch.accepts(("10.0.0.5", 7000))


@pytest.mark.parametrize(("host", "port"), [("0.0.0.0", 4000), ("10.0.0.5", 0), ("::", 4000)])
def test_nowhere_is_not_sent_to(latch: Latch, host: str, port: int) -> None:
    latch.negotiated(host, port)
    assert latch.target is None


def test_ipv6_is_compared_by_value_and_answered_with_its_scope(latch: Latch) -> None:
    latch.negotiated("FE80:0::1", 4000)
    source = ("fe80::1%eth0", 4000, 0, 2)
    assert latch.accepts(source)
    assert latch.target == source
    assert canonical("::ffff:10.0.0.5") == "10.0.0.5"


def test_an_address_of_our_own_is_never_the_far_end() -> None:
    latch = Latch({PHONE})
    latch.negotiated(*PHONE)
    assert not latch.accepts(PHONE)


def test_a_name_is_no_address(latch: Latch) -> None:
    with pytest.raises(ValueError):
        latch.negotiated("phone.example", 4000)


def test_who_was_left_for_another_address_is_not_taken_for_it(latch: Latch) -> None:
    latch.negotiated("192.0.2.7", 7000)
    assert latch.accepts(("192.0.2.7", 7000))
    latch.negotiated("192.0.2.7", 7100)
    assert not latch.accepts(("192.0.2.7", 7000))
    assert latch.target == ("192.0.2.7", 7100)
    assert latch.accepts(("192.0.2.7", 7100))
