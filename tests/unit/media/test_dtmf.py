"""Digits as telephone-events (RFC 4733)."""

from __future__ import annotations

import pytest

from appliance.media.dtmf import (
    DIGITS,
    TONE_PAIRS,
    DigitReceiver,
    DtmfError,
    TelephoneEvent,
    clean_digits,
    digit_packets,
    parse_event,
)


def press(receiver: DigitReceiver, digit: str, timestamp: int, ssrc: int = 1) -> list[str]:
    heard = (receiver.receive(ssrc, timestamp, packet.payload) for packet in digit_packets(digit))
    return [each for each in heard if each]


def test_the_event_is_laid_out_as_the_rfc_says() -> None:
    event = TelephoneEvent(11, 800, end=True)
    assert bytes(event) == bytes((11, 0x8A, 3, 0x20))
    assert parse_event(bytes(event)) == event
    with pytest.raises(DtmfError):
        parse_event(b"\1\2\3")


@pytest.mark.parametrize("digit", DIGITS)
def test_each_press_counts_once(digit: str) -> None:
    receiver = DigitReceiver()
    assert press(receiver, digit, 160) == [digit]
    assert press(receiver, digit, 160) == []
    assert press(receiver, digit, 1760) == [digit]


def test_one_packet_of_a_press_is_enough_whichever_it_is() -> None:
    for packet in digit_packets("7"):
        assert DigitReceiver().receive(1, 160, packet.payload) == "7"


def test_a_late_copy_of_the_press_before_counts_for_nothing() -> None:
    receiver = DigitReceiver()
    press(receiver, "1", 160)
    press(receiver, "2", 1760)
    assert receiver.receive(1, 160, digit_packets("1")[-1].payload) is None


def test_a_press_of_ten_seconds_in_segments_counts_once() -> None:
    receiver = DigitReceiver()
    event = bytes(TelephoneEvent(5, 0xFFFF))
    assert receiver.receive(1, 160, event) == "5"
    assert receiver.receive(1, 160 + 0xFFFF, event) is None


def test_other_events_are_no_digits() -> None:
    assert DigitReceiver().receive(1, 160, bytes(TelephoneEvent(36, 160))) is None


def test_a_press_lasts_a_tenth_of_a_second_and_ends_three_times() -> None:
    packets = digit_packets("#")
    events = [parse_event(packet.payload) for packet in packets]
    assert [event.duration for event in events] == [160, 320, 480, 640, 800, 960, 960, 960]
    assert [event.end for event in events].count(True) == 3
    assert [packet.begins for packet in packets].count(True) == 1
    with pytest.raises(ValueError):
        digit_packets("x")


def test_what_people_write_between_digits_is_dropped() -> None:
    assert clean_digits("06 12.34-a#") == "061234A#"
    with pytest.raises(ValueError, match="'\\+' is not a digit"):
        clean_digits("+33")


def test_the_pairs_of_tones_are_those_of_the_keypad() -> None:
    assert TONE_PAIRS["1"] == (697, 1209)
    assert TONE_PAIRS["0"] == (941, 1336)
    assert TONE_PAIRS["D"] == (941, 1633)
    assert len(TONE_PAIRS) == 16
