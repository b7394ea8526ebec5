"""`asyncio.TaskGroup`, whose end leaves nothing to the garbage collector."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from types import TracebackType


class TaskGroup(asyncio.TaskGroup):  # noqa: TID251 - made fit for calls here
    """A group of tasks. One that is cancelled forgets how, since nobody asks.

    In Python 3.11 the frame that waits for the tasks keeps the cancellation it has caught, whose traceback
    keeps the frame, and the group keeps the task whose cancellation leads back to the group: each hang-up
    would leave all that its call has held to the collector.
    """

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the tasks, as ever."""
        try:
            await super().__aexit__(kind, error, trace)
        except CancelledError as cancelled:
            raise cancelled.with_traceback(None)  # noqa: B904 (it is the same one)
        finally:
            self._parent_task = None
            del error, trace
