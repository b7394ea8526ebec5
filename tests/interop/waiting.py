"""Waiting for something to be seen: a log of what happened, and blocking until what is wanted is in it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# Seconds; generous, as the machine may be busy: they are only ever spent when a test fails.
PATIENCE = float(os.environ.get("AUTOCOM_TEST_PATIENCE", "60"))


class NeverHappened(AssertionError):
    """What was waited for did not come."""


class Happenings(Generic[T]):
    """What happened to one phone, in order; any thread adds, a test waits."""

    def __init__(self, whose: str) -> None:
        self.whose = whose
        self._seen: list[T] = []
        self._taken: set[int] = set()
        self._changed = threading.Condition()

    def add(self, happening: T) -> None:
        with self._changed:
            self._seen.append(happening)
            self._changed.notify_all()

    def all(self) -> list[T]:
        with self._changed:
            return list(self._seen)

    def wait(self, wanted: Callable[[T], bool], what: str, timeout: float = PATIENCE) -> T:
        """The first happening that is wanted and was not returned before; raises NeverHappened."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for index, happening in enumerate(self._seen):
                    if index not in self._taken and wanted(happening):
                        self._taken.add(index)
                        return happening
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    if time.monotonic() >= deadline:
                        raise NeverHappened(
                            f"{self.whose}: no {what} in {timeout} s; seen: {self._seen[-20:]}"
                        )


def until(condition: Callable[[], T], what: str, timeout: float = PATIENCE, every: float = 0.1) -> T:
    """The first true value of a condition that nothing announces, looked at again and again."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise NeverHappened(f"{what}: not in {timeout} s; last seen: {value!r}")
        pause.wait(every)
