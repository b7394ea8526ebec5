"""Arithmetic of samples."""

from __future__ import annotations

import pytest

from appliance.media import samples
from appliance.media.mixing import Mixer
from tests.audio_measure import sine, tone_level


def test_levels() -> None:
    assert samples.level_db(sine(1000, 0.2, -20)) == pytest.approx(-20, abs=0.1)
    assert samples.level_db(b"") == samples.level_db(bytes(320)) == samples.QUIETEST_DB


def test_both_sounds_are_in_the_mix_and_loud_ones_do_not_wrap() -> None:
    mixed = samples.mix(sine(500, 0.2), sine(900, 0.1))
    assert len(mixed) == 3200
    assert tone_level(mixed, 500) == pytest.approx(-12, abs=0.2)
    assert tone_level(mixed[:1600], 900) == pytest.approx(-12, abs=0.2)
    assert samples.mix(b"\xff\x7f", b"\xff\x7f") == b"\xff\x7f"


def test_a_mixer_joins_what_both_sides_have() -> None:
    mixer = Mixer()
    mixer.add(0, b"\1\0\2\0\3\0")
    assert mixer.take() == b""
    mixer.add(1, b"\4\0\4\0")
    assert mixer.take() == b"\5\0\6\0"
    assert mixer.finish() == b"\3\0"
    assert mixer.finish() == b""


@pytest.mark.parametrize("bad", [(8000, 3, 2), (8000, 1, 5), (0, 1, 2), (8000, 0, 2)])
def test_a_layout_out_of_sense_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        samples.to_telephone(bytes(16), *bad)
