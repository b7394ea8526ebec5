"""Arithmetic of sound held as 16-bit samples: level, mixing, channels, rate. The one importer of audioop.

Sound is bytes of signed 16-bit little-endian samples, mono at 8000 Hz unless said otherwise ("PCM" in this
room).
"""

from __future__ import annotations

import math
import sys
import warnings

with warnings.catch_warnings():
    # Deprecated in 3.11 and 3.12; from 3.13 on the same module comes from the package audioop-lts.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE = 8000
WIDTH = 2
FRAME_SAMPLES = 160
FRAME_BYTES = FRAME_SAMPLES * WIDTH
SILENCE = bytes(FRAME_BYTES)
FULL_SCALE = 32767
QUIETEST_DB = -100.0


def whole_samples(sound: bytes) -> bytes:
    """The sound without half a sample at its end."""
    return sound[: len(sound) & ~1]


def seconds(sound: bytes | bytearray) -> float:
    """How long PCM lasts."""
    return len(sound) / (RATE * WIDTH)


def level_db(sound: bytes) -> float:
    """Root mean square in decibels below full scale; -100 for nothing at all."""
    loudness = audioop.rms(whole_samples(sound), WIDTH)
    return 20 * math.log10(loudness / FULL_SCALE) if loudness else QUIETEST_DB


def mix(first: bytes, second: bytes) -> bytes:
    """Two sounds heard together, held within 16 bits; the shorter one ends in silence."""
    longest = max(len(first), len(second))
    return audioop.add(first.ljust(longest, b"\0"), second.ljust(longest, b"\0"), WIDTH)


def scale(sound: bytes, factor: float) -> bytes:
    """The sound made louder or quieter."""
    return audioop.mul(whole_samples(sound), WIDTH, factor)


def to_telephone(sound: bytes, rate: int, channels: int, width: int) -> bytes:
    """Any linear sound as PCM: mono, 16 bits, 8000 Hz.

    `width` is in bytes; one-byte samples are unsigned, as in WAVE files. Raises ValueError for more than two
    channels or a width or rate out of sense.
    """
    if channels not in (1, 2) or width not in (1, 2, 3, 4) or not 1000 <= rate <= 384_000:
        raise ValueError(f"{channels} channels of {8 * width} bits at {rate} Hz")
    sound = sound[: len(sound) - len(sound) % (width * channels)]
    if sys.byteorder == "big" and width > 1:
        sound = audioop.byteswap(sound, width)
    if width == 1:
        sound = audioop.bias(sound, 1, 128)
    if width != WIDTH:
        sound = audioop.lin2lin(sound, width, WIDTH)
    if channels == 2:
        sound = audioop.tomono(sound, WIDTH, 0.5, 0.5)
    if rate != RATE:
        sound, _ = audioop.ratecv(sound, WIDTH, 1, rate, RATE, None)
    return sound


def to_ulaw(sound: bytes) -> bytes:
    """PCM as G.711 µ-law, one byte a sample."""
    return audioop.lin2ulaw(sound, WIDTH)


def to_alaw(sound: bytes) -> bytes:
    """PCM as G.711 A-law, one byte a sample."""
    return audioop.lin2alaw(sound, WIDTH)


def from_ulaw(encoded: bytes) -> bytes:
    """PCM of G.711 µ-law."""
    return audioop.ulaw2lin(encoded, WIDTH)


def from_alaw(encoded: bytes) -> bytes:
    """PCM of G.711 A-law."""
    return audioop.alaw2lin(encoded, WIDTH)
