"""WAVE files: ours, other people's, and those cut off."""

from __future__ import annotations

import io
import wave

import pytest

from appliance.media import g711, wave_files
from appliance.media.wave_files import WaveError, header, read_wave, wave_file
from tests.audio_measure import dominant_frequency, sine, tone_level


def written(sound: bytes, rate: int, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(sound)
    return file.getvalue()


def test_ours_is_what_the_standard_library_reads() -> None:
    sound = sine(440, 0.1)
    with wave.open(io.BytesIO(wave_file(sound))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.readframes(10000) == sound
    assert read_wave(wave_file(sound)) == sound


def test_a_recording_cut_off_is_read_to_its_end() -> None:
    sound = sine(440, 0.1)
    assert read_wave(header(10**6) + sound) == sound
    assert read_wave(header(400) + sound) == sound[:400]
    assert read_wave(header(0)) == b""
    assert read_wave(header(0xFFFFFFFF - 44) + sound[:-1]) == sound[:-2]


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_other_rates(rate: int) -> None:
    sound = read_wave(written(sine(440, 0.5, rate=rate), rate))
    assert len(sound) == pytest.approx(8000, abs=4)
    assert dominant_frequency(sound) == pytest.approx(440, abs=2)


def test_stereo_eight_bits_and_the_two_laws() -> None:
    sound = sine(440, 0.2)
    stereo = b"".join(sound[i : i + 2] * 2 for i in range(0, len(sound), 2))
    assert tone_level(read_wave(written(stereo, 8000, channels=2)), 440) == pytest.approx(-12, abs=0.2)
    eight = bytes(
        (int.from_bytes(sound[i : i + 2], "little", signed=True) >> 8) + 128 for i in range(0, len(sound), 2)
    )
    assert tone_level(read_wave(written(eight, 8000, width=1)), 440) == pytest.approx(-12, abs=0.5)
    for law, number in (("PCMA", 6), ("PCMU", 7)):
        body = g711.encode(law, sound)
        layout = wave_files._FORMAT.pack(number, 1, 8000, 8000, 1, 8)
        data = (
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0"
            + layout
            + b"junk\3\0\0\0abc\0data"
            + len(body).to_bytes(4, "little")
        )
        assert tone_level(read_wave(data + body), 440) == pytest.approx(-12, abs=0.2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3\3 not a wave file at all",
        header(0)[:36],
        b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd",
        b"RIFF\0\0\0\0WAVEfmt \4\0\0\0abcd",
        header(0)[:20] + b"\x55\0" + header(0)[22:],
        header(0)[:22] + b"\x09\0" + header(0)[24:],
        header(0)[:24] + bytes(4) + header(0)[28:],
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(WaveError):
        read_wave(data)
