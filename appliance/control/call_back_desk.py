"""The call-back requests as the API sees them; the runtime keeps them and makes the attempts."""

from __future__ import annotations

from typing import Protocol

from appliance.configuration.call_backs import CallBackRequest


class TooManyCallBacks(Exception):
    """No further request is kept."""


class CallBackDesk(Protocol):
    """Who is to be called back."""

    def open(self) -> tuple[CallBackRequest, ...]:
        """Those who are still to be called, whoever asked first first."""

    async def ended(self) -> list[CallBackRequest]:
        """The last that are over, the newest first; raises StorageError."""

    async def find(self, identifier: str) -> CallBackRequest | None:
        """An open request by its id."""

    async def ask(self, request: CallBackRequest) -> CallBackRequest:
        """Keep a request, or tell the one that there is already; raises TooManyCallBacks, StorageError."""

    async def cancel(self, identifier: str) -> bool:
        """Call an open request off; False when there is none. Raises StorageError."""

    async def try_now(self, identifier: str) -> bool:
        """Try a request at once, also while the office is closed; False when there is none that waits."""
