"""What can go wrong with the disk, as codes that pages and logs put into words."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

CODES: Mapping[str, str] = MappingProxyType(
    {
        "disk_full": "The disk is full",
        "disk_read_only": "The disk cannot be written to",
        "disk_failed": "The disk has failed",
        "database_failed": "The database has failed",
        "database_newer": "The data was written by a newer version",
        "already_running": "Another Autocom already uses this data folder",
        "settings_unreadable": "The settings file could not be read",
        "settings_invalid": "The settings file does not hold together",
        "settings_missing": "The settings file is missing",
        "audio_too_large": "The sound file is larger than 20 MB",
        "audio_unknown_format": "The file is not a WAV, MP3 or OGG sound",
        "audio_unreadable": "The sound file could not be read",
        "audio_empty": "The sound file holds no sound",
        "audio_too_long": "The sound is longer than 30 minutes",
        "sound_tool_missing": "The program sox is not installed",
        "archive_unreadable": "The archive could not be read",
        "archive_foreign": "The archive was not made by Autocom",
        "archive_newer": "The archive was made by a newer version",
        "archive_unsafe": "The archive holds something that a backup never holds",
        "archive_incomplete": "The archive is incomplete",
    }
)


class StorageError(Exception):
    """A failure of storage: `code` is one of CODES, `detail` what the system said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{CODES[code]}: {detail}" if detail else CODES[code])
        self.code = code
        self.detail = detail


_BY_ERRNO = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EROFS: "disk_read_only"}


def storage_error(error: OSError | sqlite3.Error) -> StorageError:
    """The StorageError that says what `error` means."""
    if isinstance(error, OSError):
        return StorageError(_BY_ERRNO.get(error.errno or 0, "disk_failed"), str(error))
    text = str(error)
    if "full" in text:
        return StorageError("disk_full", text)
    if "readonly" in text:
        return StorageError("disk_read_only", text)
    return StorageError("database_failed", text)
