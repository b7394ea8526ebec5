"""Music for those who wait: a calm melody of our own, made once as sound."""

from __future__ import annotations

import math
import sys
from array import array

from appliance.media import samples

# A slow broken chord, up and down, in two harmonies; (Hz, length in seconds).
NOTES: tuple[tuple[float, float], ...] = (
    (523.25, 1.2), (659.26, 0.6), (783.99, 1.2), (659.26, 0.6),
    (587.33, 1.2), (698.46, 0.6), (880.0, 1.2), (698.46, 0.6),
    (493.88, 1.2), (587.33, 0.6), (783.99, 1.2), (587.33, 0.6),
    (523.25, 1.2), (659.26, 0.6), (523.25, 2.4),
)  # fmt: skip
LEVEL_DB = -19.0
_ATTACK_SECONDS = 0.06


def melody() -> bytes:
    """One pass of the melody, to be repeated: 8 kHz mono 16-bit PCM, little-endian, some 15 s."""
    level = 32767 * 10 ** (LEVEL_DB / 20)
    made = array("h")
    for frequency, seconds in NOTES:
        made.extend(_note(frequency, seconds, level))
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _note(frequency: float, seconds: float, level: float) -> array[int]:
    """A note that swells and fades like a struck bar, with a little of its octave."""
    count = int(seconds * samples.RATE)
    turn = 2 * math.pi * frequency / samples.RATE
    note = array("h", bytes(2 * count))
    for place in range(count):
        at = place / samples.RATE
        swell = min(at / _ATTACK_SECONDS, 1.0) * min((seconds - at) / _ATTACK_SECONDS, 1.0)
        fade = math.exp(-1.1 * at)
        wave = 0.85 * math.sin(turn * place) + 0.15 * math.sin(2 * turn * place)
        note[place] = int(level * swell * fade * wave)
    return note
