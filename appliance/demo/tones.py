"""Pure tones: made for a phone to send, and found again in what another has heard."""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

RATE = 8000
AMPLITUDE = 9000
WINDOW_SECONDS = 0.1
# What a window must hold to count: this loud at least, and this much of its power in the tone.
LEAST_LEVEL = 300
LEAST_SHARE = 0.7


def write_tone(path: Path, hertz: int, seconds: int) -> None:
    """Write a WAV file (8 kHz, mono, 16 bits) of a tone."""
    second = array.array(
        "h", (round(AMPLITUDE * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE))
    )
    if sys.byteorder == "big":
        second.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(seconds):
            file.writeframes(second.tobytes())


def seconds_of_tone(path: Path, hertz: int) -> float:
    """How long a tone is heard in a WAV file of 16 bits; raises wave.Error, EOFError, OSError."""
    with wave.open(str(path), "rb") as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = array.array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    one = samples[::channels]
    length = int(rate * WINDOW_SECONDS)
    windows = (one[start : start + length] for start in range(0, len(one) - length + 1, length))
    return WINDOW_SECONDS * sum(_is_tone(window, hertz, rate) for window in windows)


def _is_tone(window: array.array[int], hertz: int, rate: int) -> bool:
    power = sum(sample * sample for sample in window) / len(window)
    return power >= LEAST_LEVEL**2 / 2 and share_of_tone(window, hertz, rate) >= LEAST_SHARE


def share_of_tone(window: array.array[int], hertz: int, rate: int) -> float:
    """How much of the power is in the tone, from 0 to 1: its correlation with a sine and a cosine."""
    angle = 2 * math.pi * hertz / rate
    energy = sum(sample * sample for sample in window)
    if not energy:
        return 0.0
    sine = sum(sample * math.sin(angle * place) for place, sample in enumerate(window))
    cosine = sum(sample * math.cos(angle * place) for place, sample in enumerate(window))
    return 2 * (sine * sine + cosine * cosine) / (len(window) * energy)
