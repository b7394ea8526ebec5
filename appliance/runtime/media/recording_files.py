"""WAVE files of recordings, written by a thread of their own: the disk never holds up a call."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from appliance.media import wave_files

LONGEST_FINISH_SECONDS = 5.0


class RecordingFile:
    """A WAVE file that can be read at any moment, whatever happens to the process.

    Sound is appended before the sizes in the header are raised, so the header never claims more than there
    is; every piece is forced to the disk. Methods block, and belong on the writing thread.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._size = 0
        try:
            _write_whole(self._file, wave_files.header(0), 0)
            _sync_folder(path.parent)
        except BaseException:
            os.close(self._file)
            raise

    def append(self, sound: bytes) -> None:
        """Add PCM at the end. Raises OSError."""
        _write_whole(self._file, sound, wave_files.HEADER_BYTES + self._size)
        self._size += len(sound)
        riff = wave_files.HEADER_BYTES - 8 + self._size
        _write_whole(self._file, wave_files.SIZE.pack(riff), wave_files.RIFF_SIZE_AT)
        _write_whole(self._file, wave_files.SIZE.pack(self._size), wave_files.DATA_SIZE_AT)
        os.fdatasync(self._file)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._file)


class RecordingThread:
    """The one thread that writes recordings, in the order in which it is given them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._unfinished = 0
        self._changed = threading.Condition()

    def open(self, path: Path) -> Writing:
        """Begin a recording; an error shows in the result of `Writing.close` and in `Writing.error`."""
        with self._changed:
            self._unfinished += 1
        return Writing(self._pool, path, self._finished)

    def close(self) -> None:
        """Wait until every recording is ended and written, then end the thread. Blocks."""
        with self._changed:
            self._changed.wait_for(lambda: not self._unfinished, timeout=LONGEST_FINISH_SECONDS)
        self._pool.shutdown(wait=True)

    def _finished(self) -> None:
        with self._changed:
            self._unfinished -= 1
            self._changed.notify_all()


class Writing:
    """One recording on its way to the disk. `error` is the first one; nothing is written after it."""

    def __init__(self, pool: ThreadPoolExecutor, path: Path, finished: Callable[[], None]) -> None:
        self.error: OSError | None = None
        self._finished = finished
        self._pool = pool
        self._file: RecordingFile | None = None
        pool.submit(self._open, path)

    def append(self, sound: bytes) -> None:
        """Add PCM; returns at once."""
        if sound:
            self._pool.submit(self._append, sound)

    def close(self) -> Future[None]:
        """End the file; the result comes once everything is on the disk, or is the error."""
        return self._pool.submit(self._close)

    def _open(self, path: Path) -> None:
        try:
            self._file = RecordingFile(path)
        except OSError as error:
            self.error = error

    def _append(self, sound: bytes) -> None:
        if self._file is None or self.error:
            return
        try:
            self._file.append(sound)
        except OSError as error:
            self.error = error

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._finished()
        if self.error:
            raise self.error


def _write_whole(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data = data[written:]
        offset += written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
