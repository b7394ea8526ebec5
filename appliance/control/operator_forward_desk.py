"""The operators' forwards as the API sees them; the runtime tests them by lines that play dead."""

from __future__ import annotations

from typing import Protocol

from appliance.configuration.operator_forwards import OperatorForward


class NoTest(Exception):
    """A forward cannot be tested, changed or judged at this moment; `code` is that of the error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OperatorForwardDesk(Protocol):
    """The forward that the operator of each line keeps. Every coroutine may raise StorageError."""

    def of(self, line_id: str) -> OperatorForward:
        """A line's forward; one that leads nowhere when nothing was ever said of it."""

    def seconds_left(self, line_id: str) -> float:
        """How long the line still plays dead; 0 when it does not."""

    async def set(self, line_id: str, number: str | None, set_up: bool) -> None:
        """Say where the forward leads, and whether it is set up; raises NoTest during a test."""

    async def start(self, line_id: str) -> None:
        """Let the line play dead for a while; raises NoTest."""

    async def end(self, line_id: str) -> None:
        """Have the line live again at once."""

    async def judge(self, line_id: str, works: bool) -> None:
        """Say whether the number rang, which ends the test; raises NoTest."""
