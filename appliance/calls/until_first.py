"""Several things awaited at once, of which the first to end decides; nothing of the others goes on."""

from __future__ import annotations

from asyncio import FIRST_COMPLETED, wait
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from appliance.calls.task_group import TaskGroup

T = TypeVar("T")
Work = Coroutine[Any, Any, Any]


async def until_first(wanted: Coroutine[Any, Any, T], *others: Work, beside: Sequence[Work] = ()) -> T | None:
    """Await `wanted` and the others until one of them has ended, then stop the rest.

    Returns what `wanted` came to, None when it was stopped. What is done `beside` them is stopped too, and
    decides nothing when it ends by itself.
    """
    async with TaskGroup() as group:
        task = group.create_task(wanted)
        tasks = [task, *(group.create_task(each) for each in others)]
        company = [group.create_task(each) for each in beside]
        await wait(tasks, return_when=FIRST_COMPLETED)
        for each in (*tasks, *company):
            each.cancel()
    return None if task.cancelled() else task.result()
