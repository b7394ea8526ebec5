"""The demonstration's ear and its words."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from appliance.demo.texts import TEXTS
from appliance.demo.tones import seconds_of_tone, write_tone


def test_a_tone_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    write_tone(path, 440, seconds=2)
    assert seconds_of_tone(path, 440) == pytest.approx(2.0)
    assert seconds_of_tone(path, 660) == 0.0


def test_every_text_is_in_both_languages_with_the_same_gaps() -> None:
    for name, texts in TEXTS.items():
        assert set(texts) == {"en", "fr"}, name
        gaps = [{gap for _, gap, _, _ in string.Formatter().parse(text) if gap} for text in texts.values()]
        assert gaps[0] == gaps[1], name
