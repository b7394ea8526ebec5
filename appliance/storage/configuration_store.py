"""The settings on the disk: one TinyDB file replaced atomically, and the last good versions of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS, Configuration
from appliance.configuration.files import ConfigurationError, from_document, to_document
from appliance.storage.data_folder import sync_folder, write_atomically
from appliance.storage.errors import StorageError, storage_error

KEPT_VERSIONS = 30
# Older versions are kept compressed, for the calls that ran with them, up to so many octets together.
ARCHIVE_LIMIT = 64 * 1024 * 1024
SAVE_TABLE = "save"

Document = dict[str, Any]


class AtomicStorage(Storage):
    """A TinyDB storage that never leaves half a file, and writes once for all that happens within `together`.

    Raises OSError, and ValueError when the file is not JSON.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pending: dict[str, dict[str, Any]] | None = None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Every table, or None before the first write."""
        if self._pending is not None:
            return self._pending
        try:
            tables = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not isinstance(tables, dict):
            raise ValueError("not an object")
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file."""
        if self._pending is not None:
            self._pending = data
        else:
            write_atomically(self._path, _encode(data))

    @contextmanager
    def together(self) -> Iterator[None]:
        """One write at the end for all writes within; none when an exception leaves the block."""
        self._pending = self.read() or {}
        try:
            yield
            done, self._pending = self._pending, None
            self.write(done)
        finally:
            self._pending = None


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """One version of the settings: its number, why and when (epoch seconds) it was saved."""

    version: int
    reason: str
    saved_at: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load` found: if `damaged`, the newest good version, and why as a code of storage.errors."""

    configuration: Configuration
    version: int
    damaged: bool = False
    detail: str = ""
    set_aside: Path | None = None


class ConfigurationStore:
    """The settings file of a data folder and its last KEPT_VERSIONS good versions. Every function blocks.

    Older versions are kept compressed, and only to say how calls went that ran with them.

    `version` is the number of the settings last loaded or saved; it only grows.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "settings.json"
        self._versions = folder / "settings.versions"
        self.version = 0

    def load(self) -> Loaded:
        """The settings, or, when the file is damaged, its newest good version, which takes its place.

        The damaged file is kept beside it. Without any file, an empty configuration of version 0. Raises
        StorageError only when the disk itself fails.
        """
        try:
            loaded = self._load()
        except OSError as error:
            raise storage_error(error) from error
        self.version = loaded.version
        return loaded

    def save(self, configuration: Configuration, reason: str = "", *, now: float = 0.0) -> int:
        """Make `configuration` the settings, safe on the disk when this returns; the new version number.

        Raises StorageError, and the settings are then what they were.
        """
        version = max((self.version, *self._version_numbers())) + 1
        save = {"version": version, "reason": reason, "saved_at": now}
        try:
            if not self._versions.is_dir():
                self._versions.mkdir(mode=0o700, parents=True)
                sync_folder(self._versions.parent)
            _write(self._version_file(version), configuration, save)
            _write(self._path, configuration, save)
            self._forget_old_versions()
        except OSError as error:
            raise storage_error(error) from error
        self.version = version
        return version

    def versions(self) -> tuple[SavedVersion, ...]:
        """The good versions kept, newest first."""
        found = []
        for number in self._version_numbers():
            try:
                _, saved = _read(self._version_file(number))
            except (OSError, ValueError):
                continue
            found.append(saved)
        return tuple(found)

    def load_version(self, version: int) -> Configuration:
        """An earlier version's settings; raises KeyError when it is not kept or not readable."""
        try:
            if not self._version_file(version).exists():
                return _read_archived(self._archive_file(version))
            configuration, _ = _read(self._version_file(version))
        except (OSError, ValueError, EOFError) as error:
            raise KeyError(version) from error
        return configuration

    def forget_unused(self, used: Collection[int]) -> None:
        """Drop the compressed versions not in `used`, and the oldest beyond ARCHIVE_LIMIT.

        Raises StorageError.
        """
        room = ARCHIVE_LIMIT
        try:
            for path in sorted(self._versions.glob("[0-9]*.json.gz"), reverse=True):
                name = path.name.partition(".")[0]
                room -= path.stat().st_size
                if not name.isdigit() or int(name) not in used or room < 0:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error) from error

    def _load(self) -> Loaded:
        numbers = self._version_numbers()
        try:
            configuration, saved = _read(self._path)
        except FileNotFoundError:
            if not numbers:
                return Loaded(Configuration(), 0)
            return self._fall_back("settings_missing")
        except ConfigurationError:
            return self._fall_back("settings_invalid")
        except ValueError:
            return self._fall_back("settings_unreadable")
        return Loaded(configuration, max(saved.version, numbers[0] if numbers else 0))

    def _fall_back(self, detail: str) -> Loaded:
        """The newest good version, in place of a settings file that is not."""
        aside = self._set_aside()
        for number in self._version_numbers():
            try:
                configuration, _ = _read(self._version_file(number))
            except (OSError, ValueError):
                continue
            write_atomically(self._path, self._version_file(number).read_bytes())
            return Loaded(configuration, max(number, *self._version_numbers()), True, detail, aside)
        return Loaded(Configuration(), max((0, *self._version_numbers())), True, detail, aside)

    def _set_aside(self) -> Path | None:
        if not self._path.exists():
            return None
        number = 1
        while (aside := self._path.with_name(f"settings.damaged-{number}.json")).exists():
            number += 1
        self._path.rename(aside)
        return aside

    def _version_file(self, version: int) -> Path:
        return self._versions / f"{version:08}.json"

    def _archive_file(self, version: int) -> Path:
        return self._versions / f"{version:08}.json.gz"

    def _version_numbers(self) -> list[int]:
        """The numbers of the kept versions, newest first."""
        names = [path.stem for path in self._versions.glob("[0-9]*.json")]
        return sorted((int(name) for name in names if name.isascii() and name.isdigit()), reverse=True)

    def _forget_old_versions(self) -> None:
        for number in self._version_numbers()[KEPT_VERSIONS:]:
            whole = self._version_file(number)
            write_atomically(self._archive_file(number), gzip.compress(whole.read_bytes(), mtime=0))
            whole.unlink(missing_ok=True)


def _encode(tables: Mapping[str, Any]) -> bytes:
    return json.dumps(tables, ensure_ascii=False, indent=1).encode()


def _write(path: Path, configuration: Configuration, save: Document) -> None:
    """Write one settings file: a TinyDB table for each collection, a document for each record."""
    document = to_document(configuration)
    with TinyDB(path, storage=AtomicStorage) as database, database.storage.together():
        database.drop_tables()
        database.table(SAVE_TABLE).insert(save)
        for name, value in document.items():
            database.table(name).insert_multiple(_rows(name, value))


def _read(path: Path) -> tuple[Configuration, SavedVersion]:
    """One settings file; raises OSError, ConfigurationError, ValueError if it is not what `_write` makes."""
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with TinyDB(path, storage=AtomicStorage) as database:
            saves = database.table(SAVE_TABLE).all()
            names = database.tables() - {SAVE_TABLE}
            document = {name: _value(name, [dict(row) for row in database.table(name)]) for name in names}
    except (AttributeError, TypeError, KeyError, IndexError) as error:
        raise ValueError("not a settings file") from error
    return from_document(document), _saved(dict(saves[0]) if saves else {})


def _read_archived(path: Path) -> Configuration:
    """A compressed version; raises OSError, EOFError, ConfigurationError, ValueError."""
    tables = json.loads(gzip.decompress(path.read_bytes()))
    if not isinstance(tables, dict) or not all(isinstance(rows, dict) for rows in tables.values()):
        raise ValueError("not a settings file")
    return from_document(
        {name: _value(name, list(rows.values())) for name, rows in tables.items() if name != SAVE_TABLE}
    )


def _saved(row: Document) -> SavedVersion:
    version, saved_at = row.get("version"), row.get("saved_at")
    return SavedVersion(
        version if isinstance(version, int) else 0,
        str(row.get("reason", "")),
        float(saved_at) if isinstance(saved_at, int | float) else 0.0,
    )


def _rows(name: str, value: Any) -> list[Document]:
    """A part of the configuration's document as the rows of a TinyDB table."""
    if name in COLLECTIONS:
        return [dict(record) for record in (value.values() if isinstance(value, Mapping) else value)]
    if name in SINGLETONS:
        return [] if value is None else [dict(value)]
    return [{"value": value}]


def _value(name: str, rows: list[Document]) -> Any:
    """The inverse of `_rows`."""
    if name in COLLECTIONS:
        return {row["id"]: row for row in rows}
    if name in SINGLETONS:
        return rows[0] if rows else None
    return rows[0]["value"]


def check_settings(folder: Path) -> None:
    """Raise StorageError when the settings of a data folder are absent or damaged; changes nothing."""
    try:
        _read(folder / "settings.json")
    except FileNotFoundError as error:
        raise StorageError("settings_missing", str(folder)) from error
    except OSError as error:
        raise storage_error(error) from error
    except ConfigurationError as error:
        raise StorageError("settings_invalid", str(error)) from error
    except ValueError as error:
        raise StorageError("settings_unreadable", str(error)) from error
