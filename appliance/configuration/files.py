"""The configuration as a document: what is written in the settings file, and read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS, Configuration
from appliance.configuration.fields import REVEAL, Record
from appliance.configuration.problems import Problem, problems_of

VERSION = 1
Document = dict[str, Any]

# MIGRATIONS[i] makes a document of version i + 2 out of one of version i + 1.
MIGRATIONS: tuple[Callable[[Document], Document], ...] = ()


class ConfigurationError(ValueError):
    """A document that is not a configuration; `problems` says what is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.where() for problem in problems))
        self.problems = problems


def to_document(configuration: Configuration) -> Document:
    """The configuration as JSON-able values, SECRETS INCLUDED: for storage alone.

    `version`, then each record that stands alone by its name, then each collection as {id: record}.
    """
    document: Document = {"version": VERSION}
    for name in SINGLETONS:
        record: Record | None = getattr(configuration, name)
        document[name] = None if record is None else _dump(record)
    for name in COLLECTIONS:
        document[name] = {key: _dump(each) for key, each in configuration.collection(name).items()}
    return document


def from_document(document: Mapping[str, Any]) -> Configuration:
    """The configuration in a document of this or an earlier version; raises ConfigurationError.

    Every record is right in itself; what must hold among records is for `checks`.
    """
    current = _migrated(document)
    found: list[Problem] = []
    parts: dict[str, Any] = {}
    for name in current.keys() - {"version", *SINGLETONS, *COLLECTIONS}:
        found.append(Problem("", "", (name,), "extra_forbidden"))
    for name, kind in SINGLETONS.items():
        if current.get(name) is not None:
            parts[name] = _read(kind, current[name], name, "", found)
    for name, kind in COLLECTIONS.items():
        parts[name] = _collection(kind, current.get(name) or {}, name, found)
    if found:
        raise ConfigurationError(tuple(found))
    return Configuration(**parts)


def _dump(record: Record) -> Document:
    return record.model_dump(mode="json", context={REVEAL: True})


def _migrated(document: Mapping[str, Any]) -> Document:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ConfigurationError((Problem("", "", ("version",), "version_missing"),))
    if version > VERSION:
        raise ConfigurationError((Problem("", "", ("version",), "version_too_new"),))
    current = dict(document)
    for migrate in MIGRATIONS[version - 1 :]:
        current = migrate(current)
    return current


def _collection(kind: type[Record], rows: Any, name: str, found: list[Problem]) -> Mapping[str, Record]:
    if not isinstance(rows, Mapping):
        found.append(Problem(name, "", (), "dict_type"))
        return {}
    records: dict[str, Record] = {}
    for key, row in rows.items():
        record = _read(kind, row, name, str(key), found)
        if record is None:
            continue
        if getattr(record, "id", key) != key:
            found.append(Problem(name, str(key), ("id",), "id_mismatch"))
        records[key] = record
    return MappingProxyType(records)


def _read(kind: type[Record], row: Any, name: str, key: str, found: list[Problem]) -> Record | None:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        found.extend(problems_of(error, name, key))
    return None
