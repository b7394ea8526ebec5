"""The SQLite database: one writer thread that commits in groups, and readers beside it."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading  # noqa: TID251 - this room's own: a call never waits for the disk
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from appliance.storage.errors import StorageError, storage_error
from appliance.storage.schema import migrate

T = TypeVar("T")

# Commits are at least this far apart under load; a write that comes to an idle database is committed at once.
PAUSE = 0.05
LARGEST_GROUP = 2000
# Pages that each connection keeps, in KiB. Four times as many made writes no cheaper: what is written is
# mostly where the last was, and the system keeps the file.
CACHE_KIB = 500


@dataclass(slots=True)
class _Job:
    """One write that waits: what to do, and who is told once it is on the disk."""

    action: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Database:
    """An SQLite file in WAL mode, opened and brought to the newest schema by the constructor (blocking).

    `pause` seconds pass at least between two commits, so that many writes share one. `damaged` names the
    file that was set aside because SQLite could not read it; None when all is well. Raises StorageError.
    """

    def __init__(self, path: Path, *, pause: float = PAUSE) -> None:
        self.path = path
        self.damaged: Path | None = None
        self._pause = pause
        self._suspicion = path.with_name(f"{path.name}.suspect")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._connection = self._open()
        self._reader = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reader")
        self._writer = threading.Thread(target=self._write_groups, name="writer", daemon=True)
        self._writer.start()

    async def write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What `action` returns, once its changes are safe on the disk.

        It runs in the writer thread inside a transaction shared with others; when it raises, its own
        changes alone are undone and the exception comes out here. Raises StorageError when the disk
        refuses.
        """
        if self._closing.is_set():
            raise StorageError("database_failed", "closed")
        loop = asyncio.get_running_loop()  # noqa: TID251 - to tell it from the writer thread
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(action, loop, answer))
        return await answer

    async def read(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What `action` returns, run in a reader thread that cannot write. Raises StorageError."""

        def run() -> T:
            try:
                return action(self._reader_connection())
            except sqlite3.Error as error:
                self._suspect(error)
                raise storage_error(error) from error

        return await self.in_thread(run)

    async def in_thread(self, action: Callable[[], T]) -> T:
        """What `action` returns, run in a reader thread: for disk work that would hold up the calls."""
        if self._closing.is_set():
            raise StorageError("database_failed", "closed")
        loop = asyncio.get_running_loop()  # noqa: TID251 - it waits for the reader thread
        return await loop.run_in_executor(self._readers, action)

    def close(self) -> None:
        """Commit what waits, then close (blocking); a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._jobs.put(None)
        self._writer.join()
        self._refuse_latecomers()
        self._readers.shutdown()
        for connection in self._reader_connections:
            connection.close()
        self._connection.close()

    def _refuse_latecomers(self) -> None:
        late, _ = self._gather_waiting()
        for job in late:
            job.error = StorageError("database_failed", "closed")
        _tell(late)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._open_once()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise storage_error(error) from error
            self.damaged = _set_aside(self.path)
            return self._open_once()

    def _open_once(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            self._examine(connection)
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        self.path.chmod(0o600)
        return connection

    def _suspect(self, error: BaseException) -> None:
        """Note that SQLite met damage, so that the next start looks at the whole file."""
        if "malformed" in str(error):
            self._suspicion.touch()

    def _examine(self, connection: sqlite3.Connection) -> None:
        """Raise sqlite3.DatabaseError when the file was found damaged while the box last ran, and is."""
        if not self._suspicion.exists():
            return
        self._suspicion.unlink()
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def _reader_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._reader, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            self._reader.connection = connection
            self._reader_connections.append(connection)
        return connection

    def _write_groups(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            waiting, last = self._gather_waiting()
            group = [job, *waiting]
            self._commit(group)
            _tell(group)
            if last:
                return
            self._closing.wait(self._pause)

    def _gather_waiting(self) -> tuple[list[_Job], bool]:
        """The jobs that wait now, and whether the database closes after them."""
        group: list[_Job] = []
        while len(group) < LARGEST_GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, group: list[_Job]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in group:
                _perform(connection, job)
                if job.error is not None:
                    self._suspect(job.error)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._suspect(error)
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for job in group:
                job.error = job.error or storage_error(error)


def _perform(connection: sqlite3.Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT job")
    try:
        job.result = job.action(connection)
    except Exception as error:
        job.error = storage_error(error) if isinstance(error, sqlite3.Error | OSError) else error
        # A full disk ends the whole transaction, and the savepoint with it.
        if not connection.in_transaction:
            raise sqlite3.OperationalError(str(error)) from error
        connection.execute("ROLLBACK TO job")
    connection.execute("RELEASE job")


def _tell(group: list[_Job]) -> None:
    """Hand every job's result to its event loop, waking each loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer, jobs)
        except RuntimeError:  # the loop was closed while it waited: nobody is left to tell
            continue


def _answer(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue
        if job.error is not None:
            job.answer.set_exception(job.error)
        else:
            job.answer.set_result(job.result)


def _set_aside(path: Path) -> Path:
    """Rename an unreadable database, with its journal, to a free name beside it."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        journal = path.with_name(path.name + suffix)
        if journal.exists():
            journal.rename(aside.with_name(aside.name + suffix))
    return aside
