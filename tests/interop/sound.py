"""Sound for the phones of the tests: sines to send, and what is in a recording."""

from __future__ import annotations

import array
import contextlib
import math
import wave
from pathlib import Path

RATE = 8000


def write_sine(path: Path, hertz: float, seconds: float, *, level: float = 0.3) -> Path:
    """A mono 16-bit wave file of 8 kHz with a sine of whole hertz in it: seconds repeat without a click."""
    second = array.array(
        "h",
        (round(32767 * level * math.sin(2 * math.pi * round(hertz) * index / RATE)) for index in range(RATE)),
    )
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(second.tobytes() * math.ceil(seconds))
    return path


def read_mono(path: Path) -> tuple[array.array[int], int]:
    """The first channel of a 16-bit wave file and its rate; a file cut short is read as far as it goes."""
    with wave.open(str(path), "rb") as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = array.array("h", file.readframes(file.getnframes()))
    return samples[::channels], rate


def share_of_tone(samples: array.array[int], rate: int, hertz: float) -> float:
    """How much of the energy lies at that frequency, by Goertzel: 1.0 is a pure sine, 0.0 none of it."""
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hertz / rate)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    power = last * last + before * before - factor * last * before
    return 2 * power / (len(samples) * energy)


def seconds_of_tone(path: Path, hertz: float, *, share: float = 0.8) -> float:
    """How many seconds of a recording are that tone, in windows of a tenth of a second."""
    samples, rate = read_mono(path)
    window = rate // 10
    heard = 0
    for start in range(0, len(samples) - window + 1, window):
        piece = samples[start : start + window]
        if max(piece) > 300 and share_of_tone(piece, rate, hertz) > share:
            heard += 1
    return heard / 10


def seconds_together(path: Path, *tones: int, share: float) -> float:
    """How many seconds of a recording have all of those tones at once, each at least that share of it."""
    samples, rate = read_mono(path)
    window = rate // 10
    pieces = (samples[start : start + window] for start in range(0, len(samples) - window + 1, window))
    heard = (
        max(each) > 300 and all(share_of_tone(each, rate, tone) > share for tone in tones) for each in pieces
    )
    return sum(heard) / 10


def sine(hertz: float, seconds: float, *, level: float = 0.3) -> bytes:
    """16-bit mono samples of 8 kHz."""
    return array.array(
        "h",
        (
            round(32767 * level * math.sin(2 * math.pi * hertz * index / RATE))
            for index in range(round(RATE * seconds))
        ),
    ).tobytes()


def _alaw_of(value: int) -> int:
    """One A-law byte of a 16-bit sample, by the segments of G.711."""
    magnitude = min(value if value >= 0 else -value - 1, 32767) >> 3
    exponent = max(magnitude.bit_length() - 5, 0)
    mantissa = (magnitude >> max(exponent, 1)) & 0x0F
    return ((exponent << 4 | mantissa) | (0x80 if value >= 0 else 0)) ^ 0x55


def _sample_of(byte: int) -> int:
    byte ^= 0x55
    exponent, mantissa = byte >> 4 & 7, byte & 15
    magnitude = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << exponent - 1
    return magnitude if byte & 0x80 else -magnitude


_SAMPLES = [_sample_of(byte) for byte in range(256)]


def alaw_encoded(samples: bytes) -> bytes:
    return bytes(_alaw_of(sample) for sample in array.array("h", samples))


def alaw_decoded(encoded: bytes) -> bytes:
    return array.array("h", (_SAMPLES[byte] for byte in encoded)).tobytes()


def is_complete(path: Path) -> bool:
    """Whether a recording can be read: its head is written when it is closed, a moment after the call."""
    try:
        with wave.open(str(path), "rb") as sound:
            return sound.getnframes() > 0
    except (wave.Error, EOFError):
        return False


def is_closed(path: Path) -> bool:
    """Whether the length in a recording's head is that of the file: it is less while more is written."""
    with path.open("rb") as file:
        head = file.read(12)
    return (
        head[:4] + head[8:] == b"RIFFWAVE" and int.from_bytes(head[4:8], "little") + 8 >= path.stat().st_size
    )


def is_finished(path: Path, writer: int | None) -> bool:
    """Whether a recording holds sound, and the process that writes it adds no more (None: it has ended).

    Its length tells nothing by itself: it is that of an earlier take until the file is closed, and what is
    heard arrives in large blocks.
    """
    return path.exists() and not is_open(path, writer) and is_closed(path) and is_complete(path)


def is_open(path: Path, process: int | None) -> bool:
    """Whether a running process has a file open."""
    folder = Path(f"/proc/{process}/fd")
    held = []
    with contextlib.suppress(FileNotFoundError):
        for descriptor in folder.iterdir() if process is not None else ():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                held.append(descriptor.readlink())
    return path.resolve() in held


def sound_besides(path: Path, *tones: int) -> float:
    """How many seconds of a recording are sound other than those tones."""
    samples, rate = read_mono(path)
    window = rate // 10
    starts = range(0, len(samples) - window + 1, window)
    loud = sum(max(samples[start : start + window]) > 300 for start in starts) / 10
    return loud - sum(seconds_of_tone(path, tone, share=0.5) for tone in tones)


def share_heard(words: bytes, heard: bytes) -> float:
    """How much of some words is in what was heard, both A-law: the share of their loud 20 ms found there.

    Packets lost or repeated, and sounds between, do not matter; words that were never said have none there.
    """
    pieces = [words[start : start + RATE // 50] for start in range(0, len(words), RATE // 50)]
    loud = [piece for piece in pieces if max(abs(_SAMPLES[byte]) for byte in piece) > 3000]
    return sum(piece in heard for piece in loud) / len(loud)
