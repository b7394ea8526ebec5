"""The data folder: where each thing is kept, and the lock that gives it to one process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from appliance.storage.errors import StorageError


class DataFolder:
    """The one folder that holds everything the office keeps; readable by its owner only.

    Holds settings.json (and settings.versions/), autocom.sqlite, public-holidays.json (made again when it is
    missing), and the folders messages, audios, prompts and recordings.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = path / "settings.json"
        self.settings_versions = path / "settings.versions"
        self.database = path / "autocom.sqlite"
        self.messages = path / "messages"
        self.audios = path / "audios"
        self.prompts = path / "prompts"
        self.recordings = path / "recordings"
        self._lock: IO[bytes] | None = None

    def prepare(self) -> None:
        """Make the folders that are missing. Raises OSError."""
        for folder in (self.path, self.messages, self.audios, self.prompts, self.recordings):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def lock(self) -> None:
        """Take the folder for this process, until `unlock` or its end; temporary files of a former one go.

        Raises StorageError already_running when another process has it.
        """
        file = open(self.path / "lock", "ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StorageError("already_running", str(self.path)) from error
        self._lock = file
        self._remove_unfinished()

    def unlock(self) -> None:
        """Give the folder back; nothing happens when it was not taken."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def _remove_unfinished(self) -> None:
        """Remove what a process that was killed had not finished: its names start with a dot."""
        folders = (self.messages, self.audios, self.prompts, self.settings_versions)
        found = [path for folder in folders for path in folder.rglob(".*")]
        for path in (*found, *self.path.glob(".*.new"), self.path / ".backup.sqlite"):
            if path.is_file():
                path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries (new, renamed, removed names) on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's whole content; whenever the power fails, either the old or the new one is there.

    Raises OSError; the old file is then untouched.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
