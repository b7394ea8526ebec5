"""Both laws of G.711, and one turned into the other."""

from __future__ import annotations

import pytest

from appliance.media import g711
from tests.audio_measure import sine, tone_level


@pytest.mark.parametrize("law", ["PCMU", "pcma"])
def test_a_tone_survives_its_encoding(law: str) -> None:
    sound = sine(1000, 0.2)
    decoded = g711.decode(law, g711.encode(law, sound))
    assert tone_level(decoded, 1000) == pytest.approx(-12, abs=0.2)


def test_every_code_survives_there_and_back_as_nearly_as_the_laws_allow() -> None:
    there, back = g711.conversion("PCMU", "PCMA"), g711.conversion("PCMA", "PCMU")
    assert there and back
    codes = bytes(range(256))
    again = codes.translate(there).translate(back)
    kept = sum(a == b for a, b in zip(codes, again, strict=True))
    assert kept > 200


def test_the_same_law_needs_no_table() -> None:
    assert g711.conversion("PCMU", "pcmu") is None
    with pytest.raises(KeyError):
        g711.conversion("G722", "PCMA")


def test_silence_is_the_silent_code_and_half_a_sample_is_dropped() -> None:
    assert g711.encode("PCMA", bytes(5)) == g711.SILENT_CODE["PCMA"] * 2 == b"\xd5\xd5"
    assert g711.encode("PCMU", bytes(2)) == g711.SILENT_CODE["PCMU"] == b"\xff"
