"""Silence: speech, noise and clicks told apart."""

from __future__ import annotations

import random
from array import array

import pytest

from appliance.media.silence import SilenceDetector
from tests.audio_measure import sine


def noise(seconds: float, peak: int) -> bytes:
    source = random.Random(7)
    return array("h", (source.randint(-peak, peak) for _ in range(int(seconds * 8000)))).tobytes()


def fed(*sounds: bytes) -> SilenceDetector:
    detector = SilenceDetector()
    data = b"".join(sounds)
    for start in range(0, len(data), 3000):
        detector.feed(data[start : start + 3000])
    return detector


def test_silence_grows_and_speech_ends_it() -> None:
    assert fed(bytes(32000)).quiet_seconds == pytest.approx(2, abs=0.03)
    assert fed(bytes(32000), sine(300, 0.5)).quiet_seconds == 0
    after = fed(sine(300, 0.5), bytes(16000))
    assert after.quiet_seconds == pytest.approx(1, abs=0.03)
    assert after.spoken_seconds == pytest.approx(0.5, abs=0.08)


def test_the_noise_of_a_line_is_silence() -> None:
    assert fed(noise(6, 250)).quiet_seconds > 4


def test_speech_above_the_noise_is_heard() -> None:
    assert fed(noise(4, 250), sine(500, 1.0, -25)).quiet_seconds == 0


def test_a_click_is_not_speech() -> None:
    assert fed(bytes(16000), noise(0.02, 20000), bytes(16000)).quiet_seconds > 1.9


def test_long_loud_speech_stays_speech() -> None:
    assert fed(sine(440, 20, -25)).quiet_seconds == 0
