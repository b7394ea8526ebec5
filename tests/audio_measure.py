"""Measuring sound: how loud a frequency is, and which one a recording holds."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

from appliance.media.wave_files import read_wave

FULL_SCALE = 32767


def tone_level(pcm: bytes, hz: float, rate: int = 8000) -> float:
    """The level of one frequency in decibels of full scale (root mean square), by Goertzel's recurrence.

    A sine at full scale measures -3 dB; -120 stands for nothing.
    """
    samples = array("h", pcm[: len(pcm) & ~1])
    if not samples:
        return -120.0
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    power = before * before + last * last - factor * before * last
    amplitude = 2 * math.sqrt(max(power, 0.0)) / len(samples)
    return max(-120.0, 20 * math.log10(max(amplitude, 1e-9) / FULL_SCALE / math.sqrt(2)))


def sound_level(pcm: bytes) -> float:
    """The level of everything in decibels of full scale; -120 stands for nothing."""
    samples = array("h", pcm[: len(pcm) & ~1])
    square = sum(sample * sample for sample in samples) / max(1, len(samples))
    return 10 * math.log10(max(square, 1e-12) / FULL_SCALE**2) if square else -120.0


def dominant_tone(wav_path: Path) -> float:
    """The strongest frequency, to 1 Hz, of the loudest half second of a WAVE file; 0 for silence."""
    return dominant_frequency(read_wave(Path(wav_path).read_bytes()))


def dominant_frequency(pcm: bytes) -> float:
    """The same for PCM at 8000 Hz."""
    loudest = max(
        (pcm[start : start + 8000] for start in range(0, len(pcm), 4000)), key=sound_level, default=b""
    )
    if sound_level(loudest) < -70:
        return 0.0
    short = loudest[:1600]
    coarse = max(range(60, 3600, 5), key=lambda hz: tone_level(short, hz))
    return float(max(range(coarse - 10, coarse + 11), key=lambda hz: tone_level(loudest, hz)))


def sine(hz: float, seconds: float, level_db: float = -12.0, rate: int = 8000) -> bytes:
    """PCM of a sine at that level (root mean square)."""
    peak = FULL_SCALE * 10 ** (level_db / 20) * math.sqrt(2)
    return array(
        "h", (round(peak * math.sin(2 * math.pi * hz * n / rate)) for n in range(int(seconds * rate)))
    ).tobytes()
