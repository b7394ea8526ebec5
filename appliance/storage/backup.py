"""Backup and restore: everything the office keeps in one archive, taken while the box runs."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from appliance.storage.configuration_store import check_settings
from appliance.storage.data_folder import DataFolder, sync_folder, write_atomically
from appliance.storage.errors import StorageError, storage_error
from appliance.storage.schema import MIGRATIONS, version

FORMAT = 1
MANIFEST = "autocom-backup.json"
SETTINGS, VERSIONS, DATABASE = "settings.json", "settings.versions", "autocom.sqlite"
FOLDERS = (VERSIONS, "messages", "audios", "recordings", "certificates")
JOURNALS = (f"{DATABASE}-wal", f"{DATABASE}-shm")
STAGING, READY, BEFORE = ".restoring", "READY", "before-restore"
COMPRESSION_LEVEL = 3


def backup(data: Path, target: Path, created_at: str = "") -> None:
    """Write the archive of a data folder (blocking), while the box runs or not.

    `target` appears only once it is whole. `created_at` is an ISO 8601 date for the manifest. Raises
    StorageError.
    """
    partial = target.with_name(f".{target.name}.new")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            write_archive(data, file, created_at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise storage_error(error) from error
    finally:
        partial.unlink(missing_ok=True)


def write_archive(data: Path, file: IO[bytes], created_at: str = "") -> None:
    """Write the archive into an open file. Raises OSError, sqlite3.Error."""
    folder = DataFolder(data)
    copy = data / ".backup.sqlite"
    try:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=COMPRESSION_LEVEL) as archive:
            _add_manifest(archive, created_at)
            # The database first: a message that comes meanwhile is a sound without a row, adopted later.
            if folder.database.exists():
                _copy_database(folder.database, copy)
                archive.add(copy, DATABASE)
            if folder.settings.exists():
                archive.add(folder.settings, SETTINGS)
            for name, path in _files(data):
                _add_if_there(archive, path, name)
    finally:
        copy.unlink(missing_ok=True)


def restore(source: Path, data: Path) -> None:
    """Put what an archive holds in the place of a data folder's content (blocking); the box must not run.

    The former content is kept in the folder `before-restore`. Raises StorageError, and nothing is then
    changed.
    """
    folder = DataFolder(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.lock()
    try:
        stage(source, data)
        complete_restore(data)
    finally:
        folder.unlock()


def stage(source: Path, data: Path) -> None:
    """Unpack and check an archive inside the data folder, for the next start to put it in place.

    What a running box does, before it starts itself again. Raises StorageError, and nothing is then changed.
    """
    staging = data / STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        _unpack(source, staging)
        _check(staging)
        _sync_tree(staging)
        write_atomically(staging / READY, b"")
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, OSError):
            raise storage_error(error) from error
        raise


def complete_restore(data: Path) -> bool:
    """Put a staged archive in place; whether there was one. Called at every start, before anything is opened.

    It may be stopped at any moment, by a power cut too: the next call goes on. Raises StorageError.
    """
    staging, before = data / STAGING, data / BEFORE
    try:
        if not (staging / READY).exists():
            shutil.rmtree(staging, ignore_errors=True)
            return False
        _move_away(data, before, staging)
        for entry in sorted(staging.iterdir()):
            if entry.name in (SETTINGS, DATABASE, *FOLDERS):
                os.replace(entry, data / entry.name)
        sync_folder(data)
        (staging / READY).unlink()
        shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise storage_error(error) from error
    return True


def _move_away(data: Path, before: Path, staging: Path) -> None:
    """Move what is about to be replaced into `before`, once: a marker tells a second run that it is done."""
    marker = staging / ".old-is-away"
    if marker.exists():
        return
    if not (staging / ".old-is-leaving").exists():
        shutil.rmtree(before, ignore_errors=True)
        write_atomically(staging / ".old-is-leaving", b"")
    before.mkdir(mode=0o700, exist_ok=True)
    for name in (SETTINGS, DATABASE, *JOURNALS, *FOLDERS):
        if (data / name).exists():
            os.replace(data / name, before / name)
    sync_folder(data)
    write_atomically(marker, b"")


def _add_manifest(archive: tarfile.TarFile, created_at: str) -> None:
    manifest = json.dumps({"format": FORMAT, "product": "Autocom", "created_at": created_at}).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(manifest)
    archive.addfile(info, BytesIO(manifest))


def _copy_database(source: Path, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(copy)) as duplicate:
        original.backup(duplicate)
        duplicate.execute("PRAGMA journal_mode=DELETE")


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    """The files to keep, with their names in the archive; unfinished ones start with a dot."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(data).as_posix(), path


def _add_if_there(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file, unless it was deleted since it was listed; one that grows is taken as long as it is now."""
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        return
    with file:
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), file)


def _unpack(source: Path, target: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                _unpack_member(archive, member, target)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise StorageError("archive_unreadable", str(error)) from error
    except OSError as error:
        # gzip tells of damaged data by an OSError without a number
        raise StorageError("archive_unreadable", str(error)) if error.errno is None else error from error


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    name = PurePosixPath(member.name)
    if member.isdir():
        return
    in_folder = len(name.parts) > 1 and name.parts[0] in FOLDERS
    known = in_folder or member.name in (MANIFEST, SETTINGS, DATABASE)
    if not (member.isreg() and known) or name.is_absolute() or ".." in name.parts:
        raise StorageError("archive_unsafe", member.name)
    content = archive.extractfile(member)
    if content is None:
        raise StorageError("archive_unreadable", member.name)
    path = target.joinpath(*name.parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
    os.utime(path, (member.mtime, member.mtime))


def _check(folder: Path) -> None:
    """Raise StorageError unless the unpacked archive is one of ours, whole, and not newer than we are."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        made_by_us = manifest["product"] == "Autocom"
        made_later = int(manifest["format"]) > FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError("archive_foreign") from error
    if not made_by_us:
        raise StorageError("archive_foreign")
    if made_later:
        raise StorageError("archive_newer")
    if (folder / SETTINGS).exists():
        check_settings(folder)
    if (folder / DATABASE).exists():
        _check_database(folder / DATABASE)


def _check_database(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            newer = version(connection) > len(MIGRATIONS)
    except sqlite3.Error as error:
        raise StorageError("archive_incomplete", str(error)) from error
    if not whole:
        raise StorageError("archive_incomplete", DATABASE)
    if newer:
        raise StorageError("archive_newer")


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with open(path, "rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
