"""WAVE files: the header of a recording that grows, and reading any ordinary file as PCM."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from appliance.media import g711, samples

HEADER_BYTES = 44
RIFF_SIZE_AT = 4
DATA_SIZE_AT = 40
SIZE = Struct("<I")

_LINEAR = 1
_ALAW = 6
_ULAW = 7
_EXTENSIBLE = 0xFFFE
_HEADER = Struct("<4sI4s4sIHHIIHH4sI")
_CHUNK = Struct("<4sI")
_FORMAT = Struct("<HHIIHH")


class WaveError(ValueError):
    """The file is no WAVE file that can be read."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the samples of a file are held."""

    encoding: int
    channels: int
    rate: int
    bits: int


def header(data_bytes: int, channels: int = 1) -> bytes:
    """The header of a file of 16-bit samples at 8000 Hz with so many bytes of them."""
    block = samples.WIDTH * channels
    return _HEADER.pack(
        b"RIFF",
        HEADER_BYTES - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        _FORMAT.size,
        _LINEAR,
        channels,
        samples.RATE,
        samples.RATE * block,
        block,
        8 * samples.WIDTH,
        b"data",
        data_bytes,
    )


def wave_file(sound: bytes) -> bytes:
    """A whole file holding that PCM."""
    return header(len(sound)) + sound


def read_wave(data: bytes) -> bytes:
    """The sound of a file as PCM (mono, 8000 Hz, 16 bits).

    Linear samples of 8 to 32 bits, A-law and µ-law; a data chunk that claims more than there is (a
    recording cut off) is read to its end. Raises WaveError.
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WaveError("not a WAVE file")
    layout: Format | None = None
    offset = 12
    while offset + _CHUNK.size <= len(data):
        name, size = _CHUNK.unpack_from(data, offset)
        body = data[offset + _CHUNK.size : offset + _CHUNK.size + size]
        if name == b"fmt ":
            layout = _read_format(body)
        elif name == b"data":
            if layout is None:
                raise WaveError("samples before their format")
            return _read_samples(layout, body)
        offset += _CHUNK.size + size + size % 2
    raise WaveError("no samples")


def _read_format(body: bytes) -> Format:
    if len(body) < _FORMAT.size:
        raise WaveError("format cut short")
    encoding, channels, rate, _, _, bits = _FORMAT.unpack_from(body)
    if encoding == _EXTENSIBLE and len(body) >= 26:
        encoding = int.from_bytes(body[24:26], "little")
    return Format(encoding, channels, rate, bits)


def _read_samples(layout: Format, body: bytes) -> bytes:
    width = layout.bits // 8
    if layout.encoding in (_ALAW, _ULAW):
        body = g711.decode("PCMA" if layout.encoding == _ALAW else "PCMU", body)
        width = samples.WIDTH
    elif layout.encoding != _LINEAR:
        raise WaveError(f"encoding {layout.encoding} is not known")
    try:
        return samples.to_telephone(body, layout.rate, layout.channels, width)
    except ValueError as error:
        raise WaveError(str(error)) from error
