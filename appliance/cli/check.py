"""`autocom check`: is the data folder sound?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


def execute(options: argparse.Namespace) -> int:
    """Print what is wrong, a line each; exit status 1 when something is. Nothing is changed."""
    found = list(problems(options.data))
    for line in found:
        print(line)
    if not found:
        print(f"{options.data}: sound")
    return 1 if found else 0


def problems(data: Path) -> Iterator[str]:
    """What is wrong with a data folder, in English."""
    if not data.is_dir():
        yield f"{data}: no such data folder"
        return
    yield from _settings_problems(data)
    yield from _database_problems(data)


def _settings_problems(data: Path) -> Iterator[str]:
    from appliance.configuration.checks import problems as problems_among
    from appliance.storage.configuration_store import ConfigurationStore, check_settings
    from appliance.storage.errors import StorageError

    try:
        check_settings(data)
        # Once they are known to be readable, loading mends nothing and so changes nothing.
        configuration = ConfigurationStore(data).load().configuration
    except StorageError as error:
        # A box that was never claimed has no settings yet.
        if error.code != "settings_missing":
            yield f"settings: {error}"
        return
    for problem in problems_among(configuration):
        yield f"settings: {problem.where()}"


def _database_problems(data: Path) -> Iterator[str]:
    import sqlite3

    path = data / "autocom.sqlite"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (state,) = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        yield f"database: {error}"
        return
    if state != "ok":
        yield f"database: {state}"
