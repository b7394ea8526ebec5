"""Tones measured by Goertzel: frequency, level and cadence."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest

from appliance.media.samples import seconds
from appliance.media.tones import digit_sound, sine, tone, tone_sound
from tests.audio_measure import sound_level, tone_level

SECOND = 16000


def cut(sound: bytes, start: float, end: float) -> bytes:
    return sound[int(start * SECOND) & ~1 : int(end * SECOND) & ~1]


@pytest.mark.parametrize(
    ("country", "name", "frequencies", "on", "off"),
    [
        ("FR", "ringback", (440,), 1.5, 3.5),
        ("FR", "busy", (440,), 0.5, 0.5),
        ("fr", "congestion", (440,), 0.25, 0.25),
        ("US", "ringback", (440, 480), 2.0, 4.0),
        ("US", "busy", (480, 620), 0.5, 0.5),
        ("CA", "congestion", (480, 620), 0.25, 0.25),
        ("DE", "ringback", (425,), 1.0, 4.0),
        ("DE", "busy", (425,), 0.5, 0.5),
    ],
)
def test_frequency_level_and_cadence(
    country: str, name: str, frequencies: tuple[int, ...], on: float, off: float
) -> None:
    sound = tone_sound(tone(name, country))
    assert seconds(sound) == on + off
    heard = cut(sound, 0.0, on)
    each = -13 if len(frequencies) == 1 else -16
    for frequency in frequencies:
        assert tone_level(heard, frequency) == pytest.approx(each, abs=0.4)
    assert sound_level(heard) == pytest.approx(-13, abs=0.3)
    for other in (350, 400, 560, 880):
        assert tone_level(heard, other) < -35
    assert sound_level(cut(sound, on, on + off)) == -120


def test_the_british_ring_is_double() -> None:
    sound = tone_sound(tone("ringback", "GB"))
    loud = [sound_level(cut(sound, start, start + 0.15)) > -20 for start in (0.1, 0.42, 0.7, 1.5, 2.8)]
    assert loud == [True, False, True, False, False]


def test_tones_go_on_and_the_beep_does_not() -> None:
    assert tone("dial", "FR").repeats and tone("ringback", "FR").repeats
    beep = tone("beep", "FR")
    assert not beep.repeats
    assert tone_level(tone_sound(beep), 1000) == pytest.approx(-13, abs=0.5)
    with pytest.raises(ValueError, match="'hum'"):
        tone("hum", "FR")


def test_a_repeated_tone_has_no_click_where_it_begins_again() -> None:
    dial = array("h", tone_sound(tone("dial", "FR")) * 2)
    assert max(abs(b - a) for a, b in pairwise(dial)) <= max(abs(b - a) for a, b in pairwise(dial[:100])) + 1


def test_a_burst_begins_and_ends_softly() -> None:
    burst = array("h", sine((440,), 100, -13))
    assert max(map(abs, [*burst[:8], *burst[-8:]])) < max(burst) / 6


def test_a_digit_is_its_two_tones_and_a_pause() -> None:
    sound = digit_sound("9")
    heard = cut(sound, 0, 0.1)
    assert tone_level(heard, 852) > -14 and tone_level(heard, 1477) > -14
    assert tone_level(heard, 770) < -25 and tone_level(heard, 1336) < -25
    assert sound_level(cut(sound, 0.1, 0.18)) == -120
    with pytest.raises(KeyError):
        digit_sound("x")
