"""WAV headers: read and made whole, whatever the recorder left."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.storage.audio_files import complete_header, sound_kind, wav_seconds
from appliance.storage.errors import StorageError


def recording(samples: int, *, data_size: int, extra: bytes = b"") -> bytes:
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    head = b"RIFF" + struct.pack("<I", data_size) + b"WAVE" + fmt + extra
    return head + b"data" + struct.pack("<I", data_size) + b"\x01\x02" * samples


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFF000, 12])
def test_the_header_is_made_to_say_what_is_there(tmp_path: Path, claimed: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(recording(8000, data_size=claimed, extra=b"LIST\x04\0\0\0abcd"))
    assert complete_header(path) == 1.0 == wav_seconds(path)
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == 8000 and sound.readframes(1) == b"\x01\x02"


def test_half_a_sample_at_the_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(recording(100, data_size=0) + b"\x07")
    assert complete_header(path) == 100 / 8000
    assert path.stat().st_size == 44 + 200


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"nonsense" * 10, b"RIFF\0\0\0\0WAVEdata"]
)
def test_what_is_no_recording_is_left_alone(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert complete_header(path) == 0.0
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"RIFF....WAVEfmt ", "wav"), (b"OggS\0", "ogg"), (b"ID3\x03", "mp3"), (b"\xff\xfb\x90\x00", "mp3")],
)
def test_sounds_are_told_by_their_first_bytes(data: bytes, kind: str) -> None:
    assert sound_kind(data) == kind


@pytest.mark.parametrize("data", [b"", b"\xff", b"RIFF....AVI ", b"<html>", b"\xff\xd8\xff\xe0 a picture"])
def test_anything_else_is_no_sound(data: bytes) -> None:
    with pytest.raises(StorageError) as caught:
        sound_kind(data)
    assert caught.value.code == "audio_unknown_format"


NAMES = st.sampled_from([b"fmt ", b"data", b"LIST", b"RIFF", b""])
CHUNKS = st.lists(st.tuples(NAMES, st.integers(0, 2**32 - 1), st.binary(max_size=40)), max_size=8)


@given(chunks=CHUNKS, head=st.sampled_from([b"RIFF\0\0\0\0WAVE", b"RIFX", b""]))
def test_whatever_the_file_holds_its_length_is_told_and_its_size_kept(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[tuple[bytes, int, bytes]], head: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.wav"
    data = head + b"".join(name + struct.pack("<I", size) + body for name, size, body in chunks)
    path.write_bytes(data)
    seconds = complete_header(path)
    assert 0.0 <= seconds <= len(data) / 16000
    assert len(data) - 1 <= path.stat().st_size <= len(data)
    assert complete_header(path) == seconds == wav_seconds(path)
