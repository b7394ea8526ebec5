"""Uploads: converted for callers, the original kept, what is no sound refused with a code."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import pytest

from appliance.storage.audio_files import LARGEST_UPLOAD, AudioLibrary
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.errors import StorageError


@pytest.fixture
def library(folder: DataFolder, database: Database) -> AudioLibrary:
    return AudioLibrary(folder.audios, database)


def tone(path: Path, *options: str, seconds: str = "1.5") -> bytes:
    command = ["sox", "-n", *options, str(path), "synth", seconds, "sine", "440"]
    subprocess.run(command, check=True, timeout=60)
    return path.read_bytes()


@pytest.mark.feature("VM-2")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("stereo.wav", ("-r", "44100", "-c", "2", "-b", "24")),
        ("song.mp3", ("-r", "44100", "-c", "2")),
        ("song.ogg", ("-r", "48000", "-c", "1")),
    ],
)
async def test_an_upload_becomes_what_callers_hear(
    library: AudioLibrary, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    data = tone(tmp_path / name, *options)
    stored = await library.store("welcome", data)
    with wave.open(str(library.path("welcome"))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        assert abs(sound.getnframes() / 8000 - 1.5) < 0.1
    assert stored.original.read_bytes() == data
    assert library.get("welcome") == stored


async def test_a_new_upload_takes_the_place_of_the_old(library: AudioLibrary, tmp_path: Path) -> None:
    await library.store("welcome", tone(tmp_path / "a.mp3", "-r", "44100"))
    stored = await library.store("welcome", tone(tmp_path / "b.wav", "-r", "16000", seconds="3"))
    assert abs(stored.seconds - 3.0) < 0.01
    assert [path.name for path in sorted(library.path("welcome").parent.iterdir())] == [
        "welcome.original.wav",
        "welcome.wav",
    ]
    await library.delete("welcome")
    await library.delete("welcome")
    assert library.get("welcome") is None and not list(library.path("welcome").parent.iterdir())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "audio_unknown_format"),
        (b"%PDF-1.4 not a sound", "audio_unknown_format"),
        (b"RIFF\0\0\0\0WAVE" + b"junk" * 20, "audio_unreadable"),
        (b"OggS" + b"junk" * 200, "audio_unreadable"),
        (b"\0" * (LARGEST_UPLOAD + 1), "audio_too_large"),
    ],
)
async def test_what_is_no_sound_is_refused(library: AudioLibrary, data: bytes, code: str) -> None:
    with pytest.raises(StorageError) as caught:
        await library.store("welcome", data)
    assert caught.value.code == code
    assert library.get("welcome") is None and not list(library.path("welcome").parent.iterdir())


async def test_a_refused_upload_leaves_the_old_one(library: AudioLibrary, tmp_path: Path) -> None:
    await library.store("welcome", tone(tmp_path / "a.wav", "-r", "8000"))
    with pytest.raises(StorageError):
        await library.store("welcome", b"RIFF\0\0\0\0WAVE" + b"junk" * 20)
    assert library.get("welcome") is not None


def silence(path: Path, seconds: int) -> bytes:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * (8000 * seconds))
    return path.read_bytes()


@pytest.mark.parametrize(("seconds", "code"), [(1830, "audio_too_long"), (0, "audio_empty")])
async def test_too_much_or_nothing_to_hear(
    library: AudioLibrary, tmp_path: Path, seconds: int, code: str
) -> None:
    with pytest.raises(StorageError) as caught:
        await library.store("welcome", silence(tmp_path / "silence.wav", seconds))
    assert caught.value.code == code
