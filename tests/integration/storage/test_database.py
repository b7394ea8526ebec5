"""The database: group commit, failures, reopening, damage."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from appliance.storage.database import Database
from appliance.storage.errors import StorageError
from appliance.storage.schema import MIGRATIONS, migrate, version


def add_call(number: int):
    def insert(connection: sqlite3.Connection) -> int:
        row = (f"call{number}", float(number), "inbound", "answered", "", "", "", None, "", "{}")
        connection.execute("INSERT INTO calls VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        return number

    return insert


def count_calls(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM calls").fetchone()[0])


async def test_a_write_is_there_for_another_process_once_acknowledged(database: Database) -> None:
    assert await database.write(add_call(1)) == 1
    with sqlite3.connect(database.path) as other:
        assert count_calls(other) == 1


async def test_many_writes_at_once_share_few_commits(tmp_path: Path) -> None:
    database = Database(tmp_path / "group.sqlite", pause=0.02)
    commits: list[str] = []
    database._connection.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)
    try:
        results = await asyncio.gather(*(database.write(add_call(number)) for number in range(500)))
        assert results == list(range(500))
        assert await database.read(count_calls) == 500
        assert len(commits) <= 10
    finally:
        database.close()


async def test_a_write_that_fails_undoes_itself_alone(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        add_call(7)(connection)
        raise KeyError("seven")

    results = await asyncio.gather(
        database.write(add_call(1)), database.write(half), database.write(add_call(2)), return_exceptions=True
    )
    assert results[0] == 1 and isinstance(results[1], KeyError) and results[2] == 2
    assert await database.read(count_calls) == 2


async def test_a_broken_constraint_is_a_storage_error(database: Database) -> None:
    await database.write(add_call(1))
    with pytest.raises(StorageError) as caught:
        await database.write(add_call(1))
    assert caught.value.code == "database_failed"


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError):
        await database.read(add_call(1))


async def test_a_cancelled_writer_harms_nobody(database: Database) -> None:
    waiting = asyncio.ensure_future(database.write(add_call(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await database.write(add_call(2)) == 2


async def test_close_commits_what_waits_and_may_be_called_twice(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite", pause=0.5)
    writes = [asyncio.ensure_future(database.write(add_call(number))) for number in range(20)]
    await asyncio.sleep(0)
    database.close()
    database.close()
    await asyncio.gather(*writes)
    reopened = Database(tmp_path / "a.sqlite")
    assert await reopened.read(count_calls) == 20
    reopened.close()
    with pytest.raises(StorageError):
        await reopened.write(add_call(99))


async def test_an_unreadable_file_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "autocom.sqlite"
    path.write_bytes(b"this was a database once" * 500)
    database = Database(path)
    assert database.damaged == tmp_path / "autocom.sqlite.damaged-1"
    assert database.damaged.read_bytes().startswith(b"this was")
    assert await database.write(add_call(1)) == 1
    database.close()


async def test_damage_met_while_running_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "autocom.sqlite"
    first = Database(path, pause=0.0)
    for number in range(800):
        await first.write(add_call(number))
    first.close()
    data = bytearray(path.read_bytes())
    # The last quarter: what the tables are is written before it.
    for page in range(len(data) // 4096 * 3 // 4, len(data) // 4096):
        data[page * 4096 : page * 4096 + 2048] = b"\xa5" * 2048
    path.write_bytes(data)
    second = Database(path, pause=0.0)
    assert second.damaged is None  # the first page is whole: nothing is known yet
    with pytest.raises(StorageError):
        await second.read(lambda connection: connection.execute("SELECT * FROM calls").fetchall())
    second.close()
    third = Database(path, pause=0.0)
    assert third.damaged is not None and await third.write(add_call(1)) == 1
    third.close()
    fourth = Database(path)
    assert fourth.damaged is None and await fourth.read(count_calls) == 1
    fourth.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "autocom.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError) as caught:
        Database(path)
    assert caught.value.code == "database_newer"
    assert path.exists()


def test_migrations_run_once_and_in_order() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, (MIGRATIONS[0],))
    more = (MIGRATIONS[0], "CREATE TABLE one (a)", "ALTER TABLE one ADD COLUMN b")
    migrate(connection, more)
    migrate(connection, more)
    assert version(connection) == 3
    connection.execute("INSERT INTO one (a, b) VALUES (1, 2)")


def test_a_migration_that_fails_leaves_the_schema_before_it() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.Error):
        migrate(connection, ("CREATE TABLE one (a)", "CREATE TABLE two (a); NONSENSE"))
    assert version(connection) == 1
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["one"]
