"""The group of tasks: it ends as Python's own does, and nothing of it waits for the collector."""

from __future__ import annotations

import asyncio
import gc
import weakref
from asyncio import CancelledError, Event, Task

import pytest

from appliance.calls.task_group import TaskGroup


class Held:
    """What a call has taken, to be let go with it."""


async def hold(started: Event, seen: list[weakref.ref[Held]]) -> None:
    """Wait within a group until cancelled, with something in hand."""
    held = Held()
    seen.append(weakref.ref(held))
    async with TaskGroup() as group:
        group.create_task(asyncio.sleep(3600))
        started.set()
    del held


async def cancelled(seen: list[weakref.ref[Held]]) -> bool:
    """Whether such a wait ends as cancelled when it is."""
    started = Event()
    task: Task[None] = asyncio.create_task(hold(started, seen))
    await started.wait()
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def test_one_that_is_cancelled_frees_what_was_held_at_once() -> None:
    seen: list[weakref.ref[Held]] = []
    gc.disable()
    try:
        assert await cancelled(seen)
        await asyncio.sleep(0)
        assert [each() for each in seen] == [None]
    finally:
        gc.enable()


async def test_a_task_that_fails_stops_the_others_and_is_told() -> None:
    others: list[Task[None]] = []

    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ExceptionGroup) as caught:
        async with TaskGroup() as group:
            others.append(group.create_task(asyncio.sleep(3600)))
            group.create_task(fail())
    assert [str(each) for each in caught.value.exceptions] == ["broken"]
    assert others[0].cancelled()


async def test_a_cancellation_raised_within_goes_on_outside() -> None:
    with pytest.raises(CancelledError):
        async with TaskGroup():
            raise CancelledError
