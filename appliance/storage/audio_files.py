"""Sound files: uploads made into what callers hear, recordings made whole, attachments for e-mail."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from appliance.storage.data_folder import sync_folder, write_atomically
from appliance.storage.database import Database
from appliance.storage.errors import StorageError, storage_error
from appliance.storage.programs import ProgramMissing, run_program

T = TypeVar("T")

LARGEST_UPLOAD = 20 * 1024 * 1024
LONGEST_SECONDS = 30 * 60
RATE = 8000
TELEPHONE_WAV = ("-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer")


@dataclass(frozen=True, slots=True)
class StoredAudio:
    """A sound of the library: what callers hear (WAV, 8 kHz, mono, 16 bits), and the original."""

    path: Path
    original: Path
    seconds: float


class AudioLibrary:
    """The uploaded sounds of a folder, by the id of their Audio record."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    async def store(self, audio_id: str, data: bytes) -> StoredAudio:
        """Keep an upload (WAV, MP3 or OGG, at most 20 MB) and make of it what callers hear.

        Raises StorageError audio_too_large, audio_unknown_format, audio_unreadable, audio_empty,
        audio_too_long, sound_tool_missing, disk_full...; what was kept under that id before is then
        untouched.
        """
        if len(data) > LARGEST_UPLOAD:
            raise StorageError("audio_too_large")
        kind = sound_kind(data)
        incoming = self._folder / f".{audio_id}.upload.{kind}"
        converted = self._folder / f".{audio_id}.converted.wav"
        try:
            await self._in_thread(lambda: write_atomically(incoming, data))
            await convert_to_telephone(incoming, kind, converted)
            seconds = await self._in_thread(lambda: _checked_seconds(converted))
            await self._in_thread(lambda: self._replace(audio_id, kind, incoming, converted))
        finally:
            incoming.unlink(missing_ok=True)
            converted.unlink(missing_ok=True)
        return StoredAudio(self.path(audio_id), self._folder / f"{audio_id}.original.{kind}", seconds)

    def path(self, audio_id: str) -> Path:
        """Where the sound for callers is, whether it is there or not."""
        return self._folder / f"{audio_id}.wav"

    def get(self, audio_id: str) -> StoredAudio | None:
        """What is kept of an upload; None when nothing is."""
        path, originals = self.path(audio_id), sorted(self._folder.glob(f"{audio_id}.original.*"))
        if not path.exists():
            return None
        return StoredAudio(path, originals[0] if originals else path, wav_seconds(path))

    async def delete(self, audio_id: str) -> None:
        """Delete an upload; nothing happens when there is none."""
        await self._in_thread(lambda: self._unlink(audio_id))

    async def _in_thread(self, action: Callable[[], T]) -> T:
        def run() -> T:
            try:
                return action()
            except OSError as error:
                raise storage_error(error) from error

        return await self._database.in_thread(run)

    def _replace(self, audio_id: str, kind: str, incoming: Path, converted: Path) -> None:
        for old in self._folder.glob(f"{audio_id}.original.*"):
            if old.suffix != f".{kind}":
                old.unlink()
        os.replace(incoming, self._folder / f"{audio_id}.original.{kind}")
        os.replace(converted, self.path(audio_id))
        sync_folder(self._folder)

    def _unlink(self, audio_id: str) -> None:
        for path in (self.path(audio_id), *self._folder.glob(f"{audio_id}.original.*")):
            path.unlink(missing_ok=True)


def sound_kind(data: bytes) -> str:
    """What a sound file's first bytes say it is: wav, mp3, ogg. Raises StorageError audio_unknown_format."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return "mp3"
    raise StorageError("audio_unknown_format")


async def convert_to_telephone(source: Path, kind: str, target: Path) -> None:
    """Make a WAV file of 8 kHz, mono, 16 bits out of a sound file of some kind.

    Longer ones are cut just past LONGEST_SECONDS, so that a small file cannot fill the disk. Raises
    StorageError.
    """
    cut = ("trim", "0", str(LONGEST_SECONDS + 1))
    if await run_sox("-G", "-t", kind, str(source), *TELEPHONE_WAV, str(target), *cut) != 0:
        raise StorageError("audio_unreadable")


async def encode_mp3(source: Path, target: Path) -> None:
    """Make an MP3 of 32 kbit/s out of a WAV file. Raises StorageError."""
    if await run_sox("-t", "wav", str(source), "-C", "32", "-t", "mp3", str(target)) != 0:
        raise StorageError("audio_unreadable")


async def run_sox(*arguments: str) -> int:
    """Run sox to its end: its exit status. Raises StorageError sound_tool_missing."""
    try:
        return (await run_program("sox", "-V1", *arguments)).status
    except ProgramMissing as missing:
        raise StorageError("sound_tool_missing") from missing


def wav_seconds(path: Path) -> float:
    """How long a telephone WAV file is, by its size; 0.0 if it holds no sound or is none. Raises OSError."""
    with open(path, "rb") as file:
        start = _data_start(file.read(4096))
        return 0.0 if start is None else max(os.fstat(file.fileno()).st_size - start, 0) / (2 * RATE)


def complete_header(path: Path) -> float:
    """Make a WAV header say what the file holds, as after a recorder died; its length in seconds.

    0.0 when it holds no sound or is no WAV file, which is then left alone. Raises OSError.
    """
    with open(path, "r+b") as file:
        start = _data_start(file.read(4096))
        if start is None:
            return 0.0
        end = os.fstat(file.fileno()).st_size
        length = max(end - start, 0) // 2 * 2
        file.truncate(start + length)
        file.seek(start - 4)
        file.write(struct.pack("<I", length))
        file.seek(4)
        file.write(struct.pack("<I", start + length - 8))
    return length / (2 * RATE)


def _data_start(head: bytes) -> int | None:
    """Where the samples begin in a WAV file that starts with `head`; None when that cannot be told."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    position = 12
    while position + 8 <= len(head):
        if head[position : position + 4] == b"data":
            return position + 8
        size = int(struct.unpack_from("<I", head, position + 4)[0])
        position += 8 + size + size % 2
    return None


def _checked_seconds(path: Path) -> float:
    seconds = wav_seconds(path)
    if seconds == 0.0:
        raise StorageError("audio_empty")
    if seconds > LONGEST_SECONDS:
        raise StorageError("audio_too_long")
    return seconds
