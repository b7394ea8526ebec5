"""The tones of the telephone network, by country, and digits as sound.

Frequencies and cadences are those of the list of national tones of ITU-T E.180, and the European 425 Hz
elsewhere.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from appliance.media import samples
from appliance.media.dtmf import DIGIT_MS, PAUSE_MS, TONE_PAIRS

LEVEL_DB = -13.0  # of full scale: -10 dBm0, the usual level of network tones
DTMF_LEVEL_DB = -10.0
_RAMP_MS = 4


@dataclass(frozen=True, slots=True)
class Burst:
    """A part of a cadence: these frequencies (none: silence) for that long."""

    frequencies: tuple[int, ...]
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Tone:
    """One pass of a cadence; `repeats` when it goes on until it is stopped."""

    bursts: tuple[Burst, ...]
    repeats: bool = True


def _cadence(frequencies: tuple[int, ...], *on_off_ms: int) -> Tone:
    return Tone(
        tuple(
            Burst(() if index % 2 else frequencies, milliseconds)
            for index, milliseconds in enumerate(on_off_ms)
        )
    )


BEEP = Tone((Burst((1000,), 400),), repeats=False)

_FRANCE = {
    "dial": _cadence((440,), 1000),
    "ringback": _cadence((440,), 1500, 3500),
    "busy": _cadence((440,), 500, 500),
    "congestion": _cadence((440,), 250, 250),
}
_NORTH_AMERICA = {
    "dial": _cadence((350, 440), 1000),
    "ringback": _cadence((440, 480), 2000, 4000),
    "busy": _cadence((480, 620), 500, 500),
    "congestion": _cadence((480, 620), 250, 250),
}
_UNITED_KINGDOM = {
    "dial": _cadence((350, 440), 1000),
    "ringback": _cadence((400, 450), 400, 200, 400, 2000),
    "busy": _cadence((400,), 375, 375),
    "congestion": _cadence((400,), 400, 350, 225, 525),
}
_ELSEWHERE = {
    "dial": _cadence((425,), 1000),
    "ringback": _cadence((425,), 1000, 4000),
    "busy": _cadence((425,), 500, 500),
    "congestion": _cadence((425,), 250, 250),
}
_COUNTRIES: Mapping[str, Mapping[str, Tone]] = {
    "FR": _FRANCE,
    "MC": _FRANCE,
    "US": _NORTH_AMERICA,
    "CA": _NORTH_AMERICA,
    "GB": _UNITED_KINGDOM,
}
NAMES = frozenset({*_FRANCE, "beep"})


def tone(name: str, country: str) -> Tone:
    """The tone of that name in a country (ISO 3166, two letters).

    Names: "ringback", "busy", "congestion", "dial", "beep". Raises ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"no tone is called {name!r}")
    if name == "beep":
        return BEEP
    return _COUNTRIES.get(country.upper(), _ELSEWHERE)[name]


@cache
def tone_sound(wanted: Tone) -> bytes:
    """One pass of a tone as PCM."""
    if wanted.repeats and len(wanted.bursts) == 1:
        # Whole periods: it begins again without a seam.
        return _steady(wanted.bursts[0].frequencies, wanted.bursts[0].milliseconds, LEVEL_DB)
    return b"".join(sine(burst.frequencies, burst.milliseconds, LEVEL_DB) for burst in wanted.bursts)


@cache
def digit_sound(digit: str) -> bytes:
    """A digit as a pair of tones and the pause after it, as PCM. Raises KeyError for what is no digit."""
    return sine(TONE_PAIRS[digit], DIGIT_MS, DTMF_LEVEL_DB) + sine((), PAUSE_MS, 0)


def sine(frequencies: tuple[int, ...], milliseconds: int, level_db: float) -> bytes:
    """Sines together at that level in decibels of full scale, without a click at either end; PCM."""
    return _ramped(_steady(frequencies, milliseconds, level_db), min(_RAMP_MS, milliseconds // 2))


def _steady(frequencies: tuple[int, ...], milliseconds: int, level_db: float) -> bytes:
    size = milliseconds * samples.RATE // 1000
    if not frequencies:
        return bytes(size * samples.WIDTH)
    # Whole numbers of hertz repeat exactly: one period is computed, the rest copied.
    period = samples.RATE // math.gcd(samples.RATE, *frequencies)
    one = _sines(frequencies, min(period, size), level_db)
    return (one * (size // period + 1))[: size * samples.WIDTH]


def _sines(frequencies: tuple[int, ...], count: int, level_db: float) -> bytes:
    # Decibels of full scale are root mean square here: the peak of a sine is 3 dB above.
    peak = samples.FULL_SCALE * 10 ** (level_db / 20) * math.sqrt(2 / len(frequencies))
    steps = [2 * math.pi * frequency / samples.RATE for frequency in frequencies]
    values = array("h", (round(peak * sum(math.sin(step * n) for step in steps)) for n in range(count)))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _ramped(sound: bytes, milliseconds: int) -> bytes:
    size = samples.RATE // 1000 * samples.WIDTH
    pieces = [sound[start : start + size] for start in range(0, len(sound), size)]
    for index in range(milliseconds):
        factor = (index + 0.5) / milliseconds
        pieces[index] = samples.scale(pieces[index], factor)
        pieces[-1 - index] = samples.scale(pieces[-1 - index], factor)
    return b"".join(pieces)
