"""The client of the telephone process: JSON requests over its Unix socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import ClientError, ClientSession, ClientTimeout, UnixConnector

API = "/api/v1"
DOOR = ("X-Autocom-Door", "web")
CLIENT_HEADER = "X-Autocom-Client"

# The host of a URL means nothing on a Unix socket, but HTTP/1.1 wants one.
_BASE = "http://autocom"
_PATIENCE = ClientTimeout(total=30, connect=5)
_ENDLESS = ClientTimeout(total=None, connect=5)


class Away(Exception):
    """The telephone process does not answer: it is starting, restarting or gone."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault the API found: the path of the field (empty: the whole request), a code, what it names."""

    field: str
    code: str
    parameters: Mapping[str, str]
    message: str = ""


class Refused(Exception):
    """The API said no: `status` 400 to 499 and the errors it gave."""

    def __init__(self, status: int, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{status} {', '.join(error.code for error in errors)}")
        self.status = status
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: the JSON in it, and the version of the record for the next change."""

    data: Any
    etag: str | None = None


def read_errors(body: Any) -> tuple[FieldError, ...]:
    """The errors of a refusal's JSON body; anything unreadable is one nameless error."""
    listed = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return (FieldError("", "refused", {}),)
    return tuple(_read_error(error) for error in listed if isinstance(error, dict))


def _read_error(error: Mapping[str, Any]) -> FieldError:
    parameters = error.get("parameters")
    return FieldError(
        field=str(error.get("field", "")),
        code=str(error.get("code", "refused")),
        parameters={str(k): str(v) for k, v in parameters.items()} if isinstance(parameters, dict) else {},
        message=str(error.get("message", "")),
    )


class Client:
    """Speaks to the API for one signed-in user after another; `token` None is a visitor."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self._session: ClientSession | None = None

    @property
    def session(self) -> ClientSession:
        """The open connections, made at first use inside the running loop."""
        if self._session is None or self._session.closed:
            # Streams of events are held open one per page, so the number of connections has no cap.
            connector = UnixConnector(path=self.socket, limit=0)
            self._session = ClientSession(connector=connector, auto_decompress=False)
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, token: str | None, **query: str) -> Any:
        """The JSON at `path` (below /api/v1); raises Away, Refused."""
        return (await self.read(path, token, **query)).data

    async def read(self, path: str, token: str | None, **query: str) -> Answer:
        """The JSON at `path` with its version; raises Away, Refused."""
        return await self.send("GET", path, token, query=query)

    async def send(
        self,
        method: str,
        path: str,
        token: str | None,
        body: Any = None,
        *,
        etag: str | None = None,
        query: Mapping[str, str] | None = None,
        data: aiohttp.FormData | aiohttp.StreamReader | bytes | None = None,
        browser: str = "",
    ) -> Answer:
        """Ask for a change: `body` goes as JSON, `data` as it is; raises Away, Refused.

        `browser` is the address the request came from: sign-in attempts are counted by it.
        """
        headers = {DOOR[0]: DOOR[1]}
        if browser:
            headers[CLIENT_HEADER] = browser
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if etag:
            headers["If-Match"] = etag
        try:
            async with self.session.request(
                method,
                f"{_BASE}{API}{path}",
                params=query or None,
                headers=headers,
                json=body,
                data=data,
                timeout=_PATIENCE,
            ) as response:
                return await _read_answer(response)
        except (ClientError, OSError, TimeoutError) as error:
            raise Away from error

    async def stream(
        self, method: str, path_and_query: str, headers: Mapping[str, str], body: Any
    ) -> aiohttp.ClientResponse:
        """An answer still to be read, as it comes: the caller closes it; raises Away."""
        try:
            return await self.session.request(
                method,
                f"{_BASE}{API}{path_and_query}",
                headers={**headers, DOOR[0]: DOOR[1]},
                data=body,
                timeout=_ENDLESS,
                allow_redirects=False,
            )
        except (ClientError, OSError, TimeoutError) as error:
            raise Away from error


async def _read_answer(response: aiohttp.ClientResponse) -> Answer:
    if response.status >= 500:
        raise Away
    body: Any = None
    if response.content_type == "application/json":
        body = await response.json()
    elif response.status != 204:
        await response.read()
    if response.status >= 400:
        raise Refused(response.status, read_errors(body))
    return Answer(body, response.headers.get("ETag"))
